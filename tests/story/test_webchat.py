"""A visitor on a stranger's shop, under that shop's strict policy, and the agent in the inbox."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import Up
from tests.story.windows import log_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)


def test_a_visitor_and_an_agent_talk(demo: Up, browser: Browser) -> None:
    shop, refused = _shop(demo, browser, "tea/aged-puerh")
    chat, log = shop.get_by_role("dialog"), shop.get_by_role("log")
    shop.get_by_role("button", name="Chat with us").click()
    expect(log).to_contain_text("Welcome to Tin Kettle!")
    _say(shop, "Is the 2016 cake stored dry?")
    expect(log.get_by_role("img", name="Sent")).to_be_visible()

    desk = log_in(demo, browser, "mei@demo.hawker.test")
    desk.get_by_role("link", name="All open").click()
    desk.get_by_role("option").filter(has_text="Is the 2016 cake stored dry?").click()
    expect(desk.get_by_role("log")).to_contain_text("Is the 2016 cake stored dry?")
    expect(desk.get_by_role("complementary", name="Contact")).to_contain_text("Pu-erh cake, 2016")
    _answer(desk, "Eight years in Sheung Wan, cool and dry.")
    expect(log).to_contain_text("Eight years in Sheung Wan")
    expect(_message(desk, "Eight years").get_by_role("img", name="Read")).to_be_visible()

    buttons = [{"id": "25", "title": "25 g sample"}, {"id": "357", "title": "Whole cake"}]
    _send(desk, {"kind": "buttons", "text": "Which size?", "buttons": buttons})
    chat.get_by_role("button", name="25 g sample").click()
    expect(_message(desk, "25 g sample").last).to_be_visible()

    chat.get_by_label("Send a file").set_input_files({"name": "wrapper.png", "mimeType": "image/png", "buffer": DOT})
    expect(log.get_by_role("img", name="wrapper.png")).to_be_visible()
    expect(desk.get_by_role("log").locator("img").last).to_be_visible()

    shop.context.set_offline(True)
    _say(shop, "Written in the lift")
    _answer(desk, "Written to nobody")
    shop.context.set_offline(False)
    expect(log).to_contain_text("Written to nobody")
    expect(desk.get_by_role("log")).to_contain_text("Written in the lift")

    shop.keyboard.press("Escape")
    expect(chat).to_be_hidden()
    _answer(desk, "One more thing")
    expect(shop.get_by_role("button", name="New message", exact=True)).to_be_visible()
    shop.reload()
    shop.get_by_role("button", name="New message", exact=True).click()
    expect(log).to_contain_text("One more thing")
    assert refused == []


def test_a_customer_who_logs_in_is_known_and_leaves_nothing(demo: Up, browser: Browser) -> None:
    shop, refused = _shop(demo, browser, "log-in")
    shop.get_by_role("button", name="Sofia Reyes").click()
    shop.get_by_role("button", name="Chat with us").click()
    _say(shop, "Hello, it is me")
    expect(shop.get_by_role("log").get_by_role("img", name="Sent")).to_be_visible()

    desk = log_in(demo, browser, "kelvin@demo.hawker.test")
    desk.get_by_role("link", name="All open").click()
    expect(desk.get_by_role("option").filter(has_text="Sofia Reyes")).to_contain_text("Hello, it is me")

    shop.keyboard.press("Escape")
    shop.get_by_role("button", name="Log out").click()
    shop.get_by_role("button", name="Chat with us").click()
    expect(shop.get_by_role("log")).to_contain_text("Welcome to Tin Kettle!")
    expect(shop.get_by_role("log")).not_to_contain_text("Hello, it is me")
    assert refused == []


def _shop(demo: Up, browser: Browser, path: str) -> tuple[Page, list[str]]:
    """Open the demo shop; what its policy refuses is listed."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(f"http://127.0.0.1:{demo.port + 1}/shop/{path}")
    return page, refused


def _say(shop: Page, text: str) -> None:
    shop.get_by_role("textbox", name="Write a message").fill(text)
    shop.keyboard.press("Enter")


def _answer(desk: Page, text: str) -> None:
    composer = desk.get_by_role("textbox", name="Reply")
    composer.fill(text)
    composer.press("Control+Enter")


def _send(desk: Page, body: dict[str, Any]) -> None:
    """Send what the composer's tools would, to the open conversation."""
    api = f"{desk.evaluate('location.origin')}/api/v1"
    csrf = desk.request.get(f"{api}/me").json()["csrf_token"]
    (conversation,) = (
        one for one in desk.request.get(f"{api}/conversations?status=open").json()["items"] if one["id"] in desk.url
    )
    path = f"{api}/conversations/{conversation['id']}/messages"
    answer = desk.request.post(path, data=body, headers={"X-CSRF-Token": csrf})
    assert answer.ok, answer.text()


def _message(desk: Page, text: str) -> Locator:
    return desk.get_by_role("article").filter(has_text=text)
