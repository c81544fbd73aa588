"""Accounts whose sending is stopped: the queued messages wait, say why, and go on when the account is mended."""

from __future__ import annotations

from uuid import UUID

import orjson

from app.db import UnitOfWork
from app.outbound.announce import LOCK_CONVERSATIONS, announce
from channels.contract import SendError

_STOP = """
UPDATE channel_account SET sending_stopped_reason = $2,
    health = health || jsonb_build_object('state', 'error', 'code', $2::text, 'text', $3::text, 'at', to_jsonb(now()))
WHERE id = $1
"""
_RESUME = """
UPDATE channel_account SET sending_stopped_reason = NULL WHERE id = $1 AND sending_stopped_reason IS NOT NULL RETURNING id
"""
_WAITING = "SELECT id, conversation_id, kind FROM message WHERE channel_account_id = $1 AND status = 'queued' ORDER BY position_at, id"


async def stop_sending(uow: UnitOfWork, channel_account_id: UUID, error: SendError) -> None:
    """Stop an account whose credentials or rights a platform refused; mark what waits with the reason."""
    await uow.conn.execute(_STOP, channel_account_id, error.code, error.text[:500])
    await _mark_waiting(uow, channel_account_id, stopped_json(error.code))


async def resume_sending(uow: UnitOfWork, channel_account_id: UUID) -> None:
    """Let a mended account send what waits. Changes nothing for one that is not stopped."""
    if await uow.conn.fetchval(_RESUME, channel_account_id) is None:
        return
    for conversation_id in await _mark_waiting(uow, channel_account_id, None):
        uow.enqueue("send_conversation", str(conversation_id))


def stopped_json(reason: str) -> str:
    """Return the error that a message carries while it waits for its account."""
    return orjson.dumps(
        {"code": "sending_stopped", "external_code": "", "text": "", "params": {"reason": reason}}
    ).decode()


async def _mark_waiting(uow: UnitOfWork, channel_account_id: UUID, error: str | None) -> list[UUID]:
    """Show `error` on what the account has queued; return the conversations."""
    rows = await uow.conn.fetch(_WAITING, channel_account_id)
    conversation_ids = sorted({row["conversation_id"] for row in rows})
    await uow.conn.execute(LOCK_CONVERSATIONS, conversation_ids)
    await uow.conn.execute(
        "UPDATE message SET error = $2 WHERE id = ANY($1) AND status = 'queued'", [row["id"] for row in rows], error
    )
    await announce(uow, [row["id"] for row in rows if row["kind"] != "reaction"])
    return conversation_ids
