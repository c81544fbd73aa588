"""The main story, in three windows: the customer's phone, the agent who is given the chat, and a colleague who looks on."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.running import Up, free_ports

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AGENTS = {"mei@demo.hawker.test": "Mei Fong 方美", "kelvin@demo.hawker.test": "Kelvin Ho"}
CUSTOMER = "Story Wong 王小姐"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The demo as a newcomer starts it, with its scripted customers told to rest."""
    up = Up(tmp_path_factory.mktemp("story") / "data", free_ports(), "--demo")
    try:
        up.wait_ready()
        _post(f"http://127.0.0.1:{up.port + 1}/sandbox/scripts/stop")
        yield up
    finally:
        up.end()


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def test_a_customer_writes_and_is_answered(demo: Up, browser: Browser) -> None:
    desks = {email: _log_in(demo, browser, email) for email in AGENTS}
    phone = _phone(demo, browser)

    _write(phone, "Is the celadon gaiwan in stock?")
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
    _write(phone, "Please keep one for me")
    expect(_row(desk)).to_contain_text("Please keep one for me")
    _row(desk).click()
    expect(desk.get_by_role("log")).to_contain_text("Opened again: the customer wrote")


def test_the_page_comes_back_after_the_web_process_was_killed(demo: Up, browser: Browser) -> None:
    desk = _log_in(demo, browser, "mei@demo.hawker.test")
    phone = _phone(demo, browser, name="Back Again")
    desk.get_by_role("link", name="All open").click()
    killed = demo.pid_of("web")
    assert killed
    os.kill(killed, signal.SIGKILL)
    _write(phone, "Are you still there?")
    expect(_row(desk, "Back Again")).to_contain_text("Are you still there?", timeout=60_000)


def _log_in(demo: Up, browser: Browser, email: str) -> Page:
    password = next(match[1] for line in demo.said if (match := re.search(rf"{re.escape(email)}\s+(\S+)", line)))
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto(f"http://127.0.0.1:{demo.port}/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Mine")).to_be_visible()
    return page


def _phone(demo: Up, browser: Browser, name: str = CUSTOMER) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto(f"http://127.0.0.1:{demo.port + 1}/")
    page.get_by_role("button", name="New person").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create").click()
    return page


def _write(phone: Page, text: str) -> None:
    phone.get_by_role("textbox", name="Message").fill(text)
    phone.keyboard.press("Enter")


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


def _post(url: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, data=json.dumps({}).encode(), method="POST"), timeout=10):
        pass
