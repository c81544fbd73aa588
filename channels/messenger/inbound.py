"""Let Messenger's deliveries in: prove where they come from, read them into events, answer them.

Source: https://developers.facebook.com/docs/messenger-platform/webhooks (5 May 2026).
"""

from __future__ import annotations

from channels.contract import Credentials, Delivery, HttpAnswer, InboundEvent, Opened
from channels.kit.messaging import envelope
from channels.kit.messaging.events import READERS
from channels.kit.signatures import open_meta_delivery
from channels.messenger.changes import CHANGES

_ENVELOPE = envelope.Envelope(object="page", person_kind="psid", shares_are_files=False, items=READERS, changes=CHANGES)


def open_delivery(delivery: Delivery, credentials: Credentials) -> Opened:
    """Verify the raw bytes, or the token of a handshake. Raises SignatureInvalid."""
    challenge = open_meta_delivery(delivery, credentials)
    return Opened(delivery, b"" if challenge is not None else delivery.raw, challenge)


def parse(opened: Opened) -> list[InboundEvent]:
    """Return the events in the payload's order. Raises PayloadMalformed when the body is no payload of a Page."""
    return envelope.parse(opened, _ENVELOPE)


def acknowledge(opened: Opened) -> HttpAnswer:
    """Answer a handshake with its challenge, anything else with an empty 200."""
    return HttpAnswer(body=(opened.challenge or "").encode("utf-8", "replace"))
