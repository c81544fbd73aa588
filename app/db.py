"""The database: one engine per process, and the unit of work, which alone commits.

A unit of work is one transaction. What must happen after it (jobs, wake-ups) is collected and released after the commit,
dropped on rollback. `uow.session` serves models and cold paths; `uow.conn` is the asyncpg connection of the *same*
transaction, for set-based SQL (asyncpg's own types; jsonb goes in as JSON text and comes out parsed).
"""

from __future__ import annotations

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
    """One transaction. Made by Database.begin()."""

    def __init__(self, session: AsyncSession, conn: asyncpg.Connection) -> None:
        self.session = session
        self.conn = conn
        self.released = Released()

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
            connect_args={"server_settings": {"application_name": application_name, "timezone": "UTC"}, "timeout": 5},
        )
        self.release: Callable[[Released], Awaitable[None]] = _release_callbacks

    @asynccontextmanager
    async def begin(self, *, statement_s: float = 15.0, lock_s: float = 5.0) -> AsyncIterator[UnitOfWork]:
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

    async def close(self) -> None:
        await self.engine.dispose()


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
