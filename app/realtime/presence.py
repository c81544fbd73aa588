"""Who is here: leases that web processes hold for the agents whose sockets they serve. A killed process's leases end by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.db import UnitOfWork
from app.people.service import record_presence

LEASE_S = 45
RENEW_S = 15.0
GRACE_S = 5.0
"""A page that is loaded again is back within this time: its agent was never away."""

_RENEW = f"""
INSERT INTO agent_socket (agent_id, process_id, expires_at)
SELECT id, $2, now() + interval '{LEASE_S} seconds' FROM agent WHERE id = ANY($1::uuid[]) ORDER BY id
ON CONFLICT (agent_id, process_id) DO UPDATE SET expires_at = excluded.expires_at
"""
_ONLINE = "SELECT DISTINCT agent_id FROM agent_socket WHERE agent_id = ANY($1::uuid[]) AND expires_at > now()"
_LEAVE = "DELETE FROM agent_socket WHERE process_id = $1 AND agent_id = ANY($2::uuid[])"
_SWEEP = "DELETE FROM agent_socket WHERE expires_at < now() RETURNING agent_id"


async def renew(uow: UnitOfWork, *, process_id: UUID, agent_ids: Iterable[UUID]) -> list[UUID]:
    """Lease these agents' presence; announce and return those who were away before."""
    wanted = sorted(set(agent_ids))
    online = {row["agent_id"] for row in await uow.conn.fetch(_ONLINE, wanted)}
    await uow.conn.execute(_RENEW, wanted, process_id)
    came = [agent_id for agent_id in wanted if agent_id not in online]
    await record_presence(uow, came)
    return came


async def leave(uow: UnitOfWork, *, process_id: UUID, agent_ids: Iterable[UUID]) -> None:
    """Give leases back; announce those who are nowhere else."""
    left = sorted(set(agent_ids))
    await uow.conn.execute(_LEAVE, process_id, left)
    await _announce_away(uow, left)


async def sweep(uow: UnitOfWork) -> None:
    """End the leases that nobody renewed; announce who is away by that."""
    await _announce_away(uow, sorted({row["agent_id"] for row in await uow.conn.fetch(_SWEEP)}))


async def _announce_away(uow: UnitOfWork, agent_ids: list[UUID]) -> None:
    online = {row["agent_id"] for row in await uow.conn.fetch(_ONLINE, agent_ids)}
    await record_presence(uow, [agent_id for agent_id in agent_ids if agent_id not in online])
