"""Remember that there is something to fetch, where deliveries only announce it."""

from __future__ import annotations

from collections.abc import Iterable

from app.db import UnitOfWork
from app.inbound.arrivals import Item
from channels.contract import UpdatesWaiting

_ANNOUNCE = """
INSERT INTO pull (channel_account_id, token, told_at, announced) SELECT id, token, now(), 1
FROM unnest($1::uuid[], $2::text[]) AS told(id, token) ORDER BY id
ON CONFLICT (channel_account_id) DO UPDATE
SET token = excluded.token, told_at = excluded.told_at, announced = pull.announced + 1
"""


async def note_announced(uow: UnitOfWork, items: Iterable[Item]) -> None:
    """Count the announcements, keep the newest token of each account, and have it fetched after the commit."""
    tokens = {item.account.id: item.event.token for item in items if isinstance(item.event, UpdatesWaiting)}
    if not tokens:
        return
    await uow.conn.execute(_ANNOUNCE, list(tokens), list(tokens.values()))
    for account_id in tokens:
        uow.enqueue("fetch_updates", str(account_id))
