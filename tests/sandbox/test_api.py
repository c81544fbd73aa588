"""The laboratory's own API: what it refuses, what it remembers, what it lets the account say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channels.sandbox.store import Store
from channels.sandbox.world import World
from tests.sandbox.conftest import HOOK, Lab


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/sandbox/faults", {"earthquake": True}, 422),
        ("PUT", "/sandbox/faults", {"delay_ms": -1}, 422),
        ("PUT", "/sandbox/faults", {"repeat": 2}, 422),
        ("PUT", "/sandbox/faults", {"account": "acc_none", "dark": True}, 404),
        ("POST", "/sandbox/customers", {"channel": "pigeon", "name": "A"}, 422),
        ("POST", "/sandbox/customers", {"channel": "whatsapp"}, 422),
        ("POST", "/sandbox/customers", {"channel": "whatsapp", "name": "A", "phone": "85255500100"}, 422),
        ("POST", "/sandbox/customers/cus_none/messages", {"kind": "text"}, 404),
        ("POST", "/sandbox/customers/{me}/messages", {"kind": "telepathy"}, 422),
        ("POST", "/sandbox/customers/{me}/messages", {"kind": "edit"}, 422),
        ("POST", "/sandbox/customers/{me}/actions", {"action": "dance"}, 422),
        ("POST", "/sandbox/customers/{me}/actions", {"tap": "nothing"}, 422),
        ("PATCH", "/sandbox/customers/{me}", {"phone": "1"}, 422),
        ("POST", "/sandbox/accounts", {"channel": "whatsapp", "beside": "acc_none"}, 422),
        ("POST", "/sandbox/accounts/{account}/events", {"field": "x"}, 422),
        ("GET", "/sandbox/wire/99999", None, 404),
        ("GET", "/nowhere", None, 404),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_in_words(
    lab: Lab, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    path = path.format(me=lab.customer["id"], account=lab.account["id"])
    response = await lab.http.request(method, path, json=body)
    assert response.status_code == status, response.text
    assert response.json()["error"]["message"]


async def test_pages_of_other_origins_may_not_play(lab: Lab) -> None:
    wish = {"channel": "whatsapp", "name": "Mallory", "webhook_url": "http://127.0.0.1:1/"}
    for origin, status in (("https://evil.example", 403), ("http://sandbox.test", 201)):
        response = await lab.http.post("/sandbox/accounts", json=wish, headers={"Origin": origin})
        assert response.status_code == status


async def test_an_account_says_what_no_customer_does(lab: Lab) -> None:
    value = {"display_phone_number": "85255500100", "event": "THROUGHPUT_UPGRADE"}
    wish = {"field": "phone_number_quality_update", "value": value}
    assert (await lab.http.post(f"/sandbox/accounts/{lab.account['id']}/events", json=wish)).status_code == 202
    await lab.until(lambda: lab.business.values("phone_number_quality_update") == [value])


async def test_who_reads_by_itself_does(lab: Lab) -> None:
    await lab.act(auto_read=True)
    await lab.write()
    await lab.send({"type": "text", "text": {"body": "hi"}})
    await lab.until(lambda: [status["status"] for status in lab.business.statuses()] == ["sent", "delivered", "read"])


async def test_sent_is_filtered_and_cleared(lab: Lab) -> None:
    await lab.write()
    for number in range(3):
        await lab.send({"type": "text", "text": {"body": "hi"}, "biz_opaque_callback_data": f"m-{number}"})
    rows = (await lab.http.get("/sandbox/sent")).json()
    assert [row["callback"] for row in rows] == ["m-0", "m-1", "m-2"]
    assert rows[0]["body"]["text"] == {"body": "hi"}
    assert len((await lab.http.get(f"/sandbox/sent?after={rows[0]['n']}")).json()) == 2
    assert len((await lab.http.get("/sandbox/sent?callback=m-1")).json()) == 1
    second = (await lab.http.get("/sandbox/accounts")).json()[1]
    assert (await lab.http.get(f"/sandbox/sent?account={second['external_id']}")).json() == []
    assert (await lab.http.delete("/sandbox/sent")).status_code == 204
    assert (await lab.http.get("/sandbox/sent")).json() == []


async def test_the_wire_shows_both_ways_with_bodies(lab: Lab) -> None:
    await lab.write(text="hi there")
    await lab.until(lambda: lab.business.deliveries)
    await lab.send({"type": "poke"})
    call, webhook = (await lab.http.get("/sandbox/wire")).json()["items"]
    assert (call["way"], call["label"], call["status"], call["code"]) == ("call", "POST /messages", 400, 100)
    assert (webhook["way"], webhook["label"], webhook["status"], webhook["url"]) == (
        "webhook",
        "messages · text",
        200,
        HOOK,
    )
    assert "hi there" in webhook["request"]
    assert "poke" in (await lab.http.get(f"/sandbox/wire/{call['n']}")).json()["request"]


async def test_the_number_goes_before_the_business_account_before_the_hand(lab: Lab) -> None:
    number, business = f"{HOOK}?number", f"{HOOK}?business"

    async def callback() -> str:
        return str((await lab.http.get("/sandbox/accounts")).json()[0]["callback_url"])

    assert await callback() == HOOK
    body = {"override_callback_uri": business, "verify_token": "t"}
    await lab.http.post(f"/v24.0/{lab.waba}/subscribed_apps", headers=lab.token, json=body)
    assert await callback() == business
    path = f"/v24.0/{lab.account['external_id']}"
    for url in (number, ""):
        own = {"webhook_configuration": {"override_callback_uri": url, "verify_token": "t"}}
        assert (await lab.http.post(path, headers=lab.token, json=own)).json() == {"success": True}
        assert await callback() == (url or business)
    await lab.http.delete(f"/v24.0/{lab.waba}/subscribed_apps", headers=lab.token)
    assert await callback() == HOOK


async def test_numbers_change_and_the_old_one_is_nobody(lab: Lab) -> None:
    old = lab.customer["phone"]
    await lab.write()
    await lab.write("number_change", phone="85255509999")
    system = await lab.until(lambda: [m["system"] for m in lab.business.messages() if m["type"] == "system"])
    assert (system[0]["type"], system[0]["wa_id"]) == ("user_changed_number", "85255509999")
    lab.customer = (await lab.http.get("/sandbox/customers")).json()[0]
    assert (lab.customer["phone"], lab.customer["past_phones"]) == ("85255509999", [old])
    assert (await lab.send({"type": "text", "text": {"body": "hi"}})).status_code == 200
    refused = await lab.send({"type": "text", "text": {"body": "hi"}}, to=f"+{old}")
    assert refused.json()["error"]["code"] == 131047


def test_an_older_picture_of_the_world_never_replaces_a_newer_one(tmp_path: Path) -> None:
    """One is written by the keeper's thread while the other is written at once: here the slow one comes last."""
    store, world = Store(tmp_path), World()
    older = store._picture(world)
    world.drawer("messenger")["new"] = True
    store.write_now(world)
    store._write(*older)
    assert store.load().drawers == {"messenger": {"new": True}}
