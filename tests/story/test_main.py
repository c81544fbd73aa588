"""The main story, in three windows: the customer's phone, the agent who is given the chat, and a colleague who looks on."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import Up
from tests.story.windows import CUSTOMER, log_in, open_phone, write

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AGENTS = {"mei@demo.hawker.test": "Mei Fong 方美", "kelvin@demo.hawker.test": "Kelvin Ho"}


def test_a_customer_writes_and_is_answered(demo: Up, browser: Browser) -> None:
    desks = {email: log_in(demo, browser, email) for email in AGENTS}
    phone = open_phone(demo, browser)

    write(phone, "Is the celadon gaiwan in stock?")
    owner, colleague = _owner_and_colleague(desks)
    desk, other = desks[owner], desks[colleague]

    _row(desk).click()
    thread = desk.get_by_role("log")
    expect(thread).to_contain_text("Is the celadon gaiwan in stock?")
    other.get_by_role("link", name="All open").click()
    _row(other).click()
    expect(other.get_by_role("log")).to_contain_text(f"Assigned to {AGENTS[owner]}")

    composer = desk.get_by_role("textbox", name="Reply")
    composer.fill("Yes, two are left. Shall I keep one?")
    composer.press("Control+Enter")
    expect(phone.get_by_role("log")).to_contain_text("Yes, two are left. Shall I keep one?")
    answer = _message(desk, "Yes, two are left")
    expect(answer.get_by_role("img", name="Read")).to_be_visible()
    expect(_message(other, "Yes, two are left")).to_be_visible()

    _react(phone, "Yes, two are left", "👍")
    expect(answer).to_contain_text("👍")
    expect(_message(other, "Yes, two are left")).to_contain_text("👍")

    desk.get_by_role("button", name="Close", exact=True).click()
    expect(desk.get_by_role("button", name="Reopen")).to_be_visible()
    desk.get_by_role("link", name="Unassigned").click()
    desk.get_by_role("link", name="Mine").click()
    expect(_row(desk)).to_have_count(0)
    write(phone, "Please keep one for me")
    expect(_row(desk)).to_contain_text("Please keep one for me")
    _row(desk).click()
    expect(desk.get_by_role("log")).to_contain_text("Opened again: the customer wrote")


def test_the_page_comes_back_after_the_web_process_was_killed(demo: Up, browser: Browser) -> None:
    desk = log_in(demo, browser, "mei@demo.hawker.test")
    phone = open_phone(demo, browser, name="Back Again")
    desk.get_by_role("link", name="All open").click()
    killed = demo.pid_of("web")
    assert killed
    os.kill(killed, signal.SIGKILL)
    write(phone, "Are you still there?")
    expect(_row(desk, "Back Again")).to_contain_text("Are you still there?", timeout=60_000)


def _react(phone: Page, text: str, emoji: str) -> None:
    phone.locator(".pb", has_text=text).click()
    phone.get_by_role("button", name=emoji).click()


def _owner_and_colleague(desks: dict[str, Page]) -> tuple[str, str]:
    """Say to whom the chat was given: it stands in the list Mine of one agent, and of one alone."""
    first, second = desks
    for _ in range(200):
        mine = [email for email, desk in desks.items() if _row(desk).count()]
        if mine:
            assert len(mine) == 1
            return (first, second) if mine == [first] else (second, first)
        desks[first].wait_for_timeout(100)
    raise AssertionError("nobody was given the chat")


def _row(desk: Page, name: str = CUSTOMER) -> Locator:
    return desk.get_by_role("option").filter(has_text=name)


def _message(desk: Page, text: str) -> Locator:
    return desk.get_by_role("article").filter(has_text=text)
