"""Signed addresses of files, for platforms that fetch what we send: anyone who has one may read that file for a day."""

from __future__ import annotations

import time
from uuid import UUID

from app.secrets import Vault

VALID_S = 24 * 3600


def link_path(vault: Vault, media_id: UUID, *, now: float | None = None) -> str:
    """Return the path of a file that is good for VALID_S seconds."""
    claim = f"{media_id.hex}.{int(now or time.time()) + VALID_S:x}"
    return f"/m/{claim}.{vault.sign('media ' + claim)}"


def linked_media(vault: Vault, token: str, *, now: float | None = None) -> UUID | None:
    """Return the file that a token is for, or None when it is not ours or too old."""
    claim, _, signature = token.rpartition(".")
    if not token.isascii() or not vault.is_signed("media " + claim, signature):
        return None
    media_id, _, until = claim.partition(".")
    return UUID(media_id) if int(until, 16) >= (now or time.time()) else None
