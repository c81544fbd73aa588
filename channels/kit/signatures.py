"""Prove where a webhook comes from: HMAC over the raw bytes, and shared tokens, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import parse_qsl

from channels.contract import Credentials, Delivery, SignatureInvalid


def is_signed(secret: str, raw: bytes, header: str | None) -> bool:
    """Check `X-Hub-Signature-256: sha256=<64 lower-case hex>`, keyed with the app secret, over the bytes as received.

    Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications (read Nov 2025).
    """
    if not secret or not header or not header.startswith("sha256="):
        return False
    expected = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header[7:].encode("utf-8", "surrogatepass"))


def is_same_token(expected: str, given: str) -> bool:
    """Compare two tokens in constant time. An empty expectation matches nothing."""
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def open_meta_delivery(
    delivery: Delivery, credentials: Credentials, *, secrets: Sequence[str] = ("app_secret",)
) -> str | None:
    """Verify a Graph webhook: return the challenge of a handshake, None for a rightly signed POST. Raises SignatureInvalid.

    `secrets` names the credentials that may have signed it.
    """
    if delivery.method == "GET":
        return _challenge(delivery.query, credentials.get("verify_token", ""))
    header = delivery.headers.get("x-hub-signature-256")
    if not any(is_signed(credentials.get(name, ""), delivery.raw, header) for name in secrets):
        raise SignatureInvalid("X-Hub-Signature-256 does not match")
    return None


def _challenge(query: str, verify_token: str) -> str:
    try:
        fields = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise SignatureInvalid("the handshake has too many fields") from error
    if fields.get("hub.mode") != "subscribe" or not is_same_token(verify_token, fields.get("hub.verify_token", "")):
        raise SignatureInvalid("the verify token does not match")
    return fields.get("hub.challenge", "")
