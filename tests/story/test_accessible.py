"""The pages, as axe sees them: on a desk and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.running import Up
from tests.story.windows import log_in, open_phone, write

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def written(demo: Up, browser: Browser) -> None:
    """Someone has written, so that there is a conversation to look at."""
    phone = open_phone(demo, browser, name="Axe Tester")
    write(phone, "Can everyone read this?")


@pytest.fixture(scope="module", params=[1440, 390], ids=["desk", "phone"])
def window(request: pytest.FixtureRequest, demo: Up, browser: Browser, written: None) -> Iterator[Page]:
    page = log_in(demo, browser, "admin@demo.hawker.test", width=request.param)
    yield page
    page.context.close()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_stands_in_anyones_way(window: Page, demo: Up, look: str) -> None:
    window.emulate_media(color_scheme=look)  # type: ignore[arg-type]
    window.goto(f"http://127.0.0.1:{demo.port}/inbox/all")
    window.get_by_role("option").first.wait_for()
    check(window, "list")
    window.get_by_role("option").first.click()
    window.get_by_role("article").first.wait_for()
    check(window, "thread")
    window.goto(f"{window.url}/contact")
    window.get_by_role("heading", name="Details").wait_for()
    check(window, "contact")
    window.keyboard.press("Control+k")
    window.get_by_role("combobox").wait_for()
    check(window, "palette")


def test_nor_before_the_log_in(browser: Browser, demo: Up) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{demo.port}/login")
    check(page, "log-in")
    page.close()


def check(page: Page, name: str) -> None:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    wrong = [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
    assert not wrong, f"{name}: " + "\n".join(wrong)
