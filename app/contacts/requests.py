"""Asking who else a contact may be: a row with the change that raises the question, answered by a job."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.db import UnitOfWork

_ASK = "INSERT INTO match_request (contact_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING"


async def request_matches(uow: UnitOfWork, contact_ids: Iterable[UUID]) -> None:
    """Have the contacts compared with all others, soon after the commit."""
    ids = sorted(set(contact_ids))
    if ids:
        await uow.conn.execute(_ASK, ids)
        uow.enqueue("match_contacts")
