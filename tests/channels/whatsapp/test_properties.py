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
    Key,
    MediaRef,
    OutboundMessage,
    Person,
    PlatformResponse,
    Send,
    SendError,
    SyncTemplates,
)
from channels.whatsapp import ADAPTER
from tests.channels.strategies import JSON, Payloads, parse

FIXTURES = Path(__file__).parent / "fixtures"
PAYLOADS = Payloads(FIXTURES)


def wrapped(value: Any, field: str) -> Any:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    parse(ADAPTER, body)


@given(JSON)
def test_any_json(value: Any) -> None:
    parse(ADAPTER, json.dumps(value).encode())


@settings(max_examples=200)
@given(PAYLOADS.mutated)
def test_good_payloads_with_a_strange_part(payload: Any) -> None:
    parse(ADAPTER, json.dumps(payload).encode())


@settings(max_examples=200)
@given(
    PAYLOADS.named,
    st.sampled_from(["messages", "history", "calls", "user_preferences", "smb_message_echoes", "flows", "x"]),
)
def test_known_names_in_any_arrangement(value: Any, field: str) -> None:
    parse(ADAPTER, json.dumps(wrapped(value, field)).encode())


def test_a_part_nested_too_deep_costs_only_itself() -> None:
    deep = '{"a":' * 400 + "1" + "}" * 400
    good = json.loads((FIXTURES / "text.json").read_bytes())
    message = json.dumps(good["entry"][0]["changes"][0]["value"]["messages"][0])
    strange = message.replace('"text"', '"hologram"', 1)[:-1] + f', "deep": {deep}}}'
    assert len(parse(ADAPTER, json.dumps(good).replace(message, f"{strange}, {message}").encode())) == 2


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
    PAYLOADS.responses(4),
)
def test_any_answer_ends_a_call_in_a_result_or_a_send_error(intent: Any, responses: list[PlatformResponse]) -> None:
    call = ADAPTER.call(intent, ACCOUNT, {"access_token": "t", "waba_id": "9"})
    with suppress(StopIteration, SendError):
        next(call)
        for response in responses:
            call.send(response)
    call.close()
