"""One person who wrote on two channels: found to be the same, merged after a look, answered in one timeline, and two again."""

from __future__ import annotations

import json
import urllib.request

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import Up
from tests.story.test_accessible import check
from tests.story.windows import log_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

EMAIL = "same.person@example.com"
PEOPLE = {"Twice Lee": ("whatsapp", "Is my order on its way?"), "Tessa Lee": ("messenger", "I also wrote on WhatsApp")}


def test_two_contacts_become_one_and_two_again(demo: Up, browser: Browser) -> None:
    for name, (channel, text) in PEOPLE.items():
        _customer_writes(demo, channel, name, text)
    desk = log_in(demo, browser, "admin@demo.hawker.test")
    desk.get_by_role("link", name="Contacts").click()
    for name in PEOPLE:
        _open(desk, name)
        desk.get_by_role("button", name="Change Email").click()
        desk.get_by_role("textbox", name="Email").fill(EMAIL)
        desk.keyboard.press("Enter")
        expect(_detail(desk)).to_contain_text(EMAIL)
    _open(desk, "Twice Lee")
    expect(_detail(desk)).to_contain_text(f"Same e-mail address {EMAIL}", timeout=30_000)
    check(desk, "a contact with a suggestion")

    _detail(desk).get_by_role("button", name="Merge…").click()
    dialog = desk.get_by_role("dialog", name="Merge two contacts")
    expect(dialog.get_by_role("row", name="Name")).to_contain_text("Tessa Lee")
    expect(dialog).to_contain_text("1 conversation moves")
    check(desk, "the preview of a merge")
    dialog.get_by_role("radio", name="Tessa Lee").check()
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(desk.get_by_role("status").get_by_text("one contact now")).to_be_visible()
    expect(_detail(desk).get_by_role("heading", level=1)).to_have_text("Tessa Lee")
    check(desk, "a merged contact")

    _detail(desk).get_by_role("button", name="Is my order on its way?").click()
    thread = desk.get_by_role("log")
    expect(thread).to_contain_text("merged Tessa Lee into this contact")
    expect(thread).not_to_contain_text("I also wrote on WhatsApp")
    desk.get_by_role("button", name="All channels as one timeline").click()
    expect(thread).to_contain_text("I also wrote on WhatsApp")
    expect(thread).to_contain_text("Is my order on its way?")
    desk.get_by_role("textbox", name="Reply").fill("It left this morning.")
    desk.locator(".answer-on button").click()
    desk.get_by_role("menuitemradio", name="Messenger").click()
    expect(desk.locator(".answer-on")).to_contain_text("Messenger")
    expect(desk.get_by_role("textbox", name="Reply")).to_have_value("It left this morning.")
    check(desk, "one timeline")

    desk.get_by_role("button", name="Undo", exact=True).last.click()
    expect(desk.get_by_role("status").get_by_text("They are two contacts again")).to_be_visible()
    desk.get_by_role("link", name="Contacts").click()
    for name in PEOPLE:
        _open(desk, name)
        expect(_detail(desk).get_by_role("heading", level=1)).to_have_text(name)
        expect(_detail(desk)).not_to_contain_text("Same person?")
    desk.context.close()


def _open(desk: Page, name: str) -> None:
    desk.get_by_role("main").get_by_role("link", name=name).click()
    expect(_detail(desk).get_by_role("heading", level=1)).to_have_text(name)


def _detail(desk: Page) -> Locator:
    return desk.get_by_role("complementary", name="Contact")


def _customer_writes(demo: Up, channel: str, name: str, text: str) -> None:
    customer = _post(demo, "/sandbox/customers", {"channel": channel, "name": name})
    _post(demo, f"/sandbox/customers/{customer['id']}/messages", {"kind": "text", "text": text})


def _post(demo: Up, path: str, body: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port + 1}{path}", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, str] = json.load(answer)
        return found
