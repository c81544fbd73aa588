"""Workers: arq runs the jobs of all domains, on one queue for what people wait for and one for bulk work.

Little is asked of arq: wake-ups and clock ticks. A job's rows are the truth, so a job that is lost with Redis, cut off with
its worker, or run twice does no harm. When Redis goes away a worker waits for it and begins anew.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import pkgutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from types import ModuleType
from typing import cast

import structlog
import uvloop
from arq.cron import CronJob, cron
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.exceptions import RedisError

import app
from app import retention
from app.channel_accounts.changes import following_changes
from app.config import Settings
from app.jobs import Every, JobFunction
from app.queue import queue_name
from app.runtime import Runtime, from_json, open_runtime, to_json


def _domains() -> list[ModuleType]:
    """Return the jobs.py of every domain package."""
    names = [f"app.{module.name}.jobs" for module in pkgutil.iter_modules(app.__path__) if module.ispkg]
    return [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]


JOBS: tuple[JobFunction, ...] = tuple(job for domain in _domains() for job in domain.JOBS)
SWEEPS: tuple[Every, ...] = (*(every for domain in _domains() for every in domain.SWEEPS), *retention.SWEEPS)
QUEUES = ("interactive", "bulk")
_AT_ONCE = {"interactive": 64, "bulk": 16}
JOB_TIMEOUT_S = 60
"""arq holds a killed worker's job back for this time and 10 s more; the sweeps do not wait for it."""
GRACE_S = 8.0
"""How long a stopping worker lets its jobs go on."""
POLL_S = 0.05
ALIVE_EVERY_S = 5
"""The queue's health key, which /readyz asks for, lives one second longer."""
_REDIS_AGAIN_AFTER_S = 1.0
_log = structlog.get_logger()


def run_worker(settings: Settings, *, queues: Sequence[str] = QUEUES) -> None:
    """Work until SIGTERM or SIGINT, then let the jobs in hand finish."""

    async def until_signalled() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await work(settings, queues=queues, stop=stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_signalled())


async def work(settings: Settings, *, queues: Sequence[str], stop: asyncio.Event) -> None:
    """Work on `queues` until `stop` is set. One process does all of them in one loop."""
    async with open_runtime(settings) as runtime, following_changes(runtime), asyncio.TaskGroup() as group:
        for queue in queues:
            group.create_task(_serve(runtime, queue, stop))


async def _serve(runtime: Runtime, queue: str, stop: asyncio.Event) -> None:
    while not stop.is_set():
        worker = _worker(runtime, queue)
        running = asyncio.create_task(worker.main())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            await _finish(worker, running)
            return
        error = running.exception()
        if not isinstance(error, RedisError | OSError):
            raise RuntimeError(f"the worker of {queue} ended by itself") from error
        _log.warning("redis_away", queue=queue, error=type(error).__name__)
        await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
        await asyncio.sleep(_REDIS_AGAIN_AFTER_S)


async def _finish(worker: Worker, running: asyncio.Task[None]) -> None:
    """Take no new jobs, let those in hand go on for GRACE_S, cut off the rest: their rows are swept up later.

    arq ends by itself when a "burst" is over; a cancelled one may go on, since the Redis client swallows cancellations now and then.
    """
    worker.max_burst_jobs, worker.burst = 0, True
    await asyncio.wait({running}, timeout=GRACE_S)
    while not running.done():
        for task in (*worker.tasks.values(), running):
            task.cancel()
        await asyncio.wait({running}, timeout=0.1)
    await asyncio.gather(running, *worker.tasks.values(), return_exceptions=True)
    with suppress(RedisError):
        await worker.pool.delete(worker.health_check_key)


def _worker(runtime: Runtime, queue: str) -> Worker:
    """Make arq's worker. Its settings class is not used: it loses what a subclass inherits."""
    return Worker(
        functions=[func(cast(WorkerCoroutine, job), name=job.__name__) for job in JOBS],
        cron_jobs=[_cron(every) for every in SWEEPS] if queue == "interactive" else None,
        queue_name=queue_name(queue),
        redis_pool=runtime.redis,
        ctx={"runtime": runtime},
        handle_signals=False,
        max_jobs=_AT_ONCE[queue],
        job_timeout=JOB_TIMEOUT_S,
        keep_result=0,
        poll_delay=POLL_S,
        health_check_interval=ALIVE_EVERY_S,
        job_serializer=to_json,
        job_deserializer=from_json,
        timezone=UTC,
    )


def _cron(every: Every) -> CronJob:
    """Return arq's cron job; it is enqueued once for all workers, and at a start."""
    seconds, job = every.seconds, cast(WorkerCoroutine, every.job)
    if seconds < 60:
        return cron(job, second=set(range(0, 60, seconds)), run_at_startup=True)
    if seconds < 3600:
        return cron(job, minute=set(range(0, 60, seconds // 60)), run_at_startup=True)
    return cron(job, hour=set(range(0, 24, seconds // 3600)), minute=7, run_at_startup=True)
