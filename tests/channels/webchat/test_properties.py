"""Whatever arrives: the parser refuses it as malformed or returns events that can be stored, and never fails otherwise."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import (
    Account,
    FetchMedia,
    Intent,
    Key,
    MediaRef,
    OutboundMessage,
    Person,
    PlatformResponse,
    Send,
    SendError,
)
from channels.webchat import ADAPTER
from channels.webchat.hosted.shown import link
from channels.webchat.hosted.talk import page_of
from channels.webchat.identity import IdentityInvalid, read_hash, read_token
from channels.webchat.settings import is_open, is_origin, wrong_settings
from tests.channels.strategies import JSON, Payloads
from tests.channels.webchat.wire import events_or_none

PAYLOADS = Payloads(Path(__file__).parent / "fixtures")
NOW = datetime(2026, 1, 2, tzinfo=UTC)
TO = Person((Key("account", "visitor", "v_Q3"),))


def stored(raw: bytes) -> None:
    for event in events_or_none(raw):
        assert b"\\u0000" not in orjson.dumps(asdict(event))
        assert datetime(2009, 1, 1, tzinfo=UTC) <= event.occurred_at


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    stored(body)


@given(JSON)
def test_any_json(value: Any) -> None:
    stored(json.dumps(value).encode())


@settings(max_examples=200)
@given(PAYLOADS.mutated)
def test_good_payloads_with_a_strange_part(payload: Any) -> None:
    stored(json.dumps(payload).encode())


@given(st.sampled_from(["message", "form", "seen", "identified"]), PAYLOADS.named)
def test_known_names_in_any_arrangement(kind: str, value: Any) -> None:
    body = {"kind": kind, "from": {"visitor": "v_Q3"}, "id": "v_Q3:c1"} | (value if isinstance(value, dict) else {})
    stored(json.dumps(body).encode())


@given(
    st.sampled_from([Send(OutboundMessage("text", "Hi"), TO, "c"), FetchMedia(MediaRef("f1"), 9)]),
    PAYLOADS.responses(2),
)
def test_any_answer_ends_a_call(intent: Intent, responses: list[PlatformResponse]) -> None:
    call = ADAPTER.call(intent, Account("1", "hosted:", {}), {})
    with suppress(StopIteration, SendError):
        next(call)
        for response in responses:
            call.send(response)
    call.close()


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_made_up_proof_is_believed(token: str, secret: str) -> None:
    for read in (lambda: read_token(token, secret, NOW), lambda: read_hash("user-42", token, secret)):
        with suppress(IdentityInvalid):
            read()
            raise AssertionError(token)


@given(st.dictionaries(st.sampled_from(["hours", "time_zone", "allowed_origins", "questions", "consent_url"]), JSON))
def test_any_settings_are_judged_and_survived(given_: dict[str, Any]) -> None:
    wrong_settings(given_)
    is_open(given_, NOW, "Asia/Hong_Kong")


@given(JSON | st.text(max_size=40))
def test_addresses_and_pages_of_strangers(value: Any) -> None:
    assert not link(value).lower().startswith(("javascript", "data"))
    assert is_origin(value) in (True, False)
    page_of(value)
    page_of({"url": value, "title": value, "product": value})
