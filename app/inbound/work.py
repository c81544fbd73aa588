"""What one transaction of ingest writes, and what is known of it while it is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
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
    round trip more for every group, for the rare delivery that comes twice. `first` is what else belongs into the transaction.
    """

    items: Sequence[Item]
    deliveries: Sequence[Arrival] = ()
    repeats: bool = False
    first: Callable[[UnitOfWork], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One automatic answer of the group. `answered` is the platform's id of what it answers, `reply_code` what it must carry."""

    item: Item
    thread: Thread
    answered: str
    text: str
    reply_code: str = ""


class Abandoned(Exception):
    """The group is not to be written after all: somebody else has done it, or will."""


@dataclass(slots=True)
class Work:
    """The group while it is written. `known` holds messages by the platform's name: the database's, then also the group's.

    `due`: automatic answers to new events; `repeated`: events that may have been answered when they came before.
    """

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
    due: list[Due] = field(default_factory=list)
    repeated: list[tuple[Item, str]] = field(default_factory=list)

    def thread_of(self, index: int) -> Thread | None:
        """Return the thread of the person whom event `index` shows, if there is one."""
        return self.threads.get(self.claims[index].found.conversation_id)
