"""Reads of visitors, for the agents in whose sight their threads are."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from app.conversations.present import Json, time_json
from app.conversations.queries import check_visible
from app.people.permissions import Actor

_VISIT = """
SELECT s.page, s.page_at, s.seen_at, s.language, s.user_id, s.created_at FROM conversation c
JOIN identity_key k ON k.identity_id = c.identity_id
JOIN visitor_session s ON s.channel_account_id = c.channel_account_id AND (
    (k.kind = 'visitor' AND s.visitor = k.value) OR (k.kind = 'shop_user' AND s.user_id = k.value))
WHERE c.id = $1 ORDER BY s.page_at DESC NULLS LAST, s.seen_at DESC LIMIT 1
"""


async def visit_of(conn: asyncpg.Connection, actor: Actor, conversation_id: UUID) -> Json | None:
    """Return what the visitor of a conversation looks at, or looked at last; None where there is no visitor. Raises NotFound."""
    await check_visible(conn, actor, conversation_id)
    row = await conn.fetchrow(_VISIT, conversation_id)
    if row is None:
        return None
    return {
        "page": row["page"],
        "page_at": time_json(row["page_at"]),
        "seen_at": time_json(row["seen_at"]),
        "language": row["language"] or None,
        "user_id": row["user_id"] or None,
        "since": time_json(row["created_at"]),
    }
