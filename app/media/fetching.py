"""Fetch what customers sent: the message is there at once with a placeholder, its file follows and retries on its own.

Claim, commit, call, record: a claim is a lease, so that a killed worker's file is fetched again when it ends.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson
import structlog

from app.db import UnitOfWork
from app.inbound.service import read_media_source
from app.media.pictures import Size, measure
from app.media.storage import Stored, file_of, keep
from app.outbound.service import announce, run
from app.runtime import Runtime
from channels.contract import (
    FetchMedia,
    MediaFetched,
    MediaRef,
    OutcomeUnknown,
    Rejected,
    ResponseUnexpected,
    SendError,
)

MOST_ATTEMPTS = 8
FIRST_RETRY_S = 10.0
RETRY_FACTOR = 4.0
LONGEST_RETRY_S = 6 * 3600.0
LEASE = timedelta(minutes=3)
"""Longer than a job may run."""
SWEEP_LIMIT = 500
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Claimed:
    media_id: UUID
    account_id: UUID
    source: MediaRef
    attempt: int


async def fetch_media(runtime: Runtime, media_id: UUID) -> None:
    """Fetch a pending file if its time has come and nobody else does; store it, or note when to try again."""
    claimed = await _claim(runtime, media_id)
    if claimed is None:
        return
    account = await runtime.accounts.get(claimed.account_id)
    if account is None:
        await _record_failure(runtime, claimed, Rejected(code="account_removed"))
        return
    try:
        intent = FetchMedia(claimed.source, max_bytes=runtime.settings.upload_max_bytes)
        fetched = await run(runtime, account, intent)
    except SendError as error:
        await _record_failure(runtime, claimed, error)
        return
    assert isinstance(fetched, MediaFetched), "an adapter answers FetchMedia with MediaFetched"
    stored, size = await asyncio.to_thread(_keep, runtime, claimed, fetched)
    await _record_file(runtime, claimed, fetched, stored, size)


_CLAIM = """
UPDATE media SET attempts = attempts + 1, next_try_at = now() + $2
WHERE id = $1 AND state = 'pending' AND next_try_at <= now() AND source IS NOT NULL
RETURNING channel_account_id, source, attempts
"""


async def _claim(runtime: Runtime, media_id: UUID) -> _Claimed | None:
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_CLAIM, media_id, LEASE)
    if row is None:
        return None
    source = read_media_source(runtime.vault.unseal(row["source"]))
    return _Claimed(media_id, row["channel_account_id"], source, row["attempts"])


def _keep(runtime: Runtime, claimed: _Claimed, fetched: MediaFetched) -> tuple[Stored, Size | None]:
    declared = fetched.mime or claimed.source.mime
    stored = keep(runtime.settings, Path(fetched.file.path), sha256=fetched.file.sha256, declared_mime=declared)
    return stored, measure(file_of(runtime.settings, stored.storage_key), stored.mime)


_READY = """
UPDATE media SET state = 'ready', sha256 = $2, storage_key = $3, size_bytes = $4, mime = $5,
    filename = coalesce(nullif(filename, ''), $6), width = $7, height = $8, next_try_at = NULL, error = NULL, source = NULL
WHERE id = $1
"""


async def _record_file(
    runtime: Runtime, claimed: _Claimed, fetched: MediaFetched, stored: Stored, size: Size | None
) -> None:
    async with runtime.database.begin() as uow:
        messages = await _lock_messages(uow, claimed.media_id)
        await uow.conn.execute(
            _READY,
            claimed.media_id,
            stored.sha256,
            stored.storage_key,
            stored.size_bytes,
            stored.mime,
            fetched.filename,
            size and size.width,
            size and size.height,
        )
        await announce(uow, messages)
        if size is not None:
            uow.enqueue("look_at_media", str(claimed.media_id), queue="bulk")


_AGAIN = "UPDATE media SET next_try_at = now() + $2, error = $3 WHERE id = $1 AND state = 'pending'"
_FAILED = "UPDATE media SET state = 'failed', next_try_at = NULL, error = $2 WHERE id = $1 AND state = 'pending'"


async def _record_failure(runtime: Runtime, claimed: _Claimed, error: SendError) -> None:
    """Note the next try, or that there is none. Fetching is safe to repeat, so also after an answer that was lost."""
    again = error.retryable or error.ours or isinstance(error, OutcomeUnknown | ResponseUnexpected)
    told = orjson.dumps({"code": error.code, "external_code": error.external_code, "text": error.text}).decode()
    async with runtime.database.begin() as uow:
        if again and claimed.attempt < MOST_ATTEMPTS:
            wait_s = max(retry_after_s(claimed.attempt), error.retry_after_s or 0.0)
            await uow.conn.execute(_AGAIN, claimed.media_id, timedelta(seconds=wait_s), told)
            uow.enqueue("fetch_media", str(claimed.media_id), defer_s=wait_s)
            return
        messages = await _lock_messages(uow, claimed.media_id)
        await uow.conn.execute(_FAILED, claimed.media_id, told)
        await announce(uow, messages)
    _log.warning("media_failed", media_id=str(claimed.media_id), error=error.code, attempts=claimed.attempt)


def retry_after_s(attempt: int) -> float:
    """Return the pause after failed attempt number `attempt` (from 1): 10 s, 40 s, … at most six hours."""
    return min(FIRST_RETRY_S * RETRY_FACTOR ** (attempt - 1), LONGEST_RETRY_S)


_LOCK = """
SELECT m.id FROM attachment a JOIN message m ON m.id = a.message_id JOIN conversation c ON c.id = m.conversation_id
WHERE a.media_id = $1 ORDER BY c.id FOR UPDATE OF c
"""


async def _lock_messages(uow: UnitOfWork, media_id: UUID) -> list[UUID]:
    """Lock the conversations of the messages that show a file; return those messages."""
    return [row["id"] for row in await uow.conn.fetch(_LOCK, media_id)]


async def sweep_media(runtime: Runtime) -> None:
    """Wake the fetching of files whose time has come: a lost hint, an ended lease, a retry."""
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch(
            "SELECT id FROM media WHERE state = 'pending' AND next_try_at <= now() ORDER BY next_try_at LIMIT $1",
            SWEEP_LIMIT,
        )
        for row in rows:
            uow.enqueue("fetch_media", str(row["id"]))
