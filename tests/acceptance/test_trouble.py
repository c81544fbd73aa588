"""Sends in bad weather: every class of refusal, lost answers, throttling, darkness, closed windows, repeats."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.shop import Customer, Number, Shop, until
from tests.acceptance.test_outbound import send

REFUSALS = [
    (131047, "answer", "window_closed"),
    (131026, "status", "contact_unreachable"),
    (131021, "answer", "recipient_is_sender"),
    (131008, "answer", "parameter_missing"),
    (131051, "answer", "kind_unsupported"),
    (131049, "status", "marketing_capped"),
    (130472, "status", "experiment_holdout"),
    (131053, "status", "media_invalid"),
    (131050, "status", "contact_opted_out"),
    (99999, "answer", "rejected"),
]


@pytest.mark.parametrize(("external_code", "fail_as", "code"), REFUSALS, ids=[row[2] for row in REFUSALS])
def test_a_refusal_is_shown_with_our_code_and_words(
    shop: Shop, number: Number, external_code: int, fail_as: str, code: str
) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    with shop.trouble(number, fail_code=external_code, fail_as=fail_as):
        failed = shop.settled(send(shop, conversation_id, kind="text", text="x"), "failed")
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == code
    assert failed["error"]["external_code"] == str(external_code)
    assert len(failed["error"]["text"]) > 10, "words that say what to do"


def test_a_failed_message_is_sent_again_by_a_persons_word(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    with shop.trouble(number, fail_code=131008):
        failed = shop.settled(send(shop, conversation_id, kind="text", text="once more"), "failed")
    again = shop.api.ask("POST", f"/messages/{failed['id']}/resend", expect=201, json={})
    delivered = shop.settled(again, "delivered")
    assert customer.gets(delivered["external_id"])["view"]["text"] == "once more"
    assert shop.message(failed)["resent_as_id"] == again["id"]
    refused = shop.api.ask("POST", f"/messages/{delivered['id']}/resend", expect=409, json={})
    assert refused["error"]["code"] == "not_resendable"


def test_a_lost_answer_is_unknown_until_the_status_settles_it(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    with shop.trouble(number, lose_answer=True, delay_ms=2500), shop.socket() as live:
        live.hello()
        message = send(shop, conversation_id, kind="text", text="did it arrive?")
        live.take_until(
            lambda frame: (
                frame["type"] == "message.updated"
                and frame["data"]["id"] == message["id"]
                and frame["data"]["status"] == "unknown"
            ),
            "unknown on the socket",
        )
        settled = shop.settled(message, "delivered")
    assert settled["external_id"]
    assert settled["error"] is None
    lines = [line for line in customer.phone_shows() if line["by"] == "business"]
    assert [line["view"]["text"] for line in lines] == ["did it arrive?"]
    assert len(shop.sandbox.ask("GET", "/sent", params={"to": customer.phone})) == 1


@pytest.mark.parametrize("external_code", [130429, 131056, 131016], ids=["throttled", "pair", "platform down"])
def test_a_passing_refusal_is_waited_out(shop: Shop, number: Number, external_code: int) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    with shop.trouble(number, fail_code=external_code):
        messages = [send(shop, conversation_id, kind="text", text=f"patience {count}") for count in range(3)]
        until(lambda: _calls(shop, number, customer.phone) >= 1, "the first try")
        assert all(shop.message(message)["status"] in ("queued", "sending") for message in messages)
    for message in messages:
        shop.settled(message, "delivered", patience_s=60)
    lines = [line["view"]["text"] for line in customer.phone_shows() if line["by"] == "business"]
    assert lines == ["patience 0", "patience 1", "patience 2"]


def _calls(shop: Shop, number: Number, phone: str) -> int:
    wire = shop.sandbox.ask("GET", "/wire", params={"account": number.external_id, "limit": 200})["items"]
    return sum(phone in str(one) and "/messages" in str(one) for one in wire)


def test_a_throttled_account_slows_and_all_arrives(shop: Shop, number: Number) -> None:
    people = [shop.customer(number) for _ in range(8)]
    threads = [customer.says()[0] for customer in people]
    with shop.trouble(number, throttle_per_second=2):
        messages = [send(shop, thread, kind="text", text="slowly") for thread in threads]
        for message in messages:
            shop.settled(message, "sent", patience_s=90)
    for customer in people:
        assert len([line for line in customer.phone_shows() if line["by"] == "business"]) == 1


def test_in_the_dark_sends_wait_and_then_go_out_once(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    with shop.trouble(number, dark=True):
        message = send(shop, conversation_id, kind="text", text="through the dark")
        customer.write(text="written in the dark")
        until(lambda: shop.message(message)["status"] in ("queued", "unknown"), "it waits")
        time.sleep(1)
    until(
        lambda: any(one["text"] == "written in the dark" for one in shop.messages(conversation_id)),
        "what was written meanwhile",
        patience_s=90,
    )
    seen = shop.message(message)
    if seen["status"] == "unknown":  # the line was cut after the platform had read the request: nobody can know
        shop.api.ask("POST", f"/messages/{message['id']}/resend", expect=201, json={})
        until(lambda: len(_got(customer)) == 1, "the message resent by a person")
    else:
        shop.settled(message, "delivered", patience_s=90)
    assert _got(customer) == ["through the dark"]


def _got(customer: Customer) -> list[str]:
    return [line["view"]["text"] for line in customer.phone_shows() if line["by"] == "business"]


def test_repeats_reorder_and_batches_change_nothing(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says("0")
    with shop.trouble(number, repeat=1.0, reorder=True, batch=5):
        lines = [customer.write(text=str(count)) for count in range(1, 9)]
        message = send(shop, conversation_id, kind="text", text="one answer")
        shop.settled(message, "delivered", patience_s=60)
        until(
            lambda: {line["id"] for line in lines} <= {one["external_id"] for one in shop.messages(conversation_id)},
            "all of them",
            patience_s=60,
        )
    texts = [one["text"] for one in shop.messages(conversation_id) if one["direction"] == "inbound"]
    assert sorted(texts) == [str(count) for count in range(9)]
    assert shop.message(message)["status"] == "delivered"


def test_a_closed_window_is_refused_with_what_to_do(shop: Shop, number: Number) -> None:
    """The customer's only message is two days old by the platform's own time."""
    phone = f"8526{uuid.uuid4().int % 10**7:07d}"
    message = {
        "from": phone,
        "id": f"wamid.{uuid.uuid4().hex}",
        "timestamp": str(int(time.time()) - 172_800),
        "type": "text",
        "text": {"body": "long ago"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number.external_id},
        "contacts": [{"profile": {"name": phone}, "wa_id": phone}],
        "messages": [message],
    }
    entry = {"id": number.waba_id, "changes": [{"field": "messages", "value": value}]}
    assert shop.deliver(number, {"object": "whatsapp_business_account", "entry": [entry]}).status_code == 200
    [conversation] = until(lambda: shop.api.ask("GET", "/conversations", params={"q": phone})["items"], "the thread")
    path = f"/conversations/{conversation['id']}/messages"
    answer = shop.api.post(path, json={"kind": "text", "text": "too late"})
    assert answer.status_code in (409, 422), answer.text
    assert answer.json()["error"]["code"] == "window_closed"
    assert len(answer.json()["error"]["message"]) > 10
    assert shop.api.post(path, json={"kind": "note", "text": "call her"}).status_code == 201


def test_a_refused_token_holds_what_waits_and_says_so_until_it_is_mended(shop: Shop) -> None:
    other = shop.open_number("Expired token")
    customer = shop.customer(other)
    conversation_id, _ = customer.says()
    path = f"/channel-accounts/{other.id}"
    with shop.trouble(other, fail_code=190):
        message = send(shop, conversation_id, kind="text", text="held")
        held = until(
            lambda: (one := shop.message(message))["error"] and one["error"]["code"] == "sending_stopped" and one,
            "the account's stop, which follows the refusal of this one call",
        )
        assert held["status"] == "queued"
        assert held["error"]["params"]["reason"] == "token_expired"
        assert shop.api.ask("GET", path)["health"]["state"] == "error"
    token = shop.sandbox_account(other.external_id)["credentials"]["access_token"]
    shop.api.ask("PATCH", path, json={"credentials": {"access_token": token}})
    assert shop.api.ask("POST", f"{path}/check")["health"]["state"] == "ok"
    assert shop.settled(message, "delivered")["error"] is None
    assert _got(customer) == ["held"]


def test_a_wrong_token_is_found_by_the_check(shop: Shop) -> None:
    other = shop.open_number("Wrong token")
    path = f"/channel-accounts/{other.id}"
    shop.api.ask("PATCH", path, json={"credentials": {"access_token": "EAAwrong"}})
    checked = shop.api.ask("POST", f"{path}/check")
    assert checked["health"]["state"] == "error"
    assert "EAAwrong" not in str(checked)


def test_a_paused_account_sends_nothing_until_it_is_active(shop: Shop) -> None:
    other = shop.open_number("Paused")
    customer = shop.customer(other)
    conversation_id, _ = customer.says()
    path = f"/channel-accounts/{other.id}"
    shop.api.ask("PATCH", path, json={"state": "paused"})
    answer = shop.api.post(f"/conversations/{conversation_id}/messages", json={"kind": "text", "text": "resting"})
    assert answer.status_code in (201, 409, 422)
    shop.api.ask("PATCH", path, json={"state": "active"})
    if answer.status_code == 201:
        shop.settled(answer.json(), "delivered")
        assert _got(customer) == ["resting"]


def test_a_queued_message_can_be_called_back(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    with shop.trouble(number, fail_code=131056):
        send(shop, conversation_id, kind="text", text="first")
        behind = send(shop, conversation_id, kind="text", text="behind")
        cancelled = shop.api.ask("POST", f"/messages/{behind['id']}/cancel", expect=200)
        assert cancelled["status"] == "cancelled"
    until(lambda: _got(customer) == ["first"], "the first alone")
    until(lambda: shop.message(behind)["status"] == "cancelled", "the other cancelled for good")


class TestRepeats:
    """Idempotency-Key and client_id."""

    def test_the_same_key_answers_the_first_answer(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        conversation_id, _ = customer.says()
        path, key = f"/conversations/{conversation_id}/messages", {"Idempotency-Key": uuid.uuid4().hex}
        body = {"kind": "text", "text": "once"}
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: shop.api.post(path, json=body, headers=key), range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        other = shop.api.post(path, json={"kind": "text", "text": "another"}, headers=key)
        assert other.status_code == 409
        shop.settled(answers[0].json(), "delivered")
        assert _got(customer) == ["once"]

    def test_the_same_client_id_answers_the_first_message(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        conversation_id, _ = customer.says()
        client_id = uuid.uuid4().hex
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda _: send(shop, conversation_id, kind="text", text="once", client_id=client_id), range(4))
            )
        assert len({answer["id"] for answer in answers}) == 1
        assert answers[0]["client_id"] == client_id
        send(shop, conversation_id, 409, kind="text", text="another", client_id=client_id)
        shop.settled(answers[0], "delivered")
        assert _got(customer) == ["once"]
