"""Shows something for a moment to the pages of a person, in whichever process they are open."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
from redis.exceptions import RedisError

from app.runtime import Runtime
from channels.contract import Json

CHANNEL = "hawker:visitors"
"""The Redis channel for it."""


async def tell_visitors(
    runtime: Runtime, account_id: UUID, keys: list[tuple[str, str]], frame: Json, *, session_id: str = ""
) -> None:
    """Show something for a moment to all pages of a person; while Redis is away, to none."""
    told: dict[str, Any] = {"account_id": str(account_id), "keys": keys, "frame": frame, "session_id": session_id}
    with suppress(RedisError, OSError):
        await runtime.redis.publish(CHANNEL, orjson.dumps(told))
