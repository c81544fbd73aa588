"""How an account did in the last day: what went out, what failed and why, what waits, how often the platform refused us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from app.channel_accounts.words import Json
from app.conversations.present import time_json
from app.ids import earliest_uuid7

_SPAN = timedelta(days=1)
_MOST_REASONS = 3
_MESSAGES = """
SELECT channel_account_id, count(*) FILTER (WHERE status IN ('sent', 'delivered', 'read', 'failed', 'unknown')) AS tried,
    count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'unknown') AS unknown
FROM message WHERE id >= $1 AND direction = 'outbound' GROUP BY 1
"""
_REASONS = """
SELECT channel_account_id, coalesce(error ->> 'code', 'send_failed') AS code, count(*) AS n
FROM message WHERE id >= $1 AND direction = 'outbound' AND status = 'failed' GROUP BY 1, 2 ORDER BY n DESC, code
"""
_WAITING = "SELECT channel_account_id, count(*) AS waiting FROM message WHERE status = 'queued' GROUP BY 1"
_CALLS = """
SELECT channel_account_id, count(*) AS refused FROM exchange WHERE at >= $1 AND error_code IS NOT NULL GROUP BY 1
"""


async def figures(conn: asyncpg.Connection) -> list[Json]:
    """Return one row per account that was not removed. `failed_share` is of what was tried, None when nothing was."""
    since = datetime.now(UTC) - _SPAN
    first = earliest_uuid7(since)
    ids: list[UUID] = [
        row["id"] for row in await conn.fetch("SELECT id FROM channel_account WHERE state <> 'removed' ORDER BY id")
    ]
    messages = {row["channel_account_id"]: row for row in await conn.fetch(_MESSAGES, first)}
    waiting = {row["channel_account_id"]: row["waiting"] for row in await conn.fetch(_WAITING)}
    refused = {row["channel_account_id"]: row["refused"] for row in await conn.fetch(_CALLS, since)}
    reasons: dict[UUID, list[Json]] = {}
    for row in await conn.fetch(_REASONS, first):
        reasons.setdefault(row["channel_account_id"], []).append({"code": row["code"], "n": row["n"]})
    return [
        {
            "channel_account_id": str(account_id),
            "since": time_json(since),
            **_counts(messages.get(account_id)),
            "waiting": waiting.get(account_id, 0),
            "refused_calls": refused.get(account_id, 0),
            "reasons": reasons.get(account_id, [])[:_MOST_REASONS],
        }
        for account_id in ids
    ]


def _counts(row: asyncpg.Record | None) -> Json:
    tried, failed, unknown = (row["tried"], row["failed"], row["unknown"]) if row else (0, 0, 0)
    return {"tried": tried, "failed": failed, "unknown": unknown, "failed_share": failed / tried if tried else None}
