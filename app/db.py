"""The database: one engine per process, and the unit of work, which alone commits.

A unit of work is one transaction. What must happen after it (jobs, wake-ups) is collected and released after the commit,
dropped on rollback. `uow.session` serves models and cold paths; `uow.conn` is the asyncpg connection of the *same*
transaction, for set-based SQL (asyncpg's own types; jsonb goes in as JSON text and comes out parsed).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

_TIMEOUTS = sa.text(
    "SELECT set_config('statement_timeout', :statement_ms, true), set_config('lock_timeout', :lock_ms, true)"
)
_CONNECT_S = 5
_STATEMENT_S = 15
_LOCK_S = 5
_CLOSE_S = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A wake-up for a worker: a function's name in app/worker.py and its arguments. The row it speaks of is the truth."""

    name: str
    args: tuple[Any, ...] = ()
    defer_s: float = 0.0
    queue: str = "interactive"


@dataclass(slots=True)
class Released:
    """What a committed unit of work asks for: jobs to enqueue, whether events were recorded, callbacks of this process."""

    jobs: dict[Job, None] = field(default_factory=dict)
    events: bool = False
    callbacks: list[Callable[[], Awaitable[None]]] = field(default_factory=list)


class UnitOfWork:
    """One transaction. Made by Database.begin(), or without a session by Database.begin_lean()."""

    def __init__(self, session: AsyncSession | None, conn: asyncpg.Connection) -> None:
        self._session = session
        self.conn = conn
        self.released = Released()

    @property
    def session(self) -> AsyncSession:
        assert self._session is not None, "a lean unit of work has no session"
        return self._session

    def enqueue(self, name: str, *args: Any, defer_s: float = 0.0, queue: str = "interactive") -> None:
        """Wake a worker after the commit. A job lost with Redis is found again by the sweeps."""
        self.released.jobs[Job(name, args, defer_s, queue)] = None

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Run `callback` in this process after the commit."""
        self.released.callbacks.append(callback)

    async def flush(self) -> None:
        await self.session.flush()


class Database:
    """The engine and its units of work. `release` is set by the wiring: it hands jobs and wake-ups to Redis."""

    def __init__(self, url: str, *, pool_size: int = 10, application_name: str = "hawker") -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_deserializer=orjson.loads,
            connect_args={
                "server_settings": {"application_name": application_name, "timezone": "UTC"},
                "timeout": _CONNECT_S,
            },
        )
        self.release: Callable[[Released], Awaitable[None]] = _release_callbacks
        self.before_close: list[Callable[[], Awaitable[None]]] = []
        """What runs in the background on this database, and must end before it is closed."""
        self._lean: asyncpg.Pool | None = None
        self._making_lean = asyncio.Lock()
        self._lean_size = max(2, pool_size // 2)
        self._application_name = application_name

    @asynccontextmanager
    async def begin(self, *, statement_s: float = _STATEMENT_S, lock_s: float = _LOCK_S) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit it when the block ends well, roll it back when it raises.

        The first statement sets the time-outs, and by that makes the driver's transaction begin, so that `conn` is inside it.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.exec(  # type: ignore[call-overload]
                _TIMEOUTS, params={"statement_ms": str(int(statement_s * 1000)), "lock_ms": str(int(lock_s * 1000))}
            )
            raw = await (await session.connection()).get_raw_connection()
            assert raw.driver_connection is not None
            uow = UnitOfWork(session, raw.driver_connection)
            yield uow
            await session.commit()
        await self.release(uow.released)

    @asynccontextmanager
    async def begin_lean(self) -> AsyncIterator[UnitOfWork]:
        """As `begin`, without a session: for the hot paths, on connections of their own.

        Measured: 100 µs of Python for begin and commit, where a session takes 700.
        """
        async with self.reading() as connection:
            await connection.execute("BEGIN")
            try:
                uow = UnitOfWork(None, connection)
                yield uow
                await connection.execute("COMMIT")
            except BaseException:
                await _roll_back(connection)
                raise
        await self.release(uow.released)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection for statements that only read, each on its own: a transaction would cost two round trips more."""
        pool = self._lean or await self._make_lean()
        async with pool.acquire(timeout=_CONNECT_S) as connection:
            yield connection

    async def _make_lean(self) -> asyncpg.Pool:
        async with self._making_lean:
            if self._lean is None:
                self._lean = await _lean_pool(self.url, self._lean_size, self._application_name)
        return self._lean

    async def close(self) -> None:
        for end in self.before_close:
            await end()
        if self._lean is not None:
            try:
                await asyncio.wait_for(self._lean.close(), _CLOSE_S)
            except TimeoutError:
                self._lean.terminate()
        await self.engine.dispose()


async def _roll_back(connection: asyncpg.Connection) -> None:
    """End a transaction that failed; a connection that does not answer any more is cut off."""
    try:
        if not connection.is_closed():
            await connection.execute("ROLLBACK", timeout=_CLOSE_S)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        connection.terminate()


def _lean_pool(url: str, size: int, application_name: str) -> asyncpg.Pool:
    """Make a pool that connects when it is first used. Its connections read jsonb as those of the engine do.

    Their statements take sets whose size the planner need not know, so each is planned once: planning again for every group took
    PostgreSQL longer than a message takes to write.
    """
    return asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=_CONNECT_S,
        init=_read_jsonb,
        reset=_keep_as_is,
        server_settings={
            "application_name": application_name,
            "timezone": "UTC",
            "statement_timeout": str(_STATEMENT_S * 1000),
            "lock_timeout": str(_LOCK_S * 1000),
            "plan_cache_mode": "force_generic_plan",
        },
    )


async def _read_jsonb(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=orjson.loads)
    await connection.set_type_codec("json", schema="pg_catalog", encoder=str, decoder=orjson.loads)


async def _keep_as_is(connection: asyncpg.Connection) -> None:
    """Nothing to reset: every use is one transaction that sets nothing beyond itself. Spares a round trip."""


async def _release_callbacks(released: Released) -> None:
    for callback in released.callbacks:
        await callback()


def sqlalchemy_url(url: str) -> str:
    """Return the address for SQLAlchemy's asyncpg dialect. `host` in the query (a Unix socket's directory) is kept."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if "sslmode" in query:  # libpq's word; asyncpg's is ssl
        query["ssl"] = query.pop("sslmode")
    return urlunsplit(("postgresql+asyncpg", parts.netloc, parts.path, urlencode(query), ""))
