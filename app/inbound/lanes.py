"""Commit lanes: whenever one is free it takes all that waits for it and writes it in one transaction.

There is no timer. Under load groups form by themselves while the lanes are busy; an idle process commits at once. While the database
works for one lane, this process prepares the group of the other; a person's deliveries keep to one lane, since two lanes would only
wait for each other's lock on the conversation.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import structlog

from app.db import UnitOfWork
from app.errors import Unavailable
from app.inbound import metrics
from app.inbound.arrivals import Arrival, Item
from app.inbound.failures import DatabaseAway, Verdict, judge
from app.inbound.group import write_group
from app.inbound.refuge import Refuge
from app.inbound.work import Abandoned, Group
from app.runtime import Runtime

LANES = 2
MOST_DELIVERIES = 256
MOST_EVENTS = 500
MOST_TRIES = 3
AWAY_AFTER_S = 5.0
"""No further try begins later than this."""
MOST_RACES = 20
TRY_TIMEOUT_S = 8.0
"""Some platforms give up after 15 s: until then the spool must have it. What merely is slow must not be begun anew."""
_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Waiting:
    arrival: Arrival
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Ingest:
    """Takes verified deliveries, and answers when they are safe. One per process."""

    def __init__(self, runtime: Runtime, *, lanes: int = LANES) -> None:
        self.runtime = runtime
        self._closing = False
        self._lanes = [_Lane(self._make_safe) for _ in range(lanes)]
        self._refuge = Refuge(runtime, partial(write_all, runtime))

    async def start(self) -> None:
        self._refuge.start()
        for lane in self._lanes:
            lane.start()

    async def close(self) -> None:
        """Write what waits, then end the lanes."""
        self._closing = True
        await asyncio.gather(*(lane.close() for lane in self._lanes))
        await self._refuge.close()

    async def take(self, arrival: Arrival) -> None:
        """Return when the delivery is committed or, while the database is away, on the disk. Raises Unavailable for neither."""
        if self._closing:
            raise Unavailable("The server is stopping; send it again.")
        await self._lanes[hash(arrival.whose) % len(self._lanes)].take(arrival)

    async def _make_safe(self, arrivals: list[Arrival]) -> None:
        """Commit, or keep on the disk while the database is away. What was kept before goes first."""
        if not self._refuge.in_use:
            try:
                with metrics.GROUP_SECONDS.time():
                    await write_arrivals(self.runtime, arrivals)
            except DatabaseAway:
                pass
            else:
                return
        await self._refuge.keep(arrivals)


class _Lane:
    """One writer at a time of what waits for it."""

    def __init__(self, make_safe: Callable[[list[Arrival]], Awaitable[None]]) -> None:
        self._make_safe = make_safe
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="ingest")

    async def close(self) -> None:
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def take(self, arrival: Arrival) -> None:
        waiting = _Waiting(arrival)
        self._waiting.append(waiting)
        self._wake.set()
        await waiting.done

    async def _run(self) -> None:
        while True:
            while not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
            await self._settle(self._next_group())

    def _next_group(self) -> list[_Waiting]:
        """Take all that waits, within the bounds."""
        sizes = (len(waiting.arrival.items) for waiting in self._waiting)
        return [self._waiting.popleft() for _ in range(_fitting(sizes))]

    async def _settle(self, group: list[_Waiting]) -> None:
        """Make a group safe, and answer everybody who waits for it, whatever happens."""
        outcome: Exception | None = None
        try:
            await self._make_safe([waiting.arrival for waiting in group])
        except Exception as error:  # noqa: BLE001 -- a lane outlives every error; the requests answer with it
            outcome = error
        except asyncio.CancelledError:
            for waiting in group:
                waiting.done.cancel()
            raise
        for waiting in group:
            if waiting.done.done():  # its request was cut off
                continue
            if outcome is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(outcome)


def _fitting(sizes: Iterable[int]) -> int:
    """Return how many deliveries, with so many events each, one group takes; one of more events than the bound stands alone."""
    events = count = 0
    for size in sizes:
        if count == MOST_DELIVERIES or (count and events + size > MOST_EVENTS):
            break
        events += size
        count += 1
    return count


async def write_all(runtime: Runtime, arrivals: Sequence[Arrival]) -> None:
    """Write any number of deliveries, group by group, in their order. Nobody waits for an answer. Raises DatabaseAway."""
    left = list(arrivals)
    while left:
        count = _fitting(len(arrival.items) for arrival in left)
        await write_arrivals(runtime, left[:count], timeout_s=6 * TRY_TIMEOUT_S)
        left = left[count:]


async def write_arrivals(runtime: Runtime, arrivals: Sequence[Arrival], *, timeout_s: float | None = None) -> None:
    """Write deliveries with their events; one that cannot be written is kept as failed, and harms no other.

    Raises DatabaseAway.
    """
    metrics.GROUP_DELIVERIES.observe(len(arrivals))
    group = Group(list(chain.from_iterable(arrival.items for arrival in arrivals)), arrivals)
    error = await _try(runtime, group, timeout_s)
    if error is None:
        return
    if len(arrivals) > 1:
        middle = len(arrivals) // 2
        await write_arrivals(runtime, arrivals[:middle], timeout_s=timeout_s)
        await write_arrivals(runtime, arrivals[middle:], timeout_s=timeout_s)
        return
    await _keep_failed(runtime, arrivals[0], error)


async def write_items(
    runtime: Runtime, items: Sequence[Item], *, first: Callable[[UnitOfWork], Awaitable[None]]
) -> None:
    """Write events that came with no delivery, and what `first` writes, in one transaction. One that cannot be written harms no other.

    Raises DatabaseAway, and Abandoned when `first` does.
    """
    error = await _try(runtime, Group(items, first=first), 6 * TRY_TIMEOUT_S)
    if error is None:
        return
    poison = await _write_items(runtime, items, error)
    metrics.POISON.inc(max(1, len(poison)))
    _log.error("update_failed", error=_code_of(poison[0] if poison else error), events=len(poison))
    failure = await _try(runtime, Group([], first=first))
    if failure is not None:
        raise failure


async def _keep_failed(runtime: Runtime, arrival: Arrival, error: Exception) -> None:
    """Write what can be written of a delivery with poison in it, and keep it, marked as failed."""
    poison = await _write_items(runtime, arrival.items, error)
    arrival.error = _code_of(poison[0] if poison else error)
    metrics.POISON.inc(max(1, len(poison)))
    _log.error("delivery_failed", delivery_id=str(arrival.id), error=arrival.error, events=len(poison))
    failure = await _try(runtime, Group([], [arrival]))
    if failure is not None:
        raise failure


async def _write_items(runtime: Runtime, items: Sequence[Item], error: Exception) -> list[Exception]:
    """Write the events of a failing delivery by halves; return the errors of those that stand alone and fail."""
    if len(items) <= 1:
        return [error]
    poison: list[Exception] = []
    middle = len(items) // 2
    for half in (items[:middle], items[middle:]):
        found = await _try(runtime, Group(half))
        if found is not None:
            poison += await _write_items(runtime, half, found)
    return poison


async def _try(runtime: Runtime, group: Group, timeout_s: float | None = None) -> Exception | None:
    """Write a group; return the error that is the group's own. Raises DatabaseAway after three tries."""
    tries = races = 0
    begun = time.monotonic()
    while True:
        try:
            async with asyncio.timeout(timeout_s or TRY_TIMEOUT_S), runtime.database.begin_lean() as uow:
                await write_group(uow, group, runtime)
        except Abandoned:
            raise
        except Exception as error:
            verdict = judge(error)
            if verdict is Verdict.POISON or (verdict is Verdict.RACED and races >= MOST_RACES):
                _log.warning("group_refused", events=len(group.items), error=_code_of(error), at=_place_of(error))
                return error
            races += verdict is Verdict.RACED
            group.repeats = group.repeats or verdict is Verdict.RACED
            tries += verdict is Verdict.TRANSIENT
            metrics.RETRIES.labels(verdict.value).inc()
            if tries >= MOST_TRIES or time.monotonic() - begun > AWAY_AFTER_S:
                _log.warning("database_away", error=type(error).__name__)
                raise DatabaseAway from error
            if verdict is Verdict.TRANSIENT:
                await asyncio.sleep(0.05 * 4 ** (tries - 1))
        else:
            return None


def _place_of(error: Exception) -> str:
    """Say where it was raised. A whole traceback may show what a customer wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/app/" in frame.filename] or frames
    return f"{ours[-1].filename}:{ours[-1].lineno}" if ours else ""


def _code_of(error: Exception) -> str:
    """Name an error without its text, which may hold what a customer wrote."""
    state = getattr(error, "sqlstate", None)
    return f"{type(error).__name__}:{state}" if state else type(error).__name__
