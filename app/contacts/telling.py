"""Telling what changed about a contact: to everyone who sees one of its conversations, and in their threads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.contacts.queries import contacts_by_id
from app.conversations.activity import Activity, add_activities, scope_of
from app.conversations.present import text_id
from app.conversations.queries import whole_conversations
from app.db import UnitOfWork
from app.events import ContactUpdated, ConversationUpdated, record_all
from app.people.permissions import Actor

_SCOPES = "SELECT id, channel_account_id, team_id, assignee_id FROM conversation WHERE contact_id = $1 ORDER BY id"
_THREADS = "SELECT * FROM conversation WHERE contact_id = $1 AND listed AND merged_into_id IS NULL ORDER BY id"


async def announce_contact(uow: UnitOfWork, contact_id: UUID) -> None:
    """Record the contact as it is now, once for each of its conversations, whose rights decide who is told.

    One without any conversation is told to all staff, who all may read contacts.
    """
    scopes = await uow.conn.fetch(_SCOPES, contact_id)
    contact = (await contacts_by_id(uow.conn, [contact_id]))[contact_id]
    if not scopes:
        await record_all(uow, [ContactUpdated(data=contact)])
        return
    await record_all(
        uow,
        [
            ContactUpdated(conversation_id=row["id"], before=scope_of(row), after=scope_of(row), data=contact)
            for row in scopes
        ],
    )


async def tell_threads(
    uow: UnitOfWork, contact_id: UUID, code: str, params: dict[str, Any], actor: Actor | None
) -> None:
    """Write an activity line into every thread of a contact, and say whose threads they are now. They must be locked."""
    rows = await uow.conn.fetch(_THREADS, contact_id)
    if not rows:
        return
    whole = await whole_conversations(uow.conn, [row["id"] for row in rows])
    scopes = {row["id"]: scope_of(row) for row in rows}
    await record_all(
        uow,
        [
            ConversationUpdated(conversation_id=one, before=scope, after=scope, data=whole[one])
            for one, scope in scopes.items()
        ],
    )
    given = {"by_agent_id": text_id(actor.agent_id if actor else None), **params}
    await add_activities(uow, [Activity(row, code, given) for row in rows])
