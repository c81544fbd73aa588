"""Follows the event table and misses nothing, also when transactions commit in another order than their events' ids.

A poll takes what is visible with `xid >= horizon` and was not taken before; the horizon then moves to the oldest transaction
that was still running when the poll looked. Ids alone would skip an event whose transaction commits late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from app.events import mark
from app.realtime.frames import COLUMNS, LiveEvent

MOST_PER_POLL = 2000
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_NEAR = "at > now() - interval '1 day' AND at < now() + interval '1 hour'"
"""Which day partitions to look into: no transaction of ours lives longer than seconds."""

_START = f"""
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, (SELECT max(id) FROM event) AS newest,
    ARRAY(SELECT id FROM event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot()) AND {_NEAR}) AS taken
"""
_POLL = f"""
SELECT e.*, pg_snapshot_xmin(pg_current_snapshot())::text AS now_horizon
FROM (VALUES (1)) AS always LEFT JOIN (
    SELECT {COLUMNS} FROM event
    WHERE xid >= $1::text::xid8 AND {_NEAR} AND id <> ALL($2::bigint[]) ORDER BY id LIMIT {MOST_PER_POLL}
) AS e ON TRUE ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Poll:
    """What one look found: events by id, and the horizon to look from next. `more`: look again at once."""

    events: list[LiveEvent]
    horizon: str
    more: bool


class Tail:
    """A position in the stream of events. `newest` is the greatest id taken."""

    def __init__(self) -> None:
        self.newest = 0
        self._horizon = ""
        self._taken: dict[int, int] = {}

    async def start(self, conn: asyncpg.Connection) -> None:
        """Begin after everything that is committed now, and leave a mark if that is nothing."""
        await mark(conn, since=LONG_AGO)
        row = await conn.fetchrow(_START)
        assert row is not None
        self.newest = row["newest"]
        self._horizon = row["horizon"]
        self._taken = dict.fromkeys(row["taken"], int(row["horizon"]))

    async def poll(self, conn: asyncpg.Connection) -> Poll:
        """Look for what was committed and not taken. Nothing is taken before `advance`, so a look that fails loses nothing."""
        rows = await conn.fetch(_POLL, self._horizon, list(self._taken))
        events = [LiveEvent._make(row[:-1]) for row in rows if row[0] is not None]
        more = len(events) == MOST_PER_POLL
        return Poll(events, self._horizon if more else rows[0]["now_horizon"], more)

    def advance(self, poll: Poll) -> None:
        """Take the events of a poll."""
        self._horizon = poll.horizon
        horizon = int(poll.horizon)
        self._taken.update((event.id, event.xid) for event in poll.events)
        self._taken = {event_id: xid for event_id, xid in self._taken.items() if xid >= horizon}
        if poll.events:
            self.newest = max(self.newest, poll.events[-1].id)
