"""Join the contacts of identities that are proven to be one person's, without anybody's click; every join can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from app.contacts.dismissals import is_dismissed
from app.contacts.merging import Pair, merge_contacts
from app.db import UnitOfWork
from app.errors import Conflict, NotFound
from app.people.permissions import Actor

_LIVING = """
SELECT i.id, p.id AS contact_id, p.created_at FROM identity g
JOIN identity i ON i.id = coalesce(g.merged_into_id, g.id)
JOIN contact c ON c.id = i.contact_id JOIN contact p ON p.id = coalesce(c.merged_into_id, c.id)
WHERE g.id = ANY($1::uuid[]) ORDER BY p.created_at, p.id
"""
_TRIES = 3


async def join_identities(
    uow: UnitOfWork,
    identity_id: UUID,
    other_identity_id: UUID,
    *,
    reason: str,
    evidence: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> UUID | None:
    """Let the contacts of two identities be one: the older stays. Return the merge's id, by which it can be undone.

    None = they are one already, or a person said that they are two. `reason` is a code (`hand_over`, `same_unionid`, …),
    `evidence` what it rests on, without secrets. Take no lock on a conversation before. Raises NotFound.
    """
    for _ in range(_TRIES):
        pair = await _pair(uow.conn, identity_id, other_identity_id)
        if pair is None or await is_dismissed(uow.conn, pair.stays_id, pair.goes_id):
            return None
        try:
            return await merge_contacts(uow, pair, actor=actor, reason=reason, evidence=evidence)
        except Conflict:  # one was merged while its lock was waited for: look again at whose the identities are
            continue
    raise Conflict("These contacts are being merged by others. Try again.", code="already_merged")


async def _pair(conn: asyncpg.Connection, identity_id: UUID, other_identity_id: UUID) -> Pair | None:
    """Return the contacts of two identities, the older first; None when they are one."""
    rows = await conn.fetch(_LIVING, [identity_id, other_identity_id])
    if not rows or (len(rows) < 2 and identity_id != other_identity_id):
        raise NotFound("No identity has this id.")
    stays, goes = rows[0]["contact_id"], rows[-1]["contact_id"]
    return None if stays == goes else Pair(stays, goes)
