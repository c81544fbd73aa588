"""What the laboratory posts: signed, escaped, in order, again until answered, and troubled on demand."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import HOOK, Lab, open_lab

TEXT = {"type": "text", "text": {"body": "你好"}}


async def test_signature_is_over_json_with_escapes(lab: Lab) -> None:
    await lab.write(text="Grüße 1/2")
    headers, raw = await lab.until(lambda: lab.business.deliveries and lab.business.deliveries[0])
    secret = lab.account["credentials"]["app_secret"]
    assert headers["x-hub-signature-256"] == "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    assert rb"Gr\u00fc\u00dfe 1\/2" in raw
    assert raw.isascii()


async def test_a_refused_delivery_comes_again_byte_for_byte(lab: Lab) -> None:
    lab.business.answers = [500, 503]
    await lab.write(text="once")
    await lab.until(lambda: len(lab.business.deliveries) == 3)
    assert len({raw for _, raw in lab.business.deliveries}) == 1


async def test_statuses_carry_callback_contact_and_price(lab: Lab) -> None:
    await lab.write()
    wamid = (await lab.send({**TEXT, "biz_opaque_callback_data": "m-1"})).json()["messages"][0]["id"]
    await lab.until(lambda: len(lab.business.statuses()) == 2)
    await lab.act(read=True)
    statuses = await lab.until(lambda: len(lab.business.statuses()) == 3 and lab.business.statuses())
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses} == {wamid}
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"m-1"}
    assert statuses[0]["pricing"] == {
        "billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service",
    }  # fmt: skip
    assert "pricing" not in statuses[2]
    assert "conversation" not in statuses[0]
    contact = lab.business.values()[-1]["contacts"][0]
    assert (contact["wa_id"], contact["user_id"]) == (lab.customer["phone"], lab.customer["user_id"])


async def test_versions_before_24_know_conversations(lab: Lab) -> None:
    await lab.http.patch(f"/sandbox/accounts/{lab.account['id']}", json={"settings": {"api_version": "v23.0"}})
    await lab.write()
    await lab.send(TEXT)
    status = await lab.until(lambda: lab.business.statuses() and lab.business.statuses()[0])
    assert status["conversation"]["origin"] == {"type": "service"}


async def test_without_receipts_nothing_is_ever_read(lab: Lab) -> None:
    await lab.write()
    await lab.act(read_receipts=False)
    await lab.send(TEXT)
    await lab.until(lambda: len(lab.business.statuses()) == 2)
    await lab.act(read=True)
    await lab.write(text="I saw it")
    await lab.until(lambda: len(lab.business.messages()) == 2)
    assert [status["status"] for status in lab.business.statuses()] == ["sent", "delivered"]


async def test_a_phone_that_is_off_gets_its_messages_later(lab: Lab) -> None:
    await lab.write()
    await lab.act(online=False)
    await lab.send(TEXT)
    await lab.until(lambda: lab.business.statuses())
    await asyncio.sleep(0.3)
    assert [status["status"] for status in lab.business.statuses()] == ["sent"]
    await lab.act(online=True)
    await lab.until(lambda: len(lab.business.statuses()) == 2)


async def test_repeat_posts_the_same_bytes_again(lab: Lab) -> None:
    await lab.faults(repeat=1)
    await lab.write()
    await lab.until(lambda: len(lab.business.deliveries) == 3)
    assert len({raw for _, raw in lab.business.deliveries}) == 1


async def test_batch_puts_many_events_of_both_numbers_into_one_post(lab: Lab) -> None:
    second = (await lab.http.get("/sandbox/accounts")).json()[1]
    await lab.http.patch(f"/sandbox/accounts/{second['id']}", json={"webhook_url": HOOK})
    await lab.http.put("/sandbox/faults", json={"batch": 6})
    for number in range(3):
        await lab.write(text=f"one {number}")
        await lab.write(text=f"two {number}", account=second["id"])
    await lab.until(lambda: len(lab.business.messages()) == 6)
    assert len(lab.business.deliveries) == 1
    phones = [value["metadata"]["phone_number_id"] for value in lab.business.values()]
    assert phones == [lab.account["external_id"], second["external_id"]] * 3


async def test_reorder_lets_webhooks_overtake_each_other(lab: Lab) -> None:
    await lab.faults(reorder=True)
    for number in range(12):
        await lab.write(text=str(number))
    await lab.until(lambda: len(lab.business.messages()) == 12)
    texts = [message["text"]["body"] for message in lab.business.messages()]
    assert sorted(texts, key=int) == [str(number) for number in range(12)]
    assert texts != sorted(texts, key=int)


async def test_delay_holds_webhooks_back(lab: Lab) -> None:
    await lab.faults(delay_ms=300)
    await lab.write()
    await asyncio.sleep(0.1)
    assert not lab.business.deliveries
    await lab.until(lambda: lab.business.deliveries)


async def test_dark_posts_nothing_and_makes_up_for_it(lab: Lab) -> None:
    await lab.faults(dark=True)
    await lab.write()
    with pytest.raises(ConnectionResetError):
        await lab.send(TEXT)
    await asyncio.sleep(0.05)
    assert not lab.business.deliveries
    await lab.http.delete("/sandbox/faults")
    await lab.until(lambda: lab.business.deliveries)


async def test_a_lost_answer_was_carried_out(lab: Lab) -> None:
    await lab.write()
    await lab.faults(lose_answer=True)
    with pytest.raises(ConnectionResetError):
        await lab.send({**TEXT, "biz_opaque_callback_data": "m-7"})
    sent = (await lab.http.get("/sandbox/sent")).json()
    assert [entry["callback"] for entry in sent] == ["m-7"]
    await lab.until(lambda: [status["status"] for status in lab.business.statuses()] == ["sent", "delivered"])


@pytest.mark.parametrize("how", ["answer", "status"])
async def test_fail_with_a_code(lab: Lab, how: str) -> None:
    await lab.write()
    await lab.faults(fail_code=131026, fail_as=how)
    response = await lab.send(TEXT)
    if how == "answer":
        assert (response.status_code, response.json()["error"]["code"]) == (400, 131026)
        return
    assert response.status_code == 200
    status = await lab.until(lambda: lab.business.statuses() and lab.business.statuses()[0])
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)


async def test_throttle_refuses_above_the_rate(lab: Lab) -> None:
    await lab.write()
    await lab.faults(throttle_per_second=2)
    codes = [(await lab.send(TEXT)).json().get("error", {}).get("code") for _ in range(5)]
    assert codes[:2] == [None, None]
    assert codes[2:] == [130429] * 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(None, None), ("something else", "Challenge did not match")],
    ids=["answered", "wrong challenge"],
)
async def test_subscribing_proves_the_callback(lab: Lab, answer: str | None, reason: str | None) -> None:
    lab.business.challenge_answer = answer
    body = {"override_callback_uri": f"{HOOK}", "verify_token": "ours"}
    response = await lab.http.post(f"/v24.0/{lab.waba}/subscribed_apps", headers=lab.token, json=body)
    rows = (await lab.http.get(f"/v24.0/{lab.waba}/subscribed_apps", headers=lab.token)).json()["data"]
    if reason is None:
        assert response.json() == {"success": True}
        assert rows[0]["override_callback_uri"] == HOOK
    else:
        assert (response.status_code, response.json()["error"]["code"]) == (400, 2200)
        assert reason in response.json()["error"]["message"]
        assert rows == []


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        line = await lab.write(text="早晨")
        before = (await lab.http.get("/sandbox/accounts")).json()
        customer = lab.customer["id"]
    async with open_lab(tmp_path) as lab:
        after = (await lab.http.get("/sandbox/accounts")).json()
        assert _secrets(after) == _secrets(before)
        lines = (await lab.http.get(f"/sandbox/customers/{customer}/messages")).json()
        assert [row["id"] for row in lines] == [line["id"]]


def _secrets(accounts: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(account["credentials"], sort_keys=True) for account in accounts]
