"""Windows that a story is told in: agents' desks and customers' phones."""

from __future__ import annotations

import contextlib
import re
import time

from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.running import Up

CUSTOMER = "Story Wong 王小姐"


def log_in(demo: Up, browser: Browser, email: str, *, width: int = 1440) -> Page:
    password = next(match[1] for line in demo.said if (match := re.search(rf"{re.escape(email)}\s+(\S+)", line)))
    page = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB").new_page()
    page.goto(f"http://127.0.0.1:{demo.port}/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Mine").first).to_be_visible()
    return page


def open_phone(demo: Up, browser: Browser, name: str = CUSTOMER) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto(f"http://127.0.0.1:{demo.port + 1}/")
    _ask_for_new_person(page)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create", exact=True).click()
    return page


def _ask_for_new_person(page: Page) -> None:
    """Press the button until it answers: on a slow machine it is there some time before the page's script is."""
    asked = page.get_by_label("Name", exact=True)
    deadline = time.monotonic() + 60
    while not asked.is_visible():
        assert time.monotonic() < deadline, "the phone page did not come to life"
        page.get_by_role("button", name="New person").click()
        with contextlib.suppress(TookTooLong):
            asked.wait_for(timeout=1000)


def write(phone: Page, text: str) -> None:
    phone.get_by_role("textbox", name="Message").fill(text)
    phone.keyboard.press("Enter")
