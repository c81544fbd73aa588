"""Deliveries as the host signs them."""

from __future__ import annotations

from channels.contract import Delivery, InboundEvent, PayloadMalformed
from channels.hosting import SIGNATURE, SIGNING_KEY, signature
from channels.webchat import ADAPTER
from tests.channels.harness import RECEIVED_AT

KEY = "a-signing-key"
CREDENTIALS = {SIGNING_KEY: KEY}


def signed(raw: bytes, key: str = KEY) -> Delivery:
    return Delivery("POST", "", {SIGNATURE: signature(raw, key)}, raw, RECEIVED_AT)


def events_in(raw: bytes) -> list[InboundEvent]:
    return ADAPTER.parse(ADAPTER.open(signed(raw), CREDENTIALS, RECEIVED_AT))


def events_or_none(raw: bytes) -> list[InboundEvent]:
    try:
        return events_in(raw)
    except PayloadMalformed:
        return []
