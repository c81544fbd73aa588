"""`hawker bench ingest`: how many signed webhooks a second one web process takes in durably, beside a bare floor.

And how soon after a webhook its message is on an agent's socket. The load comes from a process of its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import orjson
from starlette.types import ASGIApp

from app.bench.cpu import meter, server_pid
from app.bench.floor import TABLE, Floor
from app.bench.latency import run_latency
from app.bench.load import Load, run_load
from app.bench.webhooks import Customers, connect_account
from app.config import Settings, get_settings
from app.embedded import EngineUrls, embedded_engines
from app.logs import configure_logs
from app.migrate import migrate
from app.people.service import create_token
from app.runtime import open_runtime
from app.serve import listen, serve

CONNECTIONS = 64
BATCH = 100
BATCH_CONNECTIONS = 16
SOCKET_PER_SECOND = 200
_MOST_PER_SECOND = 8_000
_MOST_BATCHES_PER_SECOND = 150
_TABLES = [
    "delivery",
    "contact",
    "contact_key",
    "identity",
    "identity_key",
    "conversation",
    "message",
    "reply_grant",
    "assignment_request",
    "event",
]


@dataclass(frozen=True, slots=True)
class Part:
    """One measured part. Rows are inserted rows of all tables; CPU time is of the web process and of the whole server, per message.

    `database_us` is None where the server runs elsewhere. `load` is the machine's load average when the part ended.
    """

    requests_per_s: float
    messages_per_s: float
    rows_per_s: float
    p50_ms: float
    p99_ms: float
    web_us: float
    database_us: float | None
    load: float
    failed: int


@dataclass(frozen=True, slots=True)
class Figures:
    floor: Part
    single: Part
    batched: Part
    to_socket: Part

    @property
    def ratio(self) -> float:
        """Full ingest as a share of the floor."""
        return self.single.requests_per_s / self.floor.requests_per_s


def run(*, as_json: bool, seconds: float) -> None:
    """Measure on a throwaway database, and print."""
    with _engines(get_settings()) as (urls, data_dir):
        figures = _measure(urls, data_dir, seconds)
    print(_as_json(figures) if as_json else _as_text(figures))


@contextmanager
def _engines(settings: Settings) -> Iterator[tuple[EngineUrls, Path]]:
    """Use the servers that are set, else start embedded ones for the length of the block."""
    with TemporaryDirectory(prefix="hawker-bench-") as directory:
        data_dir = Path(directory)
        if settings.database_url and settings.redis_url:
            yield EngineUrls(settings.database_url, settings.redis_url), data_dir
        else:
            with embedded_engines(data_dir, pg_bin=settings.pg_bin) as urls:
                yield urls, data_dir


def _measure(urls: EngineUrls, data_dir: Path, seconds: float) -> Figures:
    assert urls.database_url
    with _database(urls.database_url) as database_url:
        settings = Settings(
            database_url=database_url,
            redis_url=urls.redis_url,
            secret_key=secrets.token_hex(32),
            data_dir=data_dir,
            log_level="error",
        )
        app_secret = secrets.token_hex(16)
        customers, token = asyncio.run(_prepare(settings, app_secret))
        singles = customers.requests(int(_MOST_PER_SECOND * (seconds + 1)))
        bundles = customers.requests(int(_MOST_BATCHES_PER_SECOND * (seconds + 1)), messages=BATCH)
        with _served(lambda: Floor(database_url, app_secret)) as web:
            floor = _part(database_url, web, ["bench_floor"], 1, lambda: _load(web.port, singles, seconds))
        with _served(lambda: _web(settings)) as web:
            run_load(web.port, customers.first_words(), connections=4, seconds=30, warm_up_s=0)
            single = _part(database_url, web, _TABLES, 1, lambda: _load(web.port, singles, seconds))
            paced = customers.named_requests(int(SOCKET_PER_SECOND * seconds))
            to_socket = _part(
                database_url, web, _TABLES, 1, lambda: run_latency(web.port, token, paced, per_second=SOCKET_PER_SECOND)
            )
            batched = _part(
                database_url,
                web,
                _TABLES,
                BATCH,
                lambda: _load(web.port, bundles, seconds, connections=BATCH_CONNECTIONS),
            )
    return Figures(floor, single, batched, to_socket)


def _web(settings: Settings) -> ASGIApp:
    from app.main import create_app

    configure_logs(settings)
    return create_app(settings)


def _load(port: int, requests: list[bytes], seconds: float, *, connections: int = CONNECTIONS) -> Load:
    return run_load(port, requests, connections=connections, seconds=seconds)


def _part(database_url: str, web: _Web, tables: list[str], messages: int, load: Callable[[], Load]) -> Part:
    """Measure one load. The first of `tables` that holds messages counts them for the CPU time, which the warm-up is part of."""
    before, server = asyncio.run(_look(database_url, tables))
    read_cpu = meter(web.pid, server)
    cpu, started = read_cpu(), time.perf_counter()
    result = load()
    elapsed, used, load_average = time.perf_counter() - started, read_cpu() - cpu, os.getloadavg()[0]
    after, _ = asyncio.run(_look(database_url, tables))
    rows = {table: after[table] - before[table] for table in tables}
    taken = max(1, rows["message"] if "message" in rows else sum(rows.values()))
    return Part(
        requests_per_s=result.per_second,
        messages_per_s=result.per_second * messages,
        rows_per_s=sum(rows.values()) / elapsed,
        p50_ms=result.percentile_ms(0.5),
        p99_ms=result.percentile_ms(0.99),
        web_us=used.web_s / taken * 1e6,
        database_us=None if used.database_s is None else used.database_s / taken * 1e6,
        load=load_average,
        failed=result.failed,
    )


async def _look(database_url: str, tables: list[str]) -> tuple[dict[str, int], int | None]:
    """Return how many rows each table has, and the server's process id if it runs here."""
    connection = await asyncpg.connect(database_url)
    try:
        counts = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}
        return counts, await server_pid(connection)
    finally:
        await connection.close()


@contextmanager
def _database(server_url: str) -> Iterator[str]:
    """Make a database on the server, and drop it."""
    name = f"hawker_bench_{secrets.token_hex(4)}"

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(server_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(execute(f"CREATE DATABASE {name}"))
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        asyncio.run(execute(f"DROP DATABASE {name} WITH (FORCE)"))


async def _prepare(settings: Settings, app_secret: str) -> tuple[Customers, str]:
    """Make the tables and the account; return who will write to it, and the token of a reader."""
    assert settings.database_url
    await migrate(settings.database_url)
    async with open_runtime(settings) as runtime, runtime.database.begin() as uow:
        await uow.conn.execute(TABLE)
        _, token = await create_token(uow, runtime, name="bench", role="admin")
        return await connect_account(uow.conn, runtime.vault, app_secret), token


@dataclass(frozen=True, slots=True)
class _Web:
    port: int
    pid: int


@contextmanager
def _served(make: Callable[[], ASGIApp]) -> Iterator[_Web]:
    """Serve an application in one process of its own, as `hawker web` does."""
    listener = listen("127.0.0.1", 0)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=lambda: serve(make(), listener))
    process.start()
    assert process.pid is not None
    try:
        yield _Web(listener.getsockname()[1], process.pid)
    finally:
        if process.is_alive():
            process.terminate()
        process.join()
        listener.close()


def _as_json(figures: Figures) -> str:
    return orjson.dumps({**asdict(figures), "ratio": figures.ratio}, option=orjson.OPT_INDENT_2).decode()


def _as_text(figures: Figures) -> str:
    lines = [
        f"{'':34}{'requests/s':>11}{'messages/s':>11}{'rows/s':>9}{'p50 ms':>8}{'p99 ms':>8}{'web µs':>8}{'DB µs':>8}{'load':>6}"
    ]
    for label, part in (
        ("bare floor", figures.floor),
        ("full ingest, one text each", figures.single),
        (f"full ingest, {BATCH} texts each", figures.batched),
        (f"webhook to socket, at {SOCKET_PER_SECOND}/s", figures.to_socket),
    ):
        database_us = "elsewhere" if part.database_us is None else f"{part.database_us:.0f}"
        lines.append(
            f"{label:34}{part.requests_per_s:>11,.0f}{part.messages_per_s:>11,.0f}{part.rows_per_s:>9,.0f}"
            f"{part.p50_ms:>8.1f}{part.p99_ms:>8.1f}{part.web_us:>8.0f}{database_us:>8}{part.load:>6.1f}"
            + (f"  {part.failed} failed" if part.failed else "")
        )
    share = f"one text each, of the floor: {figures.ratio:.2f}"
    return "\n".join(
        [*lines, share, "web µs and DB µs: CPU time per message, of the web process and of the database server"]
    )
