"""The reply window has closed: a template is picked, filled in and sent, and the customer reads what the preview showed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.running import Up
from tests.story.windows import log_in, open_phone, write

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENT_MS = 30_000
"""Jobs, the sandbox and its review take their time on a busy machine."""
CUSTOMER = "Template Chan 陳小姐"


def test_a_template_is_found_filled_in_previewed_and_sent(demo: Up, browser: Browser) -> None:
    phone = open_phone(demo, browser, name=CUSTOMER)
    write(phone, "Where is my order?")
    desk = log_in(demo, browser, "admin@demo.hawker.test")
    desk.get_by_role("link", name="All open").click()
    desk.get_by_role("option").filter(has_text=CUSTOMER).click()

    desk.get_by_role("button", name="More to send").click()
    desk.get_by_role("menuitem", name="Template").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("left our shop")
    expect(dialog.get_by_role("listitem")).to_have_count(1, timeout=PATIENT_MS)
    dialog.get_by_role("listitem").click()
    dialog.get_by_label("Language").select_option("zh_HK")
    expect(dialog.locator(".tpl")).to_contain_text("訂單 {{2}} 已經寄出", timeout=PATIENT_MS)
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_contain_text("Fill this in.", timeout=PATIENT_MS)
    for label, words in (("Variable 1", "小姐"), ("Variable 2", "TK-9"), ("Variable 3", "星期六")):
        dialog.get_by_label(label).fill(words)
    dialog.get_by_label(re.compile("End of the link")).fill("TK-9")
    said = "你好 小姐，訂單 TK-9 已經寄出，預計 星期六 送到。"
    expect(dialog.locator(".tpl")).to_contain_text(said)
    dialog.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("log")).to_contain_text(said, timeout=PATIENT_MS)
    sent = desk.get_by_role("article").filter(has_text=said)
    expect(sent).to_contain_text("追蹤包裹")


def test_the_settings_show_how_templates_stand_and_take_a_new_one(demo: Up, browser: Browser) -> None:
    desk = log_in(demo, browser, "admin@demo.hawker.test")
    desk.goto(f"http://127.0.0.1:{demo.port}/settings/templates")
    expect(desk.locator(".pill").filter(has_text="Approved").first).to_be_visible(timeout=PATIENT_MS)
    desk.get_by_role("link", name="New template").click()
    desk.get_by_label(re.compile("^Name")).fill("kettle reject")
    desk.get_by_label(re.compile("^Text")).fill("Hello {{1}}, your kettle is here.")
    desk.get_by_label("{{1}}").fill("Mei")
    expect(desk.locator(".tpl")).to_contain_text("Hello Mei, your kettle is here.")
    desk.get_by_role("button", name="Hand in").click()
    expect(desk.get_by_role("heading", name="kettle reject")).to_be_visible(timeout=PATIENT_MS)
    expect(desk.get_by_text("The variables or their format are wrong.")).to_be_visible(timeout=PATIENT_MS)
