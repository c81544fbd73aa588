"""Taking hold of a conversation to change it, and telling what changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.conversations.activity import Activity, add_activities, scope_of
from app.conversations.present import Json, Row, conversation_patch
from app.conversations.queries import no_conversation
from app.db import UnitOfWork
from app.events import ConversationUpdated, record
from app.people.permissions import Actor, restrict
from app.where import Where


async def lock(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> Row:
    """Lock a conversation that the actor may see, and return its row. Raises NotFound."""
    where = Where()
    where.add("c.id = {}", conversation_id)
    restrict(where, actor)
    row: Row | None = await uow.conn.fetchrow(
        f"SELECT c.* FROM conversation c WHERE {where.sql} FOR NO KEY UPDATE OF c", *where.params
    )
    if row is None:
        raise no_conversation()
    return row


async def update(uow: UnitOfWork, conversation_id: UUID, **columns: Any) -> Row:
    """Set columns of a locked conversation; return its new row."""
    settings = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=2))
    row: Row | None = await uow.conn.fetchrow(
        f"UPDATE conversation SET {settings} WHERE id = $1 RETURNING *", conversation_id, *columns.values()
    )
    assert row is not None
    return row


async def announce(uow: UnitOfWork, before: Row, after: Row, *lines: Activity, **extra: Any) -> None:
    """Record that a conversation's list columns changed (and `extra` members), then its activity lines."""
    data: Json = conversation_patch(after) | extra
    await record(
        uow,
        ConversationUpdated(conversation_id=after["id"], before=scope_of(before), after=scope_of(after), data=data),
    )
    await add_activities(uow, lines)
