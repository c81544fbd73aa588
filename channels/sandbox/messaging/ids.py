"""Message ids as the platforms make them: long, opaque, safe in addresses."""

from __future__ import annotations

import base64
import secrets

from channels.sandbox.messaging.flavour import Flavour


def message_id(flavour: Flavour) -> str:
    """Return `m_` and 76 characters for a Page, 180 characters of base64 for Instagram (it spells "ig_d" at first)."""
    if flavour.object == "page":
        return "m_" + secrets.token_urlsafe(57)
    return (
        base64.b64encode(b"ig_dm_" + secrets.token_bytes(129)).decode().rstrip("=").replace("/", "Z").replace("+", "Z")
    )
