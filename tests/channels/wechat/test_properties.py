"""Whatever arrives: the parser refuses it as malformed or returns events that can be stored, and never fails otherwise."""

from __future__ import annotations

import json
import re
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
    ChannelError,
    Check,
    Delivery,
    FetchMedia,
    FetchProfile,
    FetchUpdates,
    InboundEvent,
    Key,
    MediaHandle,
    MediaRef,
    OutboundMessage,
    PayloadMalformed,
    Person,
    PlatformResponse,
    RefreshToken,
    Send,
    SendError,
    SendMany,
    SyncTemplates,
    Typing,
    UpdatesFetched,
)
from channels.kit.text import length, split
from channels.wechat import ADAPTER
from channels.wechat.xml import read_xml, written
from tests.channels.harness import RECEIVED_AT, answer, drive
from tests.channels.wechat.wire import PLAIN, SAFE, pushed

FIXTURES = Path(__file__).parent / "fixtures"
XML = [path.read_text() for path in sorted(FIXTURES.glob("*.xml"))]
NAMES = sorted({name for raw in XML for name in re.findall(r"<(\w+)>", raw)})
WORDS = sorted({word for raw in XML for word in re.findall(r"CDATA\[([^\]]+)\]", raw)})

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["\ud83d", "\x00", "9" * 600, "1763770000", "{", "-1", *WORDS]),
)
NAMED_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=25,
)
KF_NAMES = sorted(set(re.findall(r'"(\w+)":', (FIXTURES / "kf_messages.json").read_text())))
KF_WORDS = sorted(set(re.findall(r': "(\w+)"', (FIXTURES / "kf_messages.json").read_text())))
KF_JSON = st.recursive(
    LEAVES | st.sampled_from(KF_WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KF_NAMES), inner, max_size=6),
    max_leaves=25,
)


def assert_storable(events: list[InboundEvent]) -> None:
    for event in events:
        assert is_dataclass(event)
        assert b"\\u0000" not in orjson.dumps(asdict(event))
        assert event.occurred_at.tzinfo is UTC
        assert datetime(2009, 1, 1, tzinfo=UTC) <= event.occurred_at


def parse(body: bytes) -> None:
    try:
        events = ADAPTER.parse(ADAPTER.open(pushed(body), PLAIN, RECEIVED_AT))
    except PayloadMalformed:
        return
    assert_storable(events)


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    parse(body)


@settings(max_examples=200)
@given(st.sampled_from(XML), st.integers(0, 2000), st.integers(0, 40), st.text(max_size=12) | st.sampled_from(WORDS))
def test_good_deliveries_with_a_strange_part(raw: str, start: int, size: int, part: str) -> None:
    parse((raw[:start] + part + raw[start + size :]).encode("utf-8", "surrogatepass"))


@settings(max_examples=200)
@given(NAMED_JSON)
def test_known_names_in_any_arrangement(value: Any) -> None:
    parse(json.dumps(value).encode())


@given(st.sampled_from(WORDS), st.dictionaries(st.sampled_from(NAMES), st.sampled_from(WORDS), max_size=8))
def test_known_events_with_any_parts(event: str, fields: dict[str, str]) -> None:
    parse(written({**fields, "MsgType": "event", "Event": event}).encode())


@given(st.sampled_from(["GET", "POST"]), st.text(max_size=80), st.binary(max_size=80))
def test_any_request_is_opened_or_refused(method: str, query: str, raw: bytes) -> None:
    for credentials in (PLAIN, SAFE, {}):
        with suppress(ChannelError):
            ADAPTER.open(Delivery(method, query, {}, raw, RECEIVED_AT), credentials, RECEIVED_AT)


@given(st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=1))
def test_what_we_write_reads_as_it_was(fields: dict[str, str]) -> None:
    assert read_xml(written(fields).encode()) == {
        name: re.sub("[\ufffe\uffff]", "\ufffd", value) for name, value in fields.items()
    }


@given(st.text(alphabet="你好 ab.\n👋🏽e\u0301https://e.com/ ", max_size=3000))
def test_a_long_text_is_cut_in_bytes_and_rejoins(text: str) -> None:
    limit = ADAPTER.capabilities(Account("gh_1", "")).text
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < length(part, "utf8_bytes") <= 2048 for part in parts)


ANA = Person((Key("account", "openid", "oFAKE_openid_000000000000001"), Key("app", "external_userid", "wmFAKE_1")))
FILE = MediaHandle("m1", "image/jpeg", 9, "a.jpg", platform_id="MEDIA_1")
INTENTS = [
    Send(OutboundMessage("text", "Hi"), ANA, "c"),
    Send(OutboundMessage("image", media=FILE), ANA, "c"),
    Send(OutboundMessage("template", content={"name": "T", "components": [{"parameters": [1]}, 2]}), ANA, "c"),
    SendMany(OutboundMessage("text", "Hi"), (ANA, ANA), "k"),
    FetchMedia(MediaRef("1"), 100),
    FetchProfile(ANA),
    FetchUpdates("C1", RECEIVED_AT),
    RefreshToken("OLD"),
    Typing(ANA, ""),
    SyncTemplates(),
    Check(),
]


@settings(max_examples=300)
@given(
    st.sampled_from(INTENTS),
    st.sampled_from(["official_account", "kf"]),
    st.lists(
        st.builds(
            PlatformResponse,
            st.sampled_from([200, 302, 400, 429, 502]),
            st.just({}),
            (NAMED_JSON | KF_JSON).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50),
        ),
        min_size=4,
        max_size=4,
    ),
)
def test_any_answer_ends_a_call_in_a_result_or_a_send_error(
    intent: Any, flavour: str, responses: list[PlatformResponse]
) -> None:
    call = ADAPTER.call(intent, Account("gh_1", "", {"flavour": flavour}), {"access_token": "t"})
    with suppress(StopIteration, SendError):
        next(call)
        for response in responses:
            call.send(response)
    call.close()


@settings(max_examples=200)
@given(st.lists(KF_JSON, max_size=3))
def test_any_updates(items: list[Any]) -> None:
    """Half an emoji in one message must not keep all others from being fetched."""
    call = ADAPTER.call(FetchUpdates("", RECEIVED_AT), Account("wk1", "", {"flavour": "kf"}), {"access_token": "t"})
    result = drive(call, [answer({"msg_list": items, "next_cursor": "C"})]).result
    assert isinstance(result, UpdatesFetched)
    assert_storable(list(result.events))
