"""The pages: who gets which, what they may load, and how long they are kept."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from inbox_ui import assets, pages, reader

MEI = reader.Reader(language="zh-Hant", theme="dark", density="compact")


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[reader.Reader]:
    """Who is logged in: nobody, or the one in this list."""
    logged_in: list[reader.Reader] = []

    async def reader_of(_: object) -> reader.Reader | None:
        return logged_in[0] if logged_in else None

    monkeypatch.setattr(pages, "reader_of", reader_of)
    monkeypatch.setattr(pages, "shop_name", lambda _: "Tin Kettle <錫壺>")
    return logged_in


@pytest.fixture
async def browser(readers: list[reader.Reader]) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    pages.mount(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hawker.test") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/inbox", "/inbox/mine/0190", "/inbox/mine/0190/contact"])
async def test_a_stranger_is_sent_to_log_in(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_a_page_says_when_the_database_is_away(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(pages, "reader_of", away)
    answer = await browser.get("/inbox", headers={"accept-language": "zh-TW"})
    assert answer.status_code == 503
    assert "再試一次" in answer.text


async def test_an_agent_gets_the_inbox_as_they_like_it(
    browser: httpx.AsyncClient, readers: list[reader.Reader]
) -> None:
    readers.append(MEI)
    text = (await browser.get("/inbox/mine/0190")).text
    assert '<html lang="zh-Hant" data-theme="dark" data-density="compact">' in text
    assert "收件匣" in text
    assert (await browser.get("/login")).headers["location"] == "/"


@pytest.mark.parametrize("logged_in", [False, True], ids=["log-in", "inbox"])
async def test_a_page_may_load_only_our_own(
    browser: httpx.AsyncClient, readers: list[reader.Reader], logged_in: bool
) -> None:
    readers.extend([MEI] * logged_in)
    answer = await browser.get("/" if logged_in else "/login")
    policy = answer.headers["content-security-policy"]
    (nonce,) = re.findall(r"'nonce-([\w-]+)'", policy)
    assert "'unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    for script in re.findall(r"<script[^>]*>", answer.text):
        assert f'nonce="{nonce}"' in script or 'src="/static/' in script
    assert not re.findall(r'\sstyle="|\son\w+="|<style', answer.text), "would be blocked"
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text), "loads from elsewhere"
    again = await browser.get("/" if logged_in else "/login")
    assert nonce not in again.headers["content-security-policy"]


async def test_everything_a_page_names_is_there_and_kept_for_ever(
    browser: httpx.AsyncClient, readers: list[reader.Reader]
) -> None:
    readers.append(MEI)
    text = (await browser.get("/")).text
    named = set(re.findall(r'"(/static/[^"]+)"', text))
    assert len(named) > 50
    for url in sorted(url for url in named if "?v=" in url):
        answer = await browser.get(url)
        assert answer.status_code == 200, url
        assert "immutable" in answer.headers["cache-control"], url


async def test_a_file_without_its_version_is_asked_for_again(browser: httpx.AsyncClient) -> None:
    for url in ("/static/js/main.js", "/static/js/main.js?v=old"):
        answer = await browser.get(url)
        assert answer.headers["cache-control"] == "no-cache"
        same = await browser.get(url, headers={"if-none-match": answer.headers["etag"]})
        assert same.status_code == 304


@pytest.mark.parametrize(
    "path", ["js/types.d.ts", "vendor/vendor.toml", "../pages.py", "js/nothing.js", "locale/xx.json"]
)
async def test_what_is_not_for_browsers_is_not_there(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(f"/static/{path}")).status_code == 404


async def test_words_come_in_each_language(browser: httpx.AsyncClient) -> None:
    for language, word in {"en": "Send again", "zh-Hant": "再傳一次", "zh-Hans": "再发一次"}.items():
        answer = await browser.get(f"/static/locale/{language}.json")
        assert answer.json()["messages"]["Send again"] == word


async def test_log_in_speaks_the_language_that_was_chosen(browser: httpx.AsyncClient) -> None:
    assert "登录" in (await browser.get("/login", headers={"accept-language": "zh-CN"})).text
    assert "登入" in (await browser.get("/login?lang=zh-Hant")).text
    assert "登入" in (await browser.get("/login")).text, "the choice is kept"
    browser.cookies.clear()
    assert "Log in" in (await browser.get("/login?lang=xx")).text
    assert "<h1>Tin Kettle &lt;錫壺&gt;</h1>" in (await browser.get("/login")).text


def test_modules_import_each_other_at_versioned_addresses() -> None:
    imports = assets.import_map()["imports"]
    assert re.fullmatch(r"/static/js/store\.js\?v=[0-9a-f]{12}", imports["/static/js/store.js"])
    assert imports["preact"].startswith("/static/vendor/preact/")
