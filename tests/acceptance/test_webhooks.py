"""The webhook address as a platform and a stranger meet it: signatures, sizes, nonsense, repeats, batches."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.acceptance.shop import Json, Number, Shop, until


def text_message(sender: str, text: str = "hello", external_id: str = "") -> Json:
    return {
        "from": sender,
        "id": external_id or f"wamid.{uuid.uuid4().hex}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }


def change(number: Number, *messages: Json, **more: Any) -> Json:
    senders = {message["from"] for message in messages}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "85255500000", "phone_number_id": number.external_id},
        "contacts": [{"profile": {"name": f"Person {sender}"}, "wa_id": sender} for sender in sorted(senders)],
        "messages": list(messages),
        **more,
    }
    return {"field": "messages", "value": {name: part for name, part in value.items() if part}}


def payload(number: Number, *changes: Json) -> Json:
    return {"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": list(changes)}]}


def stranger() -> str:
    return f"8529{uuid.uuid4().int % 10**7:07d}"


def threads(shop: Shop, phone: str) -> list[Json]:
    found: list[Json] = shop.api.ask("GET", "/conversations", params={"q": phone})["items"]
    return found


def inbound(shop: Shop, phone: str) -> list[str]:
    """Return the texts of this phone's threads; a webhook that was answered 200 is there at once."""
    texts = []
    for conversation in threads(shop, phone):
        texts += [one["text"] for one in shop.messages(conversation["id"]) if one["direction"] == "inbound"]
    return texts


def test_the_handshake_answers_the_challenge_to_who_knows_the_token(shop: Shop, number: Number) -> None:
    token = shop.sandbox_account(number.external_id)["credentials"]["verify_token"]
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    good = shop.plain.get(number.webhook_path, params=query)
    assert (good.status_code, good.text) == (200, "1158201444")
    bad = shop.plain.get(number.webhook_path, params={**query, "hub.verify_token": "guessed"})
    assert bad.status_code in (401, 403)
    assert "1158201444" not in bad.text


def test_what_was_answered_200_is_there_at_once(shop: Shop, number: Number) -> None:
    phone = stranger()
    assert shop.deliver(number, payload(number, change(number, text_message(phone, "now")))).status_code == 200
    assert inbound(shop, phone) == ["now"]


FORGERIES = {
    "no signature": {"X-Hub-Signature-256": ""},
    "of another body": {"X-Hub-Signature-256": "sha256=" + "0" * 64},
    "no hex": {"X-Hub-Signature-256": "sha256=nonsense"},
    "of another kind": {"X-Hub-Signature-256": "md5=abc"},
}


@pytest.mark.parametrize("headers", FORGERIES.values(), ids=FORGERIES)
def test_a_wrong_signature_is_401_and_keeps_nothing(shop: Shop, number: Number, headers: dict[str, str]) -> None:
    phone = stranger()
    answer = shop.deliver(number, payload(number, change(number, text_message(phone))), **headers)
    assert answer.status_code == 401
    assert inbound(shop, phone) == []


def test_an_unknown_account_is_404(shop: Shop, number: Number) -> None:
    body = b"{}"
    for path in (f"/webhooks/whatsapp/{uuid.uuid4()}", "/webhooks/whatsapp/nobody", f"/webhooks/telegram/{number.id}"):
        assert shop.plain.post(path, content=body, headers=number.signed(body)).status_code == 404


def test_an_oversized_body_is_413(shop: Shop, number: Number) -> None:
    assert shop.deliver(number, b" " * (20 * 1024 * 1024)).status_code == 413


NONSENSE: dict[str, Any] = {
    "no JSON": b"\x00\xff not json",
    "cut JSON": b'{"object": "whatsapp_business_account", "entry": [',
    "a list": [],
    "a number": 5,
    "null": None,
    "another object": {"object": "page", "entry": []},
    "entry is no list": {"object": "whatsapp_business_account", "entry": 7},
    "changes of nulls": {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [None, 5, "x"]}]},
    "deep": b'{"object":"whatsapp_business_account","entry":' + b"[" * 3000 + b"]" * 3000 + b"}",
    "a lone surrogate": b'{"object":"whatsapp_business_account","entry":[{"id":"\\ud800","changes":[]}]}',
    "a zero byte": b'{"object":"whatsapp_business_account","entry":[{"id":"a\\u0000b","changes":[]}]}',
    "no body": b"",
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_signed_nonsense_is_taken(shop: Shop, number: Number, body: Any) -> None:
    assert shop.deliver(number, body).status_code == 200


ODD_MESSAGES: dict[str, Json] = {
    "no type": {"type": None},
    "a type nobody knows": {"type": "hologram", "hologram": {"x": 1}},
    "text is a list": {"text": ["x"]},
    "a zero byte": {"text": {"body": "a\x00b"}},
    "a lone surrogate": {"text": {"body": "a\ud800b"}},
    "a huge text": {"text": {"body": "長" * 100_000}},
    "a time of words": {"timestamp": "yesterday"},
    "a time in the year 9999": {"timestamp": "253402300799"},
    "a negative time": {"timestamp": "-5"},
    "an empty image": {"type": "image", "image": {}},
    "a place off the globe": {"type": "location", "location": {"latitude": 999, "longitude": "x"}},
    "an order of words": {"type": "order", "order": {"product_items": "many"}},
    "a context of nothing": {"context": {"id": "wamid.nobody"}},
    "a reaction to nobody": {"type": "reaction", "reaction": {"message_id": "wamid.nobody", "emoji": "👍"}},
}


@pytest.mark.parametrize("odd", ODD_MESSAGES.values(), ids=ODD_MESSAGES)
def test_one_odd_message_harms_no_neighbour_and_is_no_empty_bubble(shop: Shop, number: Number, odd: Json) -> None:
    phone, neighbour = stranger(), stranger()
    messages = [{**text_message(phone), **odd}, text_message(neighbour, "good")]
    assert shop.deliver(number, payload(number, change(number, *messages))).status_code == 200
    assert inbound(shop, neighbour) == ["good"]
    for conversation in threads(shop, phone):
        for one in shop.messages(conversation["id"]):
            assert one["text"] or one["content"] or one["attachments"], one


def test_the_same_delivery_again_and_at_once_changes_nothing(shop: Shop, number: Number) -> None:
    phone = stranger()
    body = payload(number, change(number, text_message(phone, "only once")))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.deliver(number, body).status_code, range(8)))
    assert set(answers) == {200}
    [conversation] = threads(shop, phone)
    thread = shop.messages(conversation["id"])
    assert shop.deliver(number, body).status_code == 200
    assert shop.messages(conversation["id"]) == thread
    [again] = threads(shop, phone)
    assert again["unread_count"] == 1
    assert inbound(shop, phone) == ["only once"]


def test_one_payload_may_name_another_account_that_shares_the_secret(shop: Shop, number: Number) -> None:
    sister = shop.open_number("Sister", beside=number)
    ours, theirs = stranger(), stranger()
    both = payload(number, change(number, text_message(ours, "to us")), change(sister, text_message(theirs, "to her")))
    assert shop.deliver(number, both).status_code == 200
    assert [one["channel_account_id"] for one in threads(shop, ours)] == [number.id]
    assert [one["channel_account_id"] for one in threads(shop, theirs)] == [sister.id]


def test_a_payload_cannot_reach_an_account_of_another_secret(shop: Shop, number: Number) -> None:
    foreign = shop.open_number("Of another business")
    phone = stranger()
    forged = payload(number, change(foreign, text_message(phone, "forged")))
    assert shop.deliver(number, forged).status_code == 200
    assert inbound(shop, phone) == []


def test_a_batch_of_a_thousand_is_all_there(shop: Shop, number: Number) -> None:
    people = [stranger() for _ in range(20)]
    messages = [text_message(people[count % 20], f"batch {count}") for count in range(1000)]
    answer = shop.deliver(number, payload(number, change(number, *messages)))
    assert answer.status_code == 200
    for index, phone in enumerate(people):
        [conversation] = threads(shop, phone)
        texts = [one["text"] for one in shop.messages(conversation["id"]) if one["direction"] == "inbound"]
        assert texts == [f"batch {count}" for count in range(index, 1000, 20)]
        assert conversation["unread_count"] == 50


def test_a_status_before_its_message_is_kept_and_statuses_never_go_back(shop: Shop, number: Number) -> None:
    customer = shop.customer(number)
    conversation_id, _ = customer.says()
    message = shop.api.ask("POST", f"/conversations/{conversation_id}/messages", json={"kind": "text", "text": "x"})
    sent = shop.settled(message, "delivered")
    for status in ("read", "sent", "delivered", "failed"):
        told = {
            "id": sent["external_id"],
            "status": status,
            "timestamp": str(int(time.time())),
            "recipient_id": customer.phone,
            "errors": [{"code": 131026, "title": "x"}] if status == "failed" else [],
        }
        assert shop.deliver(number, payload(number, change(number, statuses=[told]))).status_code == 200
    assert shop.message(message)["status"] == "read"


def test_metrics_count_the_refused(shop: Shop, number: Number) -> None:
    shop.deliver(number, b"{}", **{"X-Hub-Signature-256": "sha256=" + "1" * 64})
    text = shop.plain.get("/metrics").text
    assert "signature_invalid" in text


def test_a_removed_account_takes_nothing_and_keeps_its_history(shop: Shop) -> None:
    gone = shop.open_number("Leaving")
    customer = shop.customer(gone)
    conversation_id, _ = customer.says("before I leave")
    shop.api.ask("DELETE", f"/channel-accounts/{gone.id}", expect=204)
    assert shop.deliver(gone, payload(gone, change(gone, text_message(stranger())))).status_code == 404
    assert any(one["text"] == "before I leave" for one in shop.messages(conversation_id))
    assert shop.api.ask("GET", f"/channel-accounts/{gone.id}")["state"] == "removed"
    until(lambda: not shop.sandbox_account(gone.external_id)["subscribed"], "the end of the subscription")
