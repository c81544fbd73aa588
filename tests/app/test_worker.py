"""Workers: hints are taken at once, lost ones are swept up, and a stop lets the jobs in hand finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

import app.worker
from app.jobs import Context, Every
from app.queue import queue_name
from app.retention import keep_in_bounds
from app.runtime import Runtime
from app.worker import JOBS, SWEEPS, work
from tests.app.outbound.conftest import free_port

Seen = list[str]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """What the jobs of this test were called with."""
    seen: Seen = []

    async def note(ctx: Context, word: str) -> None:
        seen.append(word)

    async def linger(ctx: Context) -> None:
        seen.append("began")
        await asyncio.sleep(0.3)
        seen.append("ended")

    async def break_down(ctx: Context) -> None:
        raise LookupError("as it should")

    monkeypatch.setattr(app.worker, "JOBS", (note, linger, break_down))
    monkeypatch.setattr(app.worker, "SWEEPS", ())
    return seen


@asynccontextmanager
async def working(runtime: Runtime, *queues: str) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(work(runtime.settings, queues=queues or ("interactive", "bulk"), stop=stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def enqueue(runtime: Runtime, name: str, *args: str, queue: str = "interactive") -> None:
    async with runtime.database.begin() as uow:
        uow.enqueue(name, *args, queue=queue)


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await happened():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.01)


async def test_a_committed_unit_of_work_wakes_the_queue_it_names(runtime: Runtime, seen: Seen) -> None:
    async with working(runtime):
        await enqueue(runtime, "note", "hello")
        await enqueue(runtime, "note", "bulk", queue="bulk")
        await until(lambda: _is(sorted(seen) == ["bulk", "hello"]))


async def test_a_job_that_breaks_down_takes_no_other_with_it(runtime: Runtime, seen: Seen) -> None:
    async with working(runtime):
        await enqueue(runtime, "break_down")
        await enqueue(runtime, "note", "after")
        await until(lambda: _is(seen == ["after"]))


async def test_a_stop_lets_the_job_in_hand_finish(runtime: Runtime, seen: Seen) -> None:
    async with working(runtime) as stop:
        await enqueue(runtime, "linger")
        await until(lambda: _is(seen == ["began"]))
        stop.set()
    assert seen == ["began", "ended"]


async def test_a_live_worker_renews_the_health_key_of_its_queue(runtime: Runtime, seen: Seen) -> None:
    key = queue_name("interactive") + ":health-check"
    async with working(runtime, "interactive"):
        await until(lambda: _exists(runtime, key))
        assert 0 < await runtime.redis.pttl(key) <= (app.worker.ALIVE_EVERY_S + 1) * 1000
    assert not await _exists(runtime, key)


class Line:
    """A line to Redis that can be cut and mended."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.port = free_port()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._pipe, "127.0.0.1", self.port)

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(self._socket_path)
        self._writers += [writer, there[1]]
        await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def test_a_worker_outlives_the_absence_of_redis(
    runtime: Runtime, seen: Seen, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.worker, "_REDIS_AGAIN_AFTER_S", 0.05)
    if not redis_url.startswith("unix://"):
        pytest.skip("the line that is cut is made for the bundled Redis, which has a Unix socket")
    line = Line(urlsplit(redis_url).path)
    behind_it = runtime.settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{line.port}/0"})
    stop = asyncio.Event()
    task = asyncio.create_task(
        work(behind_it, queues=["interactive"], stop=stop)
    )  # Redis is away from the first moment
    await asyncio.sleep(0.2)
    await line.mend()
    await enqueue(runtime, "note", "first")
    await until(lambda: _is(seen == ["first"]))
    await line.cut()
    await enqueue(runtime, "note", "second")
    await asyncio.sleep(0.2)
    await line.mend()
    await until(lambda: _is(seen == ["first", "second"]))
    stop.set()
    await task
    await line.cut()


def test_every_job_has_a_name_of_its_own_and_every_sweep_fits_the_clock() -> None:
    for names in ([job.__name__ for job in JOBS], [every.job.__name__ for every in SWEEPS]):
        assert len(names) == len(set(names))
    assert all(_fits_the_clock(every) for every in SWEEPS)


def _fits_the_clock(every: Every) -> bool:
    whole = 60 if every.seconds < 60 else 3600 if every.seconds < 3600 else 86_400
    return whole % every.seconds == 0


async def test_what_has_outlived_its_use_is_deleted(runtime: Runtime) -> None:
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO idempotency_key (scope_digest, body_digest, status, created_at) VALUES ('old', '', 200, $1), ('new', '', 200, now())",
            datetime.now(UTC) - timedelta(hours=25),
        )
        await uow.conn.execute(
            "CREATE TABLE event_20200101 PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')"
        )
    await keep_in_bounds(runtime)
    async with runtime.database.begin() as uow:
        assert await uow.conn.fetchval("SELECT array_agg(scope_digest) FROM idempotency_key") == [b"new"]
        assert await uow.conn.fetchval("SELECT to_regclass('event_20200101')") is None


async def _is(fact: bool) -> bool:
    return fact


async def _exists(runtime: Runtime, key: str) -> bool:
    return bool(await runtime.redis.exists(key))
