"""Accounts whose sending is stopped: the queued messages wait, say why, and go on when the account is mended."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import orjson

from app.db import UnitOfWork
from app.outbound.announce import LOCK_CONVERSATIONS, announce
from app.outbound.failures import failure_json
from channels.contract import SendError

_STOP = """
UPDATE channel_account SET sending_stopped_reason = $2,
    health = health || jsonb_build_object('state', 'error', 'code', $2::text, 'text', $3::text, 'at', to_jsonb(now()))
WHERE id = $1
"""
_QUEUED = """
SELECT id, conversation_id, kind, coalesce(error->>'code' = 'sending_stopped', false) AS is_marked
FROM message WHERE channel_account_id = $1 AND status = 'queued' ORDER BY position_at, id
"""


async def stop_sending(uow: UnitOfWork, channel_account_id: UUID, error: SendError) -> None:
    """Stop an account whose credentials or rights a platform refused; mark what waits with the reason."""
    await uow.conn.execute(_STOP, channel_account_id, error.code, error.text[:500])
    waiting = await uow.conn.fetch(_QUEUED, channel_account_id)
    await _mark(uow, waiting, stopped_json(error.code))


async def resume_sending(uow: UnitOfWork, channel_account_id: UUID) -> None:
    """Let an account that was mended, or is active again, send what waits."""
    await uow.conn.execute("UPDATE channel_account SET sending_stopped_reason = NULL WHERE id = $1", channel_account_id)
    waiting = await uow.conn.fetch(_QUEUED, channel_account_id)
    await _mark(uow, [row for row in waiting if row["is_marked"]], None)
    for conversation_id in {row["conversation_id"] for row in waiting}:
        uow.enqueue("send_conversation", str(conversation_id))


def stopped_json(reason: str) -> str:
    """Return the error that a message carries while it waits for its account."""
    return orjson.dumps(failure_json("sending_stopped", reason=reason)).decode()


async def _mark(uow: UnitOfWork, rows: Sequence[asyncpg.Record], error: str | None) -> None:
    """Show `error` on queued messages."""
    await uow.conn.execute(LOCK_CONVERSATIONS, sorted({row["conversation_id"] for row in rows}))
    await uow.conn.execute(
        "UPDATE message SET error = $2 WHERE id = ANY($1) AND status = 'queued'", [row["id"] for row in rows], error
    )
    await announce(uow, [row["id"] for row in rows if row["kind"] != "reaction"])
