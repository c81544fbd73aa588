"""What one transaction of ingest writes, and what is known of it while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from app.db import UnitOfWork
from app.inbound.arrivals import Arrival, Item
from app.inbound.batch import Batch, Row
from app.inbound.messages import ExternalName, Line
from app.inbound.parties import Claim, Settled
from app.inbound.threads import Thread, Threads
from app.outbound.service import StatusUpdate
from app.runtime import Runtime


@dataclass(slots=True)
class Group:
    """What one transaction writes: the events of `items`, and the raw deliveries themselves.

    `repeats`: some of the messages are stored already. It is set when writing them met the rows: to look first would be a
    round trip more for every group, for the rare delivery that comes twice.
    """

    items: Sequence[Item]
    deliveries: Sequence[Arrival] = ()
    repeats: bool = False


@dataclass(slots=True)
class Work:
    """The group while it is written. `known` holds messages by the platform's name: the database's, then also the group's."""

    uow: UnitOfWork
    runtime: Runtime
    now: datetime
    batch: Batch
    claims: dict[int, Claim] = field(default_factory=dict)
    settled: Settled = field(default_factory=Settled)
    threads: Threads = field(default_factory=Threads)
    known: dict[ExternalName, asyncpg.Record | Row] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    statuses: list[StatusUpdate] = field(default_factory=list)
    changed: set[UUID] = field(default_factory=set)
    ours: set[int] = field(default_factory=set)
    adopted: bool = False

    def thread_of(self, index: int) -> Thread | None:
        """Return the thread of the person whom event `index` shows, if there is one."""
        return self.threads.get(self.claims[index].found.conversation_id)
