"""Every kind of delivery that the host signs, and what it becomes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.contract import (
    Body,
    ConsentChanged,
    Event,
    HttpAnswer,
    IdentityChanged,
    Key,
    MediaRef,
    MessageReceived,
    PayloadMalformed,
    Person,
    SignatureInvalid,
    Unrecognised,
    WatermarkMoved,
)
from channels.webchat import ADAPTER
from tests.channels.harness import RECEIVED_AT
from tests.channels.webchat.wire import CREDENTIALS, events_in, signed

FIXTURES = Path(__file__).parent / "fixtures"
AT = datetime(2026, 1, 2, 3, 4, 0, 250_000, tzinfo=UTC)
UNTIL = datetime(2026, 1, 2, 3, 3, 59, 123_456, tzinfo=UTC)
VISITOR = Person((Key("account", "visitor", "v_Q3"),), "Visitor 4410", language="zh-Hant")
TUNG = Person((Key("account", "shop_user", "user-42"), Key("world", "phone", "85255501847")), "Tung")
BASE: dict[str, Any] = {"account": "", "occurred_at": AT}
PAGE = {
    "url": "https://shop.example.com/tea/7",
    "title": "Pu-erh",
    "product": {"id": "7", "name": "Pu-erh 357 g", "price": "HK$ 380"},
}


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def message(body: Body, sender: Person = VISITOR, **fields: Any) -> MessageReceived:
    return MessageReceived(**BASE, external_id="v_Q3:c1", sender=sender, body=body, **fields)


FORM = {"name": "pre_chat", "values": {"Your name": "Tung", "E-mail": "t@example.com"}}
CASES: list[tuple[str, list[Event]]] = [
    (
        "text",
        [
            message(
                Body("text", "Do you ship to Macau?", {"page": PAGE}), reply_to="0193b5c0-0000-7000-8000-000000000001"
            )
        ],
    ),
    (
        "image",
        [
            message(
                Body(
                    "image",
                    "Look",
                    media=(
                        MediaRef(
                            "0193b5c0-0000-7000-8000-00000000000a", mime="image/png", filename="pot.png", size_bytes=120
                        ),
                    ),
                )
            )
        ],
    ),
    ("voice", [message(Body("audio", "", media=(MediaRef("f1", mime="audio/webm", size_bytes=90, voice=True),)))]),
    ("button", [message(Body("button_reply", "Green", {"id": "g", "title": "Green"}), reply_to="x")]),
    ("row", [message(Body("list_reply", "Friday", {"id": "1", "title": "Friday", "description": "14:00"}))]),
    (
        "telepathy",
        [message(Body("unsupported", "", {"kind": "telepathy", "raw": {"kind": "telepathy", "thought": "tea"}}))],
    ),
    ("member", [message(Body("text", "Hi"), TUNG)]),
    ("read", [WatermarkMoved(**BASE, person=VISITOR, status="read", until=UNTIL)]),
    ("delivered", [WatermarkMoved(**BASE, person=TUNG, status="delivered", until=UNTIL)]),
]


@pytest.mark.parametrize(("name", "expected"), CASES, ids=[name for name, _ in CASES])
def test_deliveries(name: str, expected: list[Event]) -> None:
    assert events_in(fixture(name)) == expected


def test_a_form_is_a_line_and_a_consent() -> None:
    line, consent = events_in(fixture("form"))
    assert isinstance(line, MessageReceived)
    assert (line.external_id, line.body) == ("v_Q3:c2", Body("form_reply", content=FORM))
    assert isinstance(consent, ConsentChanged)
    assert (consent.purpose, consent.granted, consent.detail) == ("service", True, "We keep what you write.")
    assert consent.event_key == events_in(fixture("form"))[1].event_key != ""


def test_a_log_in_joins_the_browser_with_the_customer() -> None:
    (event,) = events_in(fixture("login"))
    assert isinstance(event, IdentityChanged)
    assert (event.before, event.after, event.code) == (Person((Key("account", "visitor", "v_Q3"),)), TUNG, "logged_in")


def test_what_nobody_knows_is_kept() -> None:
    (event,) = events_in(fixture("strange"))
    assert isinstance(event, Unrecognised)
    assert event.raw["kind"] == "dance"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"kind": "message"}', b'{"from": {"visitor": ""}}'])
def test_a_body_without_anybody_is_malformed(body: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        events_in(body)


@pytest.mark.parametrize("key", ["", "another-key", "ü"])
def test_a_wrong_signature_is_refused(key: str) -> None:
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(signed(fixture("text"), key), CREDENTIALS, RECEIVED_AT)
    with pytest.raises(SignatureInvalid):
        ADAPTER.open(signed(fixture("text")), {}, RECEIVED_AT)


def test_a_time_that_cannot_be_is_that_of_receipt() -> None:
    for at in ("soon", "2031-01-01T00:00:00+00:00", "2026-01-02T03:04:00", 7):
        raw = json.dumps(json.loads(fixture("text")) | {"at": at}).encode()
        assert [event.occurred_at for event in events_in(raw)] == [RECEIVED_AT]


def test_nothing_is_answered() -> None:
    opened = ADAPTER.open(signed(fixture("text")), CREDENTIALS, RECEIVED_AT)
    assert ADAPTER.acknowledge(opened, ()) == HttpAnswer()
