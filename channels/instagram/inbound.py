"""Let Instagram's deliveries in: prove where they come from, read them into events, answer them.

Source: https://developers.facebook.com/docs/instagram-platform/webhooks (2026).
"""

from __future__ import annotations

from channels.contract import Credentials, Delivery, HttpAnswer, InboundEvent, Opened
from channels.instagram.changes import CHANGES
from channels.kit.messaging import envelope
from channels.kit.messaging.events import READERS
from channels.kit.signatures import open_meta_delivery

_ENVELOPE = envelope.Envelope(
    object="instagram", person_kind="igsid", shares_are_files=True, items=READERS, changes=CHANGES
)
_SECRETS = ("app_secret", "instagram_app_secret")


def open_delivery(delivery: Delivery, credentials: Credentials) -> Opened:
    """Verify the raw bytes, or the token of a handshake. Raises SignatureInvalid.

    Apps with Instagram Login have a second secret, and no page says which of the two signs.
    """
    challenge = open_meta_delivery(delivery, credentials, secrets=_SECRETS)
    return Opened(delivery, b"" if challenge is not None else delivery.raw, challenge)


def parse(opened: Opened) -> list[InboundEvent]:
    """Return the events in the payload's order. Raises PayloadMalformed when the body is no payload of Instagram."""
    return envelope.parse(opened, _ENVELOPE)


def acknowledge(opened: Opened) -> HttpAnswer:
    """Answer a handshake with its challenge, anything else with an empty 200."""
    return HttpAnswer(body=(opened.challenge or "").encode("utf-8", "replace"))
