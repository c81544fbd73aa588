"""What a reader missed: every event after `since` that may be seen, page by page, or the word that too much was missed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from app.conversations.queries import whole_conversations
from app.db import Database
from app.people.permissions import Actor
from app.realtime.frames import COLUMNS, Frames, LiveEvent, Sight, revealed_to

PAGE = 500
MOST_MISSED = 5000
"""Beyond, loading the lists again is cheaper for both sides."""

_HORIZON = "SELECT horizon::text FROM event WHERE id <= $1 ORDER BY id DESC LIMIT 1"
_LAST = "SELECT last_value FROM event_id_seq"
_MISSED = "(id > $1 OR xid >= $2::text::xid8)"
_COUNT = f"SELECT count(*) FROM (SELECT 1 FROM event WHERE {_MISSED} LIMIT {MOST_MISSED + 1}) AS missed"
_PAGE = f"SELECT {COLUMNS} FROM event WHERE {_MISSED} AND id > $3 ORDER BY id LIMIT {PAGE}"


class TooLongAgo(Exception):
    """`since` is older than what is kept, was never given out, or lies too far back: everything is to be loaded again."""


async def missed(database: Database, actor: Actor, since: int) -> AsyncIterator[str]:
    """Yield the frames of what `actor` may see after `since`, by id. Raises TooLongAgo, before anything is yielded."""
    async with database.begin() as uow:
        horizon = await _horizon_of(uow.conn, since)
    last = 0
    while True:
        async with database.begin() as uow:
            rows = await uow.conn.fetch(_PAGE, since, horizon, last)
            events = [LiveEvent._make(row) for row in rows]
            revealed = revealed_to(events, [actor])
            whole = await whole_conversations(uow.conn, revealed) if revealed else {}
        for event in events:
            sight = event.sight(actor)
            if sight is not Sight.NONE:
                yield Frames(event, whole.get(event.conversation_id) if event.conversation_id else None).text(sight)
        if len(events) < PAGE:
            return
        last = events[-1].id


async def _horizon_of(conn: asyncpg.Connection, since: int) -> str:
    """Return the transaction id from which on something may have been missed.

    An id that was rolled back, or is not committed yet, has no row: the newest one before it takes its place.
    """
    horizon: str | None = await conn.fetchval(_HORIZON, since)
    if horizon is None or since > await conn.fetchval(_LAST):
        raise TooLongAgo
    if await conn.fetchval(_COUNT, since, horizon) > MOST_MISSED:
        raise TooLongAgo
    return horizon
