"""Tell the live readers which messages changed: the API's own message objects, with the list columns of their conversations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.conversations.present import Json, conversation_patch
from app.conversations.queries import REPLY_WINDOWS, messages_by_id
from app.db import UnitOfWork
from app.events import MessageCreated, MessageUpdated, Scope, record_all

_LAST_MESSAGE = """
UPDATE conversation SET last_message = jsonb_set(last_message, '{status}', to_jsonb(message.status))
FROM message
WHERE message.id = ANY($1) AND conversation.id = message.conversation_id AND conversation.last_message->>'id' = message.id::text
"""
_CONVERSATIONS = f"SELECT c.*, {REPLY_WINDOWS} AS reply_windows FROM conversation c WHERE c.id = ANY($1)"
LOCK_CONVERSATIONS = "SELECT id FROM conversation WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"


async def show_statuses(uow: UnitOfWork, message_ids: Sequence[UUID]) -> None:
    """Bring new statuses to the conversation list and to the live readers. The conversations' rows must be locked."""
    if message_ids:
        await uow.conn.execute(_LAST_MESSAGE, message_ids)
        await announce(uow, message_ids)


async def messages_json(uow: UnitOfWork, message_ids: Sequence[UUID]) -> dict[UUID, Json]:
    """Return the outside shape of messages."""
    return {UUID(message["id"]): message for message in await messages_by_id(uow.conn, message_ids)}


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
    conversations = {row["id"]: row for row in await uow.conn.fetch(_CONVERSATIONS, conversation_ids)}
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
