"""The phone page in a browser: a person is made, writes, chooses, sees ticks; trouble is made and calmed; three languages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from channels.sandbox import create_sandbox
from tests.sandbox.serving import served

CSS = Path(__file__).parents[2] / "inbox_ui" / "static" / "css"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.browser


@dataclass
class Open:
    """The page, and the laboratory behind it."""

    page: Page
    http: httpx.AsyncClient
    account: dict[str, Any]
    errors: list[str]

    async def send(self, phone: str, **body: Any) -> None:
        headers = {"Authorization": f"Bearer {self.account['credentials']['access_token']}"}
        whole = {"messaging_product": "whatsapp", "to": f"+{phone}", **body}
        response = await self.http.post(f"/v24.0/{self.account['external_id']}/messages", headers=headers, json=whole)
        assert response.status_code == 200, response.text


@pytest.fixture
async def opened(tmp_path: Path, chromium: str) -> AsyncIterator[Open]:
    async with (
        served(create_sandbox(tmp_path, CSS)) as address,
        httpx.AsyncClient(base_url=address) as http,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        account = (await http.get("/sandbox/accounts")).json()[0]
        await page.goto(address)
        await page.wait_for_load_state("networkidle")  # what is drawn anew while it is pressed does not hear the press
        yield Open(page, http, account, errors)
        await browser.close()
    assert not errors


async def test_a_person_is_made_and_talks(opened: Open) -> None:
    page = opened.page
    await page.get_by_role("button", name="New person").click()
    await page.get_by_label("Name", exact=True).fill("陳曉彤")
    await page.get_by_label("Phone number").fill("+852 5550 1847")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("textbox", name="Message").fill("早晨 <b>hello</b>")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pb.mine .words")).to_have_text("早晨 <b>hello</b>")

    buttons = [{"type": "reply", "reply": {"id": "sat", "title": "Saturday"}}]
    await opened.send(
        "85255501847",
        type="interactive",
        interactive={"type": "button", "body": {"text": "When?"}, "action": {"buttons": buttons}},
    )
    await page.get_by_role("button", name="Saturday").click()
    await expect(page.locator(".pb.mine").last).to_contain_text("Saturday")
    phone = (await opened.http.get("/sandbox/customers/85255501847/messages")).json()
    assert [line["view"]["text"] for line in phone] == ["早晨 <b>hello</b>", "When?", "Saturday"]

    await page.get_by_role("button", name="Send something else").click()
    await page.get_by_role("menuitem", name="Cart").click()
    await expect(page.locator(".pb.mine").last).to_contain_text("HK$776.00")


async def test_what_lies_open_is_read(opened: Open) -> None:
    who = (await opened.http.post("/sandbox/customers", json={"channel": "whatsapp", "name": "Mei"})).json()
    await opened.http.post(f"/sandbox/customers/{who['id']}/messages", json={"kind": "text", "text": "hi"})
    await opened.send(who["phone"], type="text", text={"body": "Hello Mei"})
    await expect(opened.page.locator(".pb .words").last).to_have_text("Hello Mei")
    async with asyncio.timeout(30):
        while (await _phone(opened, who["id"]))[-1]["status"] != "read":  # noqa: ASYNC110  the page acts, not this loop
            await asyncio.sleep(0.05)


async def _phone(opened: Open, customer_id: str) -> list[dict[str, Any]]:
    return list((await opened.http.get(f"/sandbox/customers/{customer_id}/messages")).json())


async def test_trouble_is_made_and_calmed(opened: Open) -> None:
    page = opened.page
    await page.get_by_role("switch", name="Delay").click()
    await page.get_by_role("switch", name="Fail with a code").click()
    await expect(page.get_by_text("131026 · not on WhatsApp").first).to_be_visible()
    faults = (await opened.http.get("/sandbox/faults")).json()
    assert {(one["delay_ms"], one["fail_code"]) for one in faults.values()} == {(800, 131026)}
    await page.get_by_role("button", name="Calm down").click()
    await expect(page.get_by_role("switch", name="Delay")).to_have_attribute("aria-checked", "false")
    faults = (await opened.http.get("/sandbox/faults")).json()
    assert not any(one["delay_ms"] or one["fail_code"] for one in faults.values())


@pytest.mark.parametrize(("label", "word"), [("繁", "搗亂"), ("简", "捣乱")])
async def test_speaks_three_languages_and_fits_a_phone(opened: Open, label: str, word: str) -> None:
    page = opened.page
    await page.get_by_role("tab", name=label).click()
    await expect(page.get_by_role("heading", name=word)).to_be_visible()
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.locator("#tabs button").nth(2).click()
    await expect(page.get_by_role("heading", name=word)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_one_human_takes_up_another_app(opened: Open) -> None:
    """Messenger is installed on the phone, chips are tapped, a post is commented on, and WhatsApp is still there."""
    page = opened.page
    mei = (await opened.http.post("/sandbox/customers", json={"channel": "whatsapp", "name": "Mei"})).json()
    await page.goto(f"{page.url}?customer={mei['id']}")
    await page.get_by_role("tab", name="Messenger").click()
    await expect(page.get_by_text("Mei does not use Messenger yet.")).to_be_visible()
    await page.get_by_role("button", name="Install").click()
    await page.get_by_role("textbox", name="Message").fill("早晨")
    await page.keyboard.press("Enter")
    await expect(page.locator(".device.messenger .pb.mine .words")).to_have_text("早晨")

    customers = (await opened.http.get("/sandbox/customers")).json()
    there = next(one for one in customers if one["channel"] == "messenger")
    assert there["person"] == mei["id"]
    accounts = (await opened.http.get("/sandbox/accounts")).json()
    account = next(one for one in accounts if one["channel"] == "messenger")
    chat = (await opened.http.get(f"/sandbox/customers/{there['id']}/chat?account={account['id']}")).json()
    chips = [{"content_type": "text", "title": title, "payload": title} for title in ("Saturday", "Sunday")]
    body = {"recipient": {"id": chat["state"]["user_id"]}, "message": {"text": "When?", "quick_replies": chips}}
    headers = {"Authorization": f"Bearer {account['credentials']['access_token']}"}
    sent = await opened.http.post(f"/v24.0/{account['external_id']}/messages", headers=headers, json=body)
    assert sent.status_code == 200, sent.text
    await page.get_by_role("button", name="Sunday").click()
    await expect(page.locator(".pb.mine .words").last).to_have_text("Sunday")
    await expect(page.locator(".chip")).to_have_count(0)

    await page.get_by_role("button", name="Posts").click()
    comment = page.get_by_role("textbox", name="Comment on a post").first
    await comment.fill("gaiwan")
    await comment.press("Enter")
    await expect(page.locator(".remark")).to_contain_text("gaiwan")
    await page.get_by_role("button", name="To the chat").click()
    await expect(page.locator(".pb.mine .words").last).to_have_text("Sunday")
    await page.get_by_role("tab", name="WhatsApp").click()
    await expect(page.locator(".device.whatsapp")).to_be_visible()
