"""Uploads that nobody sent: forgotten after the day in which they belong to their uploader."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from app.db import UnitOfWork
from app.media.queries import UPLOADER_HOURS
from app.media.storage import discard
from app.runtime import Runtime

BATCH = 500
_IS_FREE = """NOT EXISTS (SELECT FROM attachment t WHERE t.media_id = d.id)
    AND NOT EXISTS (SELECT FROM template_file f WHERE f.media_id = d.id)
    AND NOT EXISTS (SELECT FROM contact p WHERE p.avatar_media_id = d.id)"""
_LOCK = f"""
SELECT d.id FROM media d WHERE d.channel_account_id IS NULL AND d.created_at < now() - interval '{UPLOADER_HOURS} hours'
    AND {_IS_FREE} ORDER BY d.created_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED
"""
_DELETE = f"DELETE FROM media d WHERE d.id = ANY($1::uuid[]) AND {_IS_FREE} RETURNING d.storage_key, d.thumb_key"
"""Asked again under the lock, that one may be sent just now; an attachment takes a lock on its file's row."""
_STILL_USED = """
SELECT storage_key AS key FROM media WHERE storage_key = ANY($1::text[])
UNION ALL SELECT thumb_key FROM media WHERE thumb_key = ANY($1::text[])
"""


async def forget_unattached(runtime: Runtime) -> None:
    """Delete the rows, and the files that no other row refers to: the same content may have been sent elsewhere."""
    while True:
        async with runtime.database.begin() as uow:
            deleted, unused = await _delete_some(uow)
        for storage_key in unused:
            await asyncio.to_thread(discard, runtime.settings, storage_key)
        if deleted < BATCH:
            return


async def _delete_some(uow: UnitOfWork) -> tuple[int, list[str]]:
    """Return how many rows are gone, and the files that are of no row any more."""
    return await delete_free(uow, [row["id"] for row in await uow.conn.fetch(_LOCK)])


async def delete_free(uow: UnitOfWork, ids: Sequence[UUID]) -> tuple[int, list[str]]:
    """Delete those of the files that nothing refers to; return how many, and the storage keys that are of no row any more."""
    rows = await uow.conn.fetch(_DELETE, ids)
    keys = {key for row in rows for key in row.values() if key}
    used = {row["key"] for row in await uow.conn.fetch(_STILL_USED, sorted(keys))}
    return len(rows), sorted(keys - used)
