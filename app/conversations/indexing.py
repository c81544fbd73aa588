"""The search index: follows the events, off the path of messages. A message is found some seconds after it came."""

from __future__ import annotations

import asyncpg

from app.conversations.search import grams, search_month, words
from app.db import Database, UnitOfWork

PAGE = 1000
LONGEST_WORD = 100
"""Characters; the rest of what has no space is found by its beginning."""

_CURSOR = (
    "INSERT INTO search_cursor (id, event_id) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING event_id"
)
_ADVANCE = "UPDATE search_cursor SET event_id = $1 WHERE id = 1"
_HORIZON = "SELECT horizon::text FROM event WHERE id <= $1 ORDER BY id DESC LIMIT 1"
_CHANGED = """
SELECT id, (data ->> 'id')::uuid AS message_id FROM event
WHERE type IN ('message.created', 'message.updated') AND {} ORDER BY id
"""
_AHEAD = _CHANGED.format("id > $1") + f" LIMIT {PAGE}"
_COMMITTED_LATE = _CHANGED.format("id <= $1 AND xid >= $2::text::xid8")
_MESSAGES = """
SELECT id, conversation_id, text, deleted_at FROM message
WHERE id = ANY($1::uuid[]) AND direction <> 'activity' ORDER BY id
"""
_WRITE = """
INSERT INTO message_search (message_id, conversation_id, month, words, grams)
SELECT n.id, n.conversation_id, n.month, array_to_tsvector(string_to_array(n.words, ' ')), string_to_array(n.grams, ' ')
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::text[]) AS n(id, conversation_id, month, words, grams)
ON CONFLICT (message_id, month) DO UPDATE SET words = excluded.words, grams = excluded.grams
"""
_FORGET = "DELETE FROM message_search WHERE message_id = ANY($1::uuid[])"


async def index_new(database: Database) -> int:
    """Index what changed since the last call; return how many messages. Two at once wait for each other."""
    indexed = 0
    while True:
        async with database.begin() as uow:
            some, more = await _index_page(uow)
        indexed += some
        if not more:
            return indexed


async def _index_page(uow: UnitOfWork) -> tuple[int, bool]:
    """Index one page; say whether there is more. What committed late, behind the cursor, is indexed with it."""
    cursor: int = await uow.conn.fetchval(_CURSOR)
    ahead = await uow.conn.fetch(_AHEAD, cursor)
    horizon = await uow.conn.fetchval(_HORIZON, cursor)
    late = await uow.conn.fetch(_COMMITTED_LATE, cursor, horizon) if horizon else []
    changed = sorted({row["message_id"] for row in (*ahead, *late)})
    if changed:
        await write_index(uow, await uow.conn.fetch(_MESSAGES, changed))
    if ahead:
        await uow.conn.execute(_ADVANCE, ahead[-1]["id"])
    return len(changed), len(ahead) == PAGE


async def write_index(uow: UnitOfWork, messages: list[asyncpg.Record]) -> None:
    """Make these rows of `message` findable by their texts as they are now; those without words are taken out."""
    found = []
    for row in messages:
        text = "" if row["deleted_at"] else row["text"]
        row_words, row_grams = " ".join(word[:LONGEST_WORD] for word in words(text)), " ".join(grams(text))
        if row_words or row_grams:
            found.append((row["id"], row["conversation_id"], search_month(row["id"]), row_words, row_grams))
    if found:
        await uow.conn.execute(_WRITE, *map(list, zip(*found, strict=True)))
    kept = {row[0] for row in found}
    if gone := [row["id"] for row in messages if row["id"] not in kept]:
        await uow.conn.execute(_FORGET, gone)
