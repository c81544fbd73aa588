"""What the commands do that open the database and Redis for one act and close them again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from app.config import Settings, get_settings
from app.demo.furnish import furnish
from app.embedded.needed import engines_for
from app.migrate import migrate
from app.people.service import NewAgent, create_agent, create_token, set_password
from app.processes import CannotRun
from app.runtime import Runtime, open_runtime

T = TypeVar("T")


class EngineUnusable(CannotRun):
    """The database or Redis does not answer as it should; the text names the setting."""


def migrate_database() -> None:
    with engines_for(get_settings()) as settings:
        _run(migrate(str(settings.database_url)))


def add_agent(new: NewAgent) -> None:
    async def create(runtime: Runtime) -> None:
        async with runtime.database.begin() as uow:
            await create_agent(uow, new)

    _run_in_runtime(create)


def change_password(*, email: str, password: str) -> None:
    async def change(runtime: Runtime) -> None:
        async with runtime.database.begin() as uow:
            await set_password(uow, runtime, email=email, password=password)

    _run_in_runtime(change)


def add_token(*, name: str, role: str) -> str:
    """Make an API token and return its text, which is not kept."""

    async def create(runtime: Runtime) -> str:
        async with runtime.database.begin() as uow:
            _, text = await create_token(uow, runtime, name=name, role=role)
        return text

    return _run_in_runtime(create)


def furnish_demo(*, web_url: str, sandbox_url: str) -> None:
    _run_in_runtime(lambda runtime: furnish(runtime, web_url=web_url, sandbox_url=sandbox_url))


def _run_in_runtime(work: Callable[[Runtime], Awaitable[T]]) -> T:
    """Do `work` with an open runtime, on engines that are started for it if none run."""

    async def open_and_work(settings: Settings) -> T:
        async with open_runtime(settings) as runtime:
            return await work(runtime)

    with engines_for(get_settings()) as settings:
        return _run(open_and_work(settings))


def _run(work: Awaitable[T]) -> T:
    """Run to the end. Raises EngineUnusable for what the database and Redis answer."""

    async def wait() -> T:
        return await work

    try:
        return asyncio.run(wait())
    except asyncpg.UndefinedTableError:
        raise EngineUnusable("The database has no tables yet: run `hawker migrate`.") from None
    except RedisError as error:
        raise EngineUnusable(f"HAWKER_REDIS_URL: Redis does not answer as it should ({error}).") from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError) as error:
        raise EngineUnusable(f"HAWKER_DATABASE_URL: PostgreSQL does not answer as it should ({error}).") from None
