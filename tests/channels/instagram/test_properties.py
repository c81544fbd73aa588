"""Whatever arrives: the parser refuses it as malformed or returns events that can be stored, and never fails otherwise."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import (
    Account,
    Check,
    FetchMedia,
    FetchProfile,
    Intent,
    Key,
    MediaHandle,
    MediaRef,
    OutboundMessage,
    Person,
    PlatformResponse,
    RefreshToken,
    Send,
    SendError,
    Unrecognised,
)
from channels.instagram import ADAPTER
from channels.kit.messaging.events import READERS
from tests.channels.strategies import JSON, Payloads, parse

PAYLOADS = Payloads(Path(__file__).parent / "fixtures")
PERSON = Person((Key("account", "igsid", "7"),))
PICTURE = MediaHandle("m1", "image/jpeg", 1234, "shoe.jpg")


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    parse(ADAPTER, body)


@given(JSON)
def test_any_json(value: Any) -> None:
    parse(ADAPTER, json.dumps(value).encode())


@settings(max_examples=100)
@given(PAYLOADS.mutated)
def test_good_payloads_with_a_strange_part(payload: Any) -> None:
    parse(ADAPTER, json.dumps(payload).encode())


@settings(max_examples=100)
@given(PAYLOADS.named, st.sampled_from(["messaging", "standby"]), st.sampled_from(sorted(READERS)))
def test_known_names_in_any_arrangement(value: Any, key: str, member: str) -> None:
    item = {"sender": {"id": "7"}, "recipient": {"id": "1"}, "timestamp": 1763769999900, member: value}
    events = parse(ADAPTER, json.dumps({"object": "instagram", "entry": [{"id": "1", key: [item]}]}).encode())
    assert events, "nothing that arrives may vanish"


@settings(max_examples=100)
@given(PAYLOADS.named, st.sampled_from(["comments", "live_comments", "mentions", "messages", "x"]))
def test_known_names_in_any_change(value: Any, field: str) -> None:
    payload = {"object": "instagram", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]}
    events = parse(ADAPTER, json.dumps(payload).encode())
    assert events, "nothing that arrives may vanish"


def test_a_part_nested_too_deep_costs_only_itself() -> None:
    deep = json.loads('{"a":' * 400 + "1" + "}" * 400)
    strange = {"sender": {"id": "7"}, "recipient": {"id": "1"}, "telepathy": deep}
    good = {"sender": {"id": "7"}, "recipient": {"id": "1"}, "message": {"mid": "m_1", "text": "Hi"}}
    payload = {"object": "instagram", "entry": [{"id": "1", "messaging": [strange, good]}]}
    first, second = parse(ADAPTER, json.dumps(payload).encode())
    assert isinstance(first, Unrecognised)
    assert not isinstance(second, Unrecognised)


INTENTS: list[Intent] = [
    Send(OutboundMessage("text", "Hi"), PERSON, "c"),
    Send(OutboundMessage("image", media=PICTURE), PERSON, "c"),
    Send(OutboundMessage("reaction", content={"emoji": "🔥"}, reply_to="m_1"), PERSON, "c"),
    FetchMedia(MediaRef("m_1#0", "https://cdn.example/1"), 100),
    FetchMedia(MediaRef("m_1#0"), 100),
    FetchProfile(PERSON),
    Check(),
    RefreshToken(),
]


@settings(max_examples=100)
@given(st.sampled_from(INTENTS), PAYLOADS.responses(4))
def test_any_answer_ends_a_call_in_a_result_or_a_send_error(intent: Intent, responses: list[PlatformResponse]) -> None:
    call = ADAPTER.call(
        intent, Account("17840000000000001", "https://graph.example", {"login": "instagram"}), {"access_token": "t"}
    )
    with suppress(StopIteration, SendError):
        next(call)
        for response in responses:
            call.send(response)
    call.close()
