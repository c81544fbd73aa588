"""Echoes of our own sends: a platform may tell us of our message before it has answered us.

An echo that comes while the message is `sending` or `unknown` settles it (`settle_echo`, for ingest). One that was stored as
a row of its own first, because nothing spoke for it being ours, is folded into ours when the answer names its id.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from app.conversations.present import conversation_patch
from app.db import UnitOfWork
from app.events import MessageUpdated, Scope, record
from app.outbound.announce import messages_json
from app.outbound.statuses import StatusUpdate, apply_statuses

_OURS = """
SELECT id FROM message
WHERE conversation_id = $1 AND direction = 'outbound' AND external_id IS NULL AND (
    id = $2 OR (
        $2 IS NULL AND status IN ('sending', 'unknown') AND kind = $3 AND text = $4
        AND claimed_at BETWEEN $5::timestamptz - interval '2 minutes' AND $5::timestamptz + interval '2 minutes'
    )
) ORDER BY position_at, id LIMIT 1
"""
_ECHO = """
SELECT * FROM message
WHERE channel_account_id = $1 AND external_id = $2 AND id <> $3 AND direction = 'outbound' AND campaign_id IS NULL FOR UPDATE
"""
_POINT_AT_OURS = (
    "UPDATE message SET reply_to_id = $1 WHERE conversation_id = $3 AND reply_to_id = $2",
    "UPDATE message_change SET message_id = $1 WHERE message_id = $2 AND $3::uuid IS NOT NULL",
    "UPDATE conversation SET last_message = jsonb_set(last_message, '{id}', to_jsonb($1::uuid::text)) "
    "WHERE id = $3 AND last_message->>'id' = $2::uuid::text",
)
_REMOVE = (
    "DELETE FROM attachment WHERE message_id = $1",
    "DELETE FROM message_search WHERE message_id = $1",
    "DELETE FROM message WHERE id = $1",
)
_TAKE_OVER = """
UPDATE message SET external_id = $2, status = $3, error = $4, pricing = $5, sent_at = $6, delivered_at = $7, read_at = $8,
    played_at = $9, failed_at = $10, not_before = NULL
WHERE id = $1
"""

_TAKEN_OVER = (
    *("external_id", "status", "error", "pricing", "sent_at", "delivered_at", "read_at", "played_at", "failed_at"),
)


async def settle_echo(
    uow: UnitOfWork,
    *,
    channel_account_id: UUID,
    conversation_id: UUID,
    external_id: str,
    callback: UUID | None,
    kind: str,
    text: str,
    occurred_at: datetime,
) -> UUID | None:
    """Settle the message of ours that an echo speaks of and return it; None when the echo is of somebody else's writing.

    Our callback decides; without one, a message of this conversation that is being sent, says the same and is ≤ 2 minutes old.
    """
    message_id: UUID | None = await uow.conn.fetchval(_OURS, conversation_id, callback, kind, text, occurred_at)
    if message_id is None:
        return None
    await apply_statuses(
        uow,
        [
            StatusUpdate(
                channel_account_id=channel_account_id,
                external_id=external_id,
                callback=str(message_id),
                status="sent",
                occurred_at=occurred_at,
            )
        ],
    )
    return message_id


async def fold_echo(uow: UnitOfWork, *, message_id: UUID, channel_account_id: UUID, external_id: str) -> None:
    """Make one row of two, when an echo with `external_id` was stored before the answer to our send came.

    Our row stays, since people have its id on their screens; what points at the echo points at ours from now on.
    Readers get `message.updated` for the echo with `folded_into_id`. The conversation's row must be locked.
    """
    echo = await uow.conn.fetchrow(_ECHO, channel_account_id, external_id, message_id)
    if echo is None:
        return
    await _announce_fold(uow, echo, message_id)
    for statement in _POINT_AT_OURS:
        await uow.conn.execute(statement, message_id, echo["id"], echo["conversation_id"])
    for statement in _REMOVE:
        await uow.conn.execute(statement, echo["id"])
    await uow.conn.execute(_TAKE_OVER, message_id, *(_value(echo, name) for name in _TAKEN_OVER))


async def _announce_fold(uow: UnitOfWork, echo: asyncpg.Record, message_id: UUID) -> None:
    shape = (await messages_json(uow, [echo["id"]]))[echo["id"]]
    conversation = await uow.conn.fetchrow("SELECT * FROM conversation WHERE id = $1", echo["conversation_id"])
    scope = Scope(conversation["channel_account_id"], conversation["team_id"], conversation["assignee_id"])
    data = {**shape, "folded_into_id": str(message_id), "conversation": conversation_patch(conversation)}
    await record(uow, MessageUpdated(data=data, conversation_id=conversation["id"], before=scope, after=scope))


def _value(row: asyncpg.Record, name: str) -> object:
    value = row[name]
    return orjson.dumps(value).decode() if isinstance(value, dict) else value
