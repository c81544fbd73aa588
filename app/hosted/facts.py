"""What a visitor told, or the shop proved, goes to the contact where nobody knows better."""

from __future__ import annotations

from uuid import UUID

from app.contacts.service import change_contact
from app.db import UnitOfWork
from app.errors import Invalid
from app.hosted.threads import identity_of
from app.runtime import Runtime
from channels.hosting import Visitor

_LOCK = "SELECT id FROM visitor_session WHERE id = $1 AND NOT facts_told FOR UPDATE"
_CONTACT = """
SELECT p.id, p.email, p.phone FROM identity i JOIN contact p ON p.id = i.contact_id
WHERE i.id = $1 AND p.merged_into_id IS NULL FOR NO KEY UPDATE OF p
"""
_TOLD = "UPDATE visitor_session SET facts_told = true WHERE id = $1"


async def tell(runtime: Runtime, visitor: Visitor) -> None:
    """Fill in the contact's e-mail and phone number where they are empty; the name came with the words themselves.

    A visitor who has not written is no contact yet: it is asked again with the next word. What is no number stays in the form.
    """
    session_id = UUID(visitor.session_id)
    async with runtime.database.begin() as uow:
        if await uow.conn.fetchval(_LOCK, session_id) is None:
            return
        identity_id = await identity_of(uow.conn, visitor)
        if identity_id is None:
            return
        contact = await uow.conn.fetchrow(_CONTACT, identity_id)
        if contact is not None:
            for name in ("email", "phone"):
                if visitor.facts.get(name) and not contact[name]:
                    await _fill(runtime, uow, contact["id"], name, visitor.facts[name])
        await uow.conn.execute(_TOLD, session_id)


async def _fill(runtime: Runtime, uow: UnitOfWork, contact_id: UUID, name: str, value: str) -> None:
    try:
        await change_contact(uow, contact_id, {name: value}, region=runtime.settings.default_region)
    except Invalid:
        return  # the agent reads in the form what was written
