"""Whom a conversation may be given to."""

from __future__ import annotations

from uuid import UUID

from app.db import UnitOfWork
from app.errors import Invalid


async def check_owner(uow: UnitOfWork, agent_id: UUID | None, team_id: UUID | None) -> None:
    """Raises Invalid for an agent who is gone or does not answer, and for a team that is gone."""
    known = await uow.conn.fetchrow(
        """SELECT $1::uuid IS NULL OR EXISTS (SELECT 1 FROM agent WHERE id = $1 AND disabled_at IS NULL AND role <> 'marketer') AS agent,
        $2::uuid IS NULL OR EXISTS (SELECT 1 FROM team WHERE id = $2 AND archived_at IS NULL) AS team""",
        agent_id,
        team_id,
    )
    assert known is not None
    fields = {f"{name}_id": f"id of a {name} that can take it" for name in ("agent", "team") if not known[name]}
    if fields:
        raise Invalid("Choose someone else: see `fields`.", fields=fields)
