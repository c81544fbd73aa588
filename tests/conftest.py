"""What every test may ask for: a fresh database, an empty Redis, settings and a runtime on them, a browser; and no network.

One embedded PostgreSQL and Valkey serve the whole run. With HAWKER_DATABASE_URL and HAWKER_REDIS_URL set, those servers do;
the tests make and drop databases of their own there, and ask for an empty Redis, which they empty after each test.
"""

from __future__ import annotations

import asyncio
import importlib
import ipaddress
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import redis

import app.migrate
from app.config import Settings
from app.db import Database, UnitOfWork
from app.embedded import EngineUrls, embedded_engines
from app.runtime import Runtime, open_runtime

T = TypeVar("T")
SECRET_KEY = "a-secret-key-that-only-tests-use-0123456789"
MOST_PROCESSES = 4
SHARE_ONE_UP = {"acceptance", "story"}
LONG = ("acceptance", "story", "chaos")
"""Folders that are begun first, so that no process is left alone with one of them at the end."""
LOCAL_NAMES = {"localhost", "testserver", "test", "", None}

_OUTSIDE = EngineUrls(os.environ.get("HAWKER_DATABASE_URL"), os.environ.get("HAWKER_REDIS_URL"))
for _name in [name for name in os.environ if name.startswith("HAWKER_")]:
    del os.environ[_name]  # tests, and the processes that they start, say what they need
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, each process that is started would compile everything anew

_left_localhost: list[str] = []


def _refuse_to_leave(event: str, arguments: tuple[Any, ...]) -> None:
    """Fail every connection and name look-up that leaves this machine, whichever library makes it."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL_NAMES and not _is_loopback(host):
        _left_localhost.append(host)
        raise RuntimeError(f"a test tried to reach {host}; tests stay on this machine")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_to_leave)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hawker")
    group.addoption("--full", action="store_true", help="Run the experiments at their full size.")
    group.addoption("--kills", type=int, default=0, help="How many processes the kill test kills; 0 = its own number.")
    group.addoption("--seed", type=int, default=7, help="The seed of the instants and choices of the kill test.")


@pytest.fixture(autouse=True)
def hosts_refused() -> Iterator[list[str]]:
    """Fail the test whose connection was refused, also when the code under test swallowed the error."""
    _left_localhost.clear()
    yield _left_localhost
    tried = ", ".join(_left_localhost)
    _left_localhost.clear()
    assert not tried, f"tried to reach {tried}"


@pytest.fixture(autouse=True)
def no_settings_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own .env does not reach the tests."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Share the whole suite among a few processes; a part of it, asked for by name, runs in this one."""
    whole = config.args == config.getini("testpaths") and not config.option.keyword
    return min(os.cpu_count() or 1, MOST_PROCESSES) if whole else 0


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep in one process what shares a costly fixture: the tests of a file, and of a folder that shares one `hawker up`."""
    file = item.path.relative_to(item.config.rootpath)
    item.add_marker(pytest.mark.xdist_group(str(file.parent if file.parent.name in SHARE_ONE_UP else file)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: LONG.index(item.path.parent.name) if item.path.parent.name in LONG else len(LONG))


class _Loop:
    """An event loop in a thread of its own, for fixtures that must not touch the test's loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, awaitable: Awaitable[T]) -> T:
        async def wait() -> T:
            return await awaitable

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result(timeout=60)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Server:
    """The PostgreSQL of this run, with one migrated database that is put back to its first state after each test.

    Putting back takes some 5 ms: only tables that hold rows are emptied, and what the migrations inserted is inserted again.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = f"hawker_test_{os.getpid()}"
        self._loop = _Loop()
        self._empty_databases = 0
        self._server: asyncpg.Connection = self._loop.run(asyncpg.connect(url))
        self._execute(f"CREATE DATABASE {self._name}")
        self.database_url = self._address(self._name)
        app.migrate.DAYS_AHEAD = 1  # a month of empty partitions is most of a migration's time
        self._loop.run(app.migrate.migrate(self.database_url))
        self._database: asyncpg.Connection = self._loop.run(asyncpg.connect(self.database_url))
        self._loop.run(self._database.execute(_REMEMBER))

    def put_back(self) -> None:
        self._loop.run(self._database.execute(_PUT_BACK))

    def make_empty_database(self) -> str:
        """Return the address of a database without any table; dropped with the others at the end."""
        self._empty_databases += 1
        name = f"{self._name}_{self._empty_databases}"
        self._execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def close(self) -> None:
        self._loop.run(self._database.close())
        for number in range(1, self._empty_databases + 1):
            self._execute(f"DROP DATABASE {self._name}_{number} WITH (FORCE)")
        self._execute(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._loop.run(self._server.close())
        self._loop.stop()

    def _execute(self, statement: str) -> None:
        self._loop.run(self._server.execute(statement))

    def _address(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))


_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
_REMEMBER = f"""
CREATE SCHEMA first_state;
DO $$
DECLARE name text;
BEGIN
    FOR name IN {_TABLES} LOOP
        EXECUTE format('CREATE TABLE first_state.%I AS TABLE public.%I', name, name);
    END LOOP;
END $$;
"""
_PUT_BACK = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend';
SET session_replication_role = replica;
DO $$
DECLARE name text; filled boolean;
BEGIN
    FOR name IN {_TABLES} LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM public.%I', name);
            EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM first_state.%I', name, name);
        END IF;
    END LOOP;
END $$;
"""


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineUrls]:
    """Addresses of a PostgreSQL whose databases may be made and dropped, and of a Redis that may be emptied."""
    if _OUTSIDE.database_url or _OUTSIDE.redis_url:
        assert _OUTSIDE.database_url, "HAWKER_DATABASE_URL: set it as well as HAWKER_REDIS_URL, or neither"
        assert _OUTSIDE.redis_url, "HAWKER_REDIS_URL: set it as well as HAWKER_DATABASE_URL, or neither"
        redis_url = _own_database(_OUTSIDE.redis_url)
        with redis.Redis.from_url(redis_url) as client:
            assert client.dbsize() == 0, f"{redis_url}: it holds keys, and tests empty it; name an empty database"
        yield EngineUrls(_OUTSIDE.database_url, redis_url)
        return
    with embedded_engines(tmp_path_factory.mktemp("engines"), durable=False) as urls:
        yield urls


def _own_database(redis_url: str) -> str:
    """Return the Redis database of this process: the one named, or, when several processes share the suite, one after it."""
    split = urlsplit(redis_url)
    number = int(split.path.strip("/") or 0) + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlunsplit(split._replace(path=f"/{number}"))


@pytest.fixture(scope="session")
def server(engines: EngineUrls) -> Iterator[Server]:
    assert engines.database_url
    server = Server(engines.database_url)
    yield server
    server.close()


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    """A migrated database in its first state."""
    yield server.database_url
    server.put_back()


@pytest.fixture
def empty_database_url(server: Server) -> str:
    """A database without any table."""
    return server.make_empty_database()


@pytest.fixture
def redis_url(engines: EngineUrls) -> Iterator[str]:
    """An empty Redis."""
    assert engines.redis_url
    yield engines.redis_url
    with redis.Redis.from_url(engines.redis_url) as client:
        client.flushdb()


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings as a process has them, on the fresh database and the empty Redis."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SECRET_KEY,
        base_url="http://testserver",
        data_dir=tmp_path / "data",
        database_pool_size=4,
    )


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """What a process holds while it runs."""
    async with open_runtime(settings) as runtime:
        yield runtime


@pytest.fixture
async def database(runtime: Runtime) -> Database:
    return runtime.database


@pytest.fixture
async def uow(database: Database) -> AsyncIterator[UnitOfWork]:
    """One unit of work for the whole test, committed at its end. Code that opens its own takes `database`."""
    async with database.begin() as uow:
        yield uow


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium for browser tests; where there is none they are skipped, except under CI=true."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            for api in (
                "playwright.sync_api",
                "playwright.async_api",
            ):  # patience is no claim of speed: such machines are shared
                importlib.import_module(api).expect.set_options(timeout=20_000)
            return path
    if os.environ.get("CI") == "true":
        pytest.fail("CI=true and no Chromium: apt-get install chromium")
    pytest.skip("no Chromium on this machine: apt-get install chromium")
