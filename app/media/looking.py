"""Small pictures for the thread: made once a file is here, off the path of messages."""

from __future__ import annotations

import asyncio
from uuid import UUID

from app.media.pictures import thumbnail
from app.media.storage import Stored, file_of
from app.outbound.service import announce
from app.runtime import Runtime

SWEEP_LIMIT = 200
_AT_ONCE = asyncio.Semaphore(2)
"""Open pictures are large; two at a time, whatever number of jobs waits."""
_UNSEEN = """
SELECT storage_key, mime FROM media WHERE id = $1 AND state = 'ready' AND looked_at IS NULL AND mime LIKE 'image/%'
"""
_SEEN = "UPDATE media SET thumb_key = $2, looked_at = now() WHERE id = $1 AND looked_at IS NULL"
_TO_LOOK_AT = """
SELECT id FROM media WHERE state = 'ready' AND looked_at IS NULL AND mime LIKE 'image/%'
    AND created_at < now() - interval '1 minute' ORDER BY created_at LIMIT $1
"""
_LOCK = """
SELECT m.id FROM attachment a JOIN message m ON m.id = a.message_id JOIN conversation c ON c.id = m.conversation_id
WHERE a.media_id = $1 ORDER BY c.id FOR NO KEY UPDATE OF c
"""


async def look_at(runtime: Runtime, media_id: UUID) -> None:
    """Make a picture's thumbnail and show it to the readers. One that cannot be opened is not looked at again."""
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_UNSEEN, media_id)
    if row is None:
        return
    async with _AT_ONCE:
        made = await asyncio.to_thread(_thumbnail, runtime, row["storage_key"], row["mime"])
    async with runtime.database.begin() as uow:
        messages = [line["id"] for line in await uow.conn.fetch(_LOCK, media_id)] if made else []
        done: str = await uow.conn.execute(_SEEN, media_id, made.storage_key if made else None)
        if made and done == "UPDATE 1":
            await announce(uow, messages)


def _thumbnail(runtime: Runtime, storage_key: str, mime: str) -> Stored | None:
    try:
        return thumbnail(runtime.settings, file_of(runtime.settings, storage_key), mime)
    except FileNotFoundError:
        return None


async def sweep_unseen(runtime: Runtime) -> None:
    """Wake the looking at pictures whose hint was lost."""
    async with runtime.database.begin() as uow:
        for row in await uow.conn.fetch(_TO_LOOK_AT, SWEEP_LIMIT):
            uow.enqueue("look_at_media", str(row["id"]), queue="bulk")
