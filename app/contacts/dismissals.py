"""What people said about two contacts: that they are not one person. It holds for whatever these two become part of."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from app.contacts.telling import announce_contact
from app.db import UnitOfWork
from app.errors import NotFound
from app.ids import uuid7
from app.people.permissions import Actor
from app.people.service import write_audit

_PARTS = "(SELECT id FROM contact WHERE id = {0} OR merged_into_id = {0})"
_IS_DISMISSED = f"""
SELECT EXISTS (SELECT FROM contact_suggestion s WHERE s.dismissed_at IS NOT NULL AND (
    (s.one_id IN {_PARTS.format("$1")} AND s.other_id IN {_PARTS.format("$2")})
    OR (s.one_id IN {_PARTS.format("$2")} AND s.other_id IN {_PARTS.format("$1")})
))
"""
_DISMISS = """
INSERT INTO contact_suggestion (id, one_id, other_id, dismissed_at, dismissed_by_agent_id)
VALUES ($1, $2, $3, now(), $4)
ON CONFLICT (one_id, other_id) DO UPDATE SET dismissed_at = now(), dismissed_by_agent_id = excluded.dismissed_by_agent_id
"""


async def is_dismissed(conn: asyncpg.Connection, one_id: UUID, other_id: UUID) -> bool:
    """Did a person say that these two, or two that were merged into them, are different people?"""
    found: bool = await conn.fetchval(_IS_DISMISSED, one_id, other_id)
    return found


async def dismiss_pair(uow: UnitOfWork, one_id: UUID, other_id: UUID, *, actor: Actor | None) -> None:
    """Note that two contacts are different people."""
    await uow.conn.execute(_DISMISS, uuid7(), *sorted((one_id, other_id)), actor and actor.agent_id)


_SUGGESTED = """
SELECT one_id, other_id FROM contact_suggestion WHERE id = $1 AND (one_id IN {0} OR other_id IN {0})
""".format(_PARTS.format("$2"))


async def dismiss_suggestion(uow: UnitOfWork, contact_id: UUID, suggestion_id: UUID, *, actor: Actor) -> None:
    """Note that the two of a suggestion are different people. Raises NotFound."""
    pair = await uow.conn.fetchrow(_SUGGESTED, suggestion_id, contact_id)
    if pair is None:
        raise NotFound("This contact has no such suggestion.")
    await dismiss_pair(uow, pair["one_id"], pair["other_id"], actor=actor)
    for one, other in (pair, tuple(pair)[::-1]):
        await announce_contact(uow, one)
        await write_audit(uow, actor, "contact.dismissed", "contact", one, {"contact_id": str(other)})
