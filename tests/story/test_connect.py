"""An administrator connects a number without code, and looks after it."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import Up
from tests.story.test_accessible import check
from tests.story.windows import log_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NAME = "Pop-up stall"


@pytest.fixture(scope="module")
def number(demo: Up) -> dict[str, Any]:
    """A number that somebody just got from the platform: nothing of it is in Hawker."""
    return _post(demo, "/sandbox/accounts", {"channel": "whatsapp", "name": NAME})


@pytest.fixture(scope="module")
def desk(demo: Up, browser: Browser) -> Iterator[Page]:
    page = log_in(demo, browser, "admin@demo.hawker.test")
    yield page
    page.context.close()


def test_a_number_is_connected_and_its_first_message_arrives(demo: Up, desk: Page, number: dict[str, Any]) -> None:
    desk.get_by_role("link", name="Settings").click()
    desk.get_by_role("button", name="Connect a channel").click()
    check(desk, "what can be connected")
    desk.get_by_role("link", name="WhatsApp", exact=True).click()
    desk.get_by_role("button", name="Connect WhatsApp").click()
    expect(desk.get_by_label("Phone number ID")).to_be_focused()
    check(desk, "a form with mistakes")
    desk.get_by_label("Phone number ID").fill(number["external_id"])
    desk.get_by_label("WhatsApp Business Account ID").fill(number["credentials"]["waba_id"])
    desk.get_by_label("Access token").fill("EAA-of-another-business")
    desk.get_by_label("App secret").fill(number["credentials"]["app_secret"])
    desk.get_by_label("Name in Hawker").fill(NAME)
    desk.get_by_text("Try it in the sandbox").click()
    desk.get_by_role("button", name="Use the sandbox").click()
    desk.get_by_role("button", name="Connect WhatsApp").click()

    expect(desk.get_by_role("heading", name=NAME)).to_be_visible()
    expect(_finding(desk, "token")).to_have_attribute("data-state", "error")
    expect(desk.get_by_text("Does not work")).to_be_visible()
    check(desk, "an account in trouble")
    desk.get_by_role("button", name="Replace Access token").click()
    desk.get_by_label("Access token").fill(number["credentials"]["access_token"])
    desk.get_by_role("button", name="Save").first.click()
    for code in ("token", "permissions", "number", "quality", "subscription", "webhook_connected"):
        expect(_finding(desk, code)).to_have_attribute("data-state", "ok")
    expect(desk.get_by_text("whatsapp_business_messaging", exact=True)).to_be_visible()
    expect(desk.get_by_text("1 step left")).to_be_visible()

    customer = _post(demo, "/sandbox/customers", {"channel": "whatsapp", "name": "First Customer"})
    words = {"account": number["external_id"], "kind": "text", "text": "Are you open today?"}
    _post(demo, f"/sandbox/customers/{customer['id']}/messages", words)
    expect(desk.get_by_role("status").filter(has_text="First Customer wrote")).to_contain_text("Are you open today?")
    expect(desk.get_by_text("step left")).to_have_count(0)
    check(desk, "an account that works")
    desk.get_by_role("button", name="Open the conversation").click()
    expect(desk.get_by_role("log")).to_contain_text("Are you open today?")


def test_it_is_renamed_paused_and_removed(desk: Page, demo: Up) -> None:
    desk.goto(f"http://127.0.0.1:{demo.port}/settings/channels")
    desk.get_by_role("link", name=NAME).click()
    _do(desk, "Rename")
    desk.get_by_label("Name in Hawker").fill("Night market stall")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Night market stall")).to_be_visible()
    _do(desk, "Pause sending")
    expect(desk.get_by_text("Paused. What customers write still arrives")).to_be_visible()
    desk.get_by_role("button", name="Resume").click()
    expect(desk.get_by_text("Paused. What customers write still arrives")).to_have_count(0)
    _do(desk, "Remove…")
    expect(desk.get_by_role("dialog")).to_contain_text("All conversations stay")
    desk.get_by_role("dialog").get_by_role("button", name="Remove Night market stall").click()
    expect(desk.get_by_text("Its conversations stay")).to_be_visible()
    expect(desk.get_by_role("link", name="Night market stall")).to_have_count(0)
    desk.go_back()
    expect(desk.get_by_role("main")).to_be_visible()


def test_the_settings_fit_a_phone_and_are_not_for_everybody(demo: Up, browser: Browser) -> None:
    phone = log_in(demo, browser, "admin@demo.hawker.test", width=390)
    phone.goto(f"http://127.0.0.1:{demo.port}/settings")
    phone.get_by_role("navigation", name="Settings").get_by_role("link", name="Channels").click()
    phone.get_by_role("link", name=re.compile("Tin Kettle")).first.click()
    expect(phone.get_by_role("region", name="Health")).to_be_visible()
    for look in ("light", "dark"):
        phone.emulate_media(color_scheme=look, reduced_motion="reduce")  # type: ignore[arg-type]
        check(phone, f"an account on a phone, {look}")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
    phone.context.close()
    agent = log_in(demo, browser, "mei@demo.hawker.test")
    agent.goto(f"http://127.0.0.1:{demo.port}/settings/channels")
    expect(agent.get_by_text("You may not see this page")).to_be_visible()
    expect(agent.get_by_role("link", name="Channels")).to_have_count(0)
    agent.context.close()


def _finding(desk: Page, code: str) -> Locator:
    return desk.locator(f".finding[data-code={code}]")


def _do(desk: Page, what: str) -> None:
    desk.get_by_role("button", name="More about this account").click()
    desk.get_by_role("menuitem", name=what).click()


def _post(demo: Up, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port + 1}{path}", data=json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())
