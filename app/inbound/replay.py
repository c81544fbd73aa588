"""Take kept deliveries in again: after a mend, what failed then may succeed; what was right is changed by nothing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.inbound.arrivals import Arrival
from app.inbound.lanes import write_all
from app.inbound.refuge import revive
from app.inbound.spool import Spooled
from app.runtime import Runtime
from channels.contract import Delivery

_KEPT = """
SELECT id, received_at, channel_account_id, headers, query, body FROM delivery WHERE id = ANY($1) ORDER BY received_at, id
"""
_OUTCOME = """
UPDATE delivery d SET state = r.state, error = r.error
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) AS r(id, received_at, state, error)
WHERE d.id = r.id AND d.received_at = r.received_at
"""


async def replay(runtime: Runtime, delivery_ids: Sequence[UUID]) -> int:
    """Ingest kept deliveries again, in the order in which they came; return how many now are whole.

    Those of removed accounts, and unknown ids, are left out. Raises DatabaseAway.
    """
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch(_KEPT, list(delivery_ids))
    arrivals: list[Arrival] = []
    for row in rows:
        raw = runtime.vault.unseal(row["body"])
        delivery = Delivery("POST", row["query"], row["headers"], raw, row["received_at"])
        arrival = await revive(runtime, Spooled(row["id"], row["channel_account_id"], delivery))
        if arrival is not None:
            arrivals.append(arrival)
    await write_all(runtime, arrivals)
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            _OUTCOME,
            [arrival.id for arrival in arrivals],
            [arrival.delivery.received_at for arrival in arrivals],
            ["failed" if arrival.error else "replayed" for arrival in arrivals],
            [arrival.error for arrival in arrivals],
        )
    return sum(arrival.error is None for arrival in arrivals)
