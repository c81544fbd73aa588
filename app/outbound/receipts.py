"""What the customer sees of the agent without a message: that it was read, and that somebody types."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import structlog

from app.channel_accounts.directory import AccountView
from app.outbound.calls import run
from app.runtime import Runtime
from channels.contract import Key, MarkRead, Person, SendError, Typing

TYPING_AGAIN_AFTER_S = 20
"""Platforms show the dots for about 25 s and end them by themselves."""
_CONVERSATION = """
SELECT conversation.channel_account_id, conversation.last_inbound_external_id, conversation.read_receipt_external_id,
    identity.external_id AS identity_external_id, key.kind AS key_kind, key.value AS key_value
FROM conversation
JOIN identity ON identity.id = conversation.identity_id
LEFT JOIN LATERAL (
    SELECT kind, value FROM identity_key WHERE identity_id = identity.id ORDER BY value = identity.external_id DESC, created_at LIMIT 1
) AS key ON true
WHERE conversation.id = $1
"""
_log = structlog.get_logger()


async def mark_read(runtime: Runtime, conversation_id: UUID) -> None:
    """Tell the customer that all up to the newest message was read; many calls for the same message make one request."""
    row, account = await _look_up(runtime, conversation_id)
    if row is None or account is None or not account.capabilities.read_receipts:
        return
    newest = row["last_inbound_external_id"]
    if newest is None or newest == row["read_receipt_external_id"]:
        return
    try:
        await run(runtime, account, MarkRead(newest, to=_person(row)))
    except SendError as error:
        _log.info("read_receipt_failed", conversation_id=str(conversation_id), code=error.code)
        return
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "UPDATE conversation SET read_receipt_external_id = $2 WHERE id = $1", conversation_id, newest
        )


async def show_typing(runtime: Runtime, conversation_id: UUID) -> None:
    """Show the customer that somebody types; at most every TYPING_AGAIN_AFTER_S for one conversation."""
    row, account = await _look_up(runtime, conversation_id)
    if row is None or account is None or not account.capabilities.typing or row["last_inbound_external_id"] is None:
        return
    if not await runtime.redis.set(f"typing:{conversation_id}", b"1", nx=True, ex=TYPING_AGAIN_AFTER_S):
        return
    try:
        await run(runtime, account, Typing(_person(row), row["last_inbound_external_id"]))
    except SendError as error:
        _log.info("typing_failed", conversation_id=str(conversation_id), code=error.code)


def _person(row: asyncpg.Record) -> Person:
    return Person((Key("account", row["key_kind"] or "", row["key_value"] or row["identity_external_id"]),))


async def _look_up(runtime: Runtime, conversation_id: UUID) -> tuple[asyncpg.Record | None, AccountView | None]:
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_CONVERSATION, conversation_id)
    if row is None:
        return None, None
    account = await runtime.accounts.get(row["channel_account_id"])
    usable = account is not None and account.state == "active" and account.sending_stopped_reason is None
    return row, account if usable else None
