"""Whatever arrives: the parser refuses it as malformed or returns events that can be stored, and never fails otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import (
    Account,
    Check,
    FetchMedia,
    InboundEvent,
    Key,
    MediaRef,
    OutboundMessage,
    PayloadMalformed,
    Person,
    PlatformResponse,
    Send,
    SendError,
    SyncTemplates,
)
from channels.whatsapp import ADAPTER
from tests.channels.harness import events_in

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.json"))
PAYLOADS = [json.loads(path.read_bytes()) for path in FIXTURES]

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["\ud83d", "\x00", "9" * 600, "text", "1763770000", "{", "image", "statuses", "user_changed_number"]
    ),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({name for payload in PAYLOADS for name in json.dumps(payload).split('"') if name.isidentifier()})
NAMED_JSON = st.recursive(
    LEAVES | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=25,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every part of a JSON value."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


def with_part(value: Any, path: tuple[str | int, ...], part: Any) -> Any:
    """Return a copy with one part replaced."""
    if not path:
        return part
    first, *rest = path
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[first] = with_part(changed[first], tuple(rest), part)
    return changed


PLACES = [list(places(payload)) for payload in PAYLOADS]


@st.composite
def mutated_payloads(draw: st.DrawFn) -> Any:
    index = draw(st.integers(0, len(PAYLOADS) - 1))
    payload = PAYLOADS[index]
    return with_part(payload, draw(st.sampled_from(PLACES[index])), draw(JSON | NAMED_JSON))


def wrapped(value: Any, field: str) -> Any:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }


def assert_storable(events: list[InboundEvent]) -> None:
    for event in events:
        assert is_dataclass(event)
        assert b"\\u0000" not in orjson.dumps(asdict(event))
        assert event.occurred_at.tzinfo is UTC
        assert datetime(2009, 1, 1, tzinfo=UTC) <= event.occurred_at


def parse(body: bytes) -> None:
    try:
        events = events_in(ADAPTER, body)
    except PayloadMalformed:
        return
    assert_storable(events)


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    parse(body)


@given(JSON)
def test_any_json(value: Any) -> None:
    parse(json.dumps(value).encode())


@settings(max_examples=200)
@given(mutated_payloads())
def test_good_payloads_with_a_strange_part(payload: Any) -> None:
    parse(json.dumps(payload).encode())


@settings(max_examples=200)
@given(
    NAMED_JSON,
    st.sampled_from(["messages", "history", "calls", "user_preferences", "smb_message_echoes", "flows", "x"]),
)
def test_known_names_in_any_arrangement(value: Any, field: str) -> None:
    parse(json.dumps(wrapped(value, field)).encode())


def test_a_part_nested_too_deep_costs_only_itself() -> None:
    deep = '{"a":' * 400 + "1" + "}" * 400
    good = FIXTURES[[path.stem for path in FIXTURES].index("text")].read_text()
    message = json.dumps(json.loads(good)["entry"][0]["changes"][0]["value"]["messages"][0])
    strange = message.replace('"text"', '"hologram"', 1)[:-1] + f', "deep": {deep}}}'
    events = events_in(ADAPTER, json.dumps(json.loads(good)).replace(message, f"{strange}, {message}").encode())
    assert len(events) == 2
    assert_storable(events)


ACCOUNT = Account("700100200300400", "https://graph.facebook.com")
ANA = Person((Key("world", "phone", "351900000001"),))
INTENTS = [
    Send(OutboundMessage("text", "Olá"), ANA, "c"),
    FetchMedia(MediaRef("1"), 100),
    SyncTemplates(),
    Check(),
]


@settings(max_examples=200)
@given(
    st.sampled_from(INTENTS),
    st.lists(
        st.builds(
            PlatformResponse,
            st.sampled_from([200, 201, 302, 400, 401, 404, 429, 500, 502]),
            st.just({}),
            (JSON | NAMED_JSON).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50),
        ),
        min_size=4,
        max_size=4,
    ),
)
def test_any_answer_ends_a_call_in_a_result_or_a_send_error(intent: Any, responses: list[PlatformResponse]) -> None:
    call = ADAPTER.call(intent, ACCOUNT, {"access_token": "t", "waba_id": "9"})
    with suppress(StopIteration, SendError):
        next(call)
        for response in responses:
            call.send(response)
    call.close()
