"""Tell the live readers which messages changed: the API's own message objects, with the list columns of their conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.conversations.present import (
    Json,
    attachment_json,
    conversation_patch,
    message_json,
    reply_snippet,
)
from app.db import UnitOfWork
from app.events import MessageCreated, MessageUpdated, Scope, record_all

_ATTACHMENTS = """
SELECT a.message_id, a.voice, a.animated, m.id, m.mime, m.filename, m.size_bytes, m.state, m.thumb_key
FROM attachment a JOIN media m ON m.id = a.media_id WHERE a.message_id = ANY($1) ORDER BY a.message_id, a.position
"""

_LAST_MESSAGE = """
UPDATE conversation SET last_message = jsonb_set(last_message, '{status}', to_jsonb(message.status))
FROM message
WHERE message.id = ANY($1) AND conversation.id = message.conversation_id AND conversation.last_message->>'id' = message.id::text
"""
LOCK_CONVERSATIONS = "SELECT id FROM conversation WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"


async def show_statuses(uow: UnitOfWork, message_ids: Sequence[UUID]) -> None:
    """Bring new statuses to the conversation list and to the live readers. The conversations' rows must be locked."""
    if message_ids:
        await uow.conn.execute(_LAST_MESSAGE, message_ids)
        await announce(uow, message_ids)


async def messages_json(uow: UnitOfWork, message_ids: Sequence[UUID]) -> dict[UUID, Json]:
    """Return the outside shape of messages, with their attachments and what they answer."""
    rows = await uow.conn.fetch("SELECT * FROM message WHERE id = ANY($1)", message_ids)
    attachments: dict[UUID, list[Json]] = defaultdict(list)
    for row in await uow.conn.fetch(_ATTACHMENTS, message_ids):
        attachments[row["message_id"]].append(attachment_json(row))
    targets = await _reply_targets(uow, rows)
    return {
        row["id"]: message_json(row, attachments=attachments[row["id"]], reply_to=targets.get(row["reply_to_id"]))
        for row in rows
    }


async def announce(
    uow: UnitOfWork,
    message_ids: Sequence[UUID],
    event: type[MessageCreated] | type[MessageUpdated] = MessageUpdated,
) -> dict[UUID, Json]:
    """Record one event for each message, in the given order, and return their outside shapes.

    The conversations' rows must be locked. A campaign's messages are not announced: its own figures are.
    """
    messages = await messages_json(uow, message_ids)
    conversation_ids = sorted({UUID(message["conversation_id"]) for message in messages.values()})
    conversations = {
        row["id"]: row
        for row in await uow.conn.fetch("SELECT * FROM conversation WHERE id = ANY($1)", conversation_ids)
    }
    events: list[MessageCreated | MessageUpdated] = []
    for message_id in message_ids:
        message = messages[message_id]
        if message["campaign_id"] is not None:
            continue
        conversation = conversations[UUID(message["conversation_id"])]
        scope = Scope(conversation["channel_account_id"], conversation["team_id"], conversation["assignee_id"])
        data = {**message, "conversation": conversation_patch(conversation)}
        events.append(event(data=data, conversation_id=conversation["id"], before=scope, after=scope))
    await record_all(uow, events)
    return messages


async def _reply_targets(uow: UnitOfWork, rows: Sequence[asyncpg.Record]) -> dict[UUID, Json]:
    wanted = [row["reply_to_id"] for row in rows if row["reply_to_id"] is not None]
    if not wanted:
        return {}
    found = await uow.conn.fetch(
        "SELECT id, direction, kind, text, agent_id, deleted_at FROM message WHERE id = ANY($1)", wanted
    )
    return {row["id"]: reply_snippet(row) for row in found}
