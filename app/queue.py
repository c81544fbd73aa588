"""What a commit asks for, handed to Redis: jobs for arq and a wake-up for the live readers.

Everything here is a hint. Redis may be away: the rows are the truth, and the workers' sweeps find what a lost hint left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from app.db import Job, Released
from app.ids import uuid7

WAKE_CHANNEL = "hawker:events"
_log = structlog.get_logger()


def queue_name(queue: str) -> str:
    """Return arq's name of one of our queues, `interactive` or `bulk`."""
    return f"hawker:{queue}"


class Queue:
    """Hands committed jobs and wake-ups to Redis in the background, in batches, so that no request waits for it."""

    def __init__(self, redis: ArqRedis) -> None:
        self.id = uuid7().hex.encode()
        """What our wake-ups say, so that this process, which knows already, does not look a second time."""
        self._redis = redis
        self._waiting: deque[Job] = deque()
        self._events = False
        self._task: asyncio.Task[None] | None = None
        self.on_events: list[Callable[[], None]] = []

    async def release(self, released: Released) -> None:
        """Take what a unit of work asked for. Set as `Database.release`."""
        for callback in released.callbacks:
            await callback()
        if released.events:
            self._events = True
            for wake in self.on_events:
                wake()
        self._waiting.extend(released.jobs)
        if (self._events or self._waiting) and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._hand_over())

    async def close(self) -> None:
        """Hand over what waits."""
        if self._task is not None:
            await self._task

    async def _hand_over(self) -> None:
        while self._events or self._waiting:
            events, self._events = self._events, False
            jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), 100))]
            try:
                if events:
                    await self._redis.publish(WAKE_CHANNEL, self.id)
                await asyncio.gather(*(self._enqueue(job) for job in jobs))
            except (RedisError, OSError) as error:
                _log.warning("redis_away", jobs=len(jobs), error=type(error).__name__)

    async def _enqueue(self, job: Job) -> None:
        await self._redis.enqueue_job(
            job.name, *job.args, _queue_name=queue_name(job.queue), _defer_by=job.defer_s or None
        )
