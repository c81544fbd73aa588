"""A visitor's own messages, on whichever thread they stand: those of the identity, and of those that were merged into it."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

import asyncpg

from app.conversations.queries import Place, messages_by_id
from app.db import UnitOfWork
from channels.hosting import History, Visitor

NEWEST = 60
MOST_MISSED = 300
OVERLAP = 30
"""So many before what was missed are told again: their ticks may have moved meanwhile."""
SHOWN = ("sent", "delivered", "read")
"""An outbound message is the visitor's to see from `sent` on."""

_IDENTITIES = """
WITH RECURSIVE mine AS (
    SELECT identity_id AS id FROM identity_key
    WHERE channel_account_id = $1 AND scope = $1::text AND kind = $2 AND value = $3
    UNION SELECT i.id FROM identity i JOIN mine ON i.merged_into_id = mine.id
)
"""
_THREADS = f"""{_IDENTITIES}
SELECT c.id, c.team_id, c.assignee_id, c.merged_into_id, c.read_receipt_external_id
FROM conversation c JOIN mine ON mine.id = c.identity_id ORDER BY c.merged_into_id NULLS FIRST, c.id
"""
_IS_SHOWN = """conversation_id = ANY($1::uuid[]) AND campaign_id IS NULL AND kind <> 'reaction'
    AND (direction = 'inbound' OR (direction = 'outbound' AND status = ANY($2::text[])))"""
_CURSOR = "SELECT position_at FROM message WHERE id = $1 AND conversation_id = ANY($2::uuid[])"
_NEWEST = f"SELECT id FROM message WHERE {_IS_SHOWN} ORDER BY position_at DESC, id DESC LIMIT $3"
_AFTER = f"""
SELECT id FROM message WHERE {_IS_SHOWN} AND (position_at, id) > ($4, $5) ORDER BY position_at, id LIMIT $3
"""
_BEFORE = f"""
SELECT id FROM message WHERE {_IS_SHOWN} AND (position_at, id) <= ($4, $5) ORDER BY position_at DESC, id DESC LIMIT $3
"""


async def threads_of(conn: asyncpg.Connection, visitor: Visitor) -> list[asyncpg.Record]:
    """Return the visitor's conversations, the living one first; none before the first word."""
    kind, value = key_of(visitor)
    rows: list[asyncpg.Record] = await conn.fetch(_THREADS, UUID(visitor.account_id), kind, value)
    return rows


async def identity_of(conn: asyncpg.Connection, visitor: Visitor) -> UUID | None:
    kind, value = key_of(visitor)
    found: UUID | None = await conn.fetchval(
        "SELECT identity_id FROM identity_key WHERE channel_account_id = $1 AND scope = $1::text AND kind = $2 AND value = $3",
        UUID(visitor.account_id),
        kind,
        value,
    )
    return found


def key_of(visitor: Visitor) -> tuple[str, str]:
    """Return kind and value of the key by which the visitor is known."""
    return ("shop_user", visitor.user) if visitor.user else ("visitor", visitor.name)


def place_of(thread: asyncpg.Record) -> Place:
    return Place(thread["id"], thread["team_id"], thread["assignee_id"])


async def position_of(conn: asyncpg.Connection, visitor: Visitor, message_id: UUID) -> str:
    """Return when a message of the visitor's stands, with microseconds, or ""."""
    threads = [row["id"] for row in await threads_of(conn, visitor)]
    at = await conn.fetchval(_CURSOR, message_id, threads)
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


async def history_of(uow: UnitOfWork, visitor: Visitor, after: UUID | None) -> History:
    """Return the newest messages, or those after `after` with some before it, oldest first."""
    rows = await threads_of(uow.conn, visitor)
    if not rows:
        return History(())
    threads = [row["id"] for row in rows]
    ids, reset = await _ids(uow.conn, threads, after)
    messages = await messages_by_id(uow.conn, ids)
    return History(tuple(messages), reset, rows[0]["read_receipt_external_id"] or "")


async def _ids(conn: asyncpg.Connection, threads: list[UUID], after: UUID | None) -> tuple[list[UUID], bool]:
    cursor = await conn.fetchval(_CURSOR, after, threads) if after else None
    if cursor is not None:
        missed = await conn.fetch(_AFTER, threads, SHOWN, MOST_MISSED + 1, cursor, after)
        if len(missed) <= MOST_MISSED:
            before = await conn.fetch(_BEFORE, threads, SHOWN, OVERLAP, cursor, after)
            return [row["id"] for row in (*reversed(before), *missed)], False
    newest = await conn.fetch(_NEWEST, threads, SHOWN, NEWEST)
    return [row["id"] for row in reversed(newest)], after is not None
