"""The embedded engines: they come up anywhere, survive the death of any process, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import redis

from app.embedded import EngineError, EngineHost, EngineUrls, embedded_engines, placement
from app.processes import ROOT
from app.supervisor import launch_command

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every user can reach; pytest's own are closed to others."""
    directory = Path(tempfile.mkdtemp(prefix="hawker-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


async def write(urls: EngineUrls, text: str) -> None:
    connection = await asyncpg.connect(urls.database_url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kettle (name text)")
    await connection.execute("INSERT INTO kettle VALUES ($1)", text)
    await connection.close()
    with redis.Redis.from_url(str(urls.redis_url)) as client:
        client.rpush("kettle", text)


async def read(urls: EngineUrls) -> tuple[list[str], list[str]]:
    connection = await asyncpg.connect(urls.database_url)
    try:
        rows = [row["name"] for row in await connection.fetch("SELECT name FROM kettle ORDER BY name")]
    finally:
        await connection.close()
    with redis.Redis.from_url(str(urls.redis_url), decode_responses=True) as client:
        return rows, client.lrange("kettle", 0, -1)


async def read_once_back(urls: EngineUrls) -> tuple[list[str], list[str]]:
    """Read, trying again while an engine is away."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return await read(urls)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, redis.RedisError):
            assert time.monotonic() < deadline, "did not come back"
            await asyncio.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def processes_of(directory: Path) -> set[int]:
    """Return the ids of the live processes that speak of `directory` in their command line."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if os.fsencode(directory) in command and int(entry.name) != os.getpid():
                found.add(int(entry.name))
    return found


async def test_data_survives_a_stop_and_no_process_is_left(data_dir: Path) -> None:
    with embedded_engines(data_dir, durable=False) as urls:
        await write(urls, "iron")
        assert processes_of(data_dir)
    assert not processes_of(data_dir)
    assert not list((data_dir / "run").iterdir())
    with embedded_engines(data_dir, durable=False) as urls:
        assert await read(urls) == (["iron"], ["iron"])


async def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    data_dir = tmp_path / ("錫" * 30) / ("kettle" * 10)
    with embedded_engines(data_dir, durable=False) as urls:
        await write(urls, "iron")
        assert await read(urls) == (["iron"], ["iron"])
        sockets = Path(parse_qs(urlsplit(str(urls.database_url)).query)["host"][0])
        assert not sockets.is_relative_to(data_dir)
    assert not sockets.exists()


@pytest.mark.parametrize("name", ["postgres", "valkey"])
async def test_a_killed_engine_comes_back_with_its_data(data_dir: Path, name: str) -> None:
    host = EngineHost(data_dir, durable=False, report=lambda text: None)
    try:
        urls = host.start()
        await write(urls, "iron")
        killed = host.keepers[name]
        assert killed
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: host.keepers[name] not in (None, killed), "was not started again")
        assert await read_once_back(urls) == (["iron"], ["iron"])
    finally:
        host.stop()


async def test_a_second_process_joins_and_inherits_the_engines(data_dir: Path) -> None:
    first, second = (EngineHost(data_dir, durable=False, report=lambda text: None) for _ in range(2))
    try:
        urls = first.start()
        await write(urls, "iron")
        assert second.start() == urls
        assert first.hosts
        assert not second.hosts
        first.stop()
        wait_until(lambda: second.hosts, "was not inherited")
        assert await read_once_back(urls) == (["iron"], ["iron"])
    finally:
        first.stop()
        second.stop()
    assert not processes_of(data_dir)


def test_joining_a_process_that_uses_another_database_says_which_setting_is_missing(data_dir: Path) -> None:
    first, second = EngineHost(data_dir, database=False), EngineHost(data_dir)
    try:
        first.start()
        with pytest.raises(EngineError, match="HAWKER_DATABASE_URL"):
            second.start()
    finally:
        second.stop()
        first.stop()


def test_data_of_another_major_version_is_refused(data_dir: Path) -> None:
    (data_dir / "postgres-14").mkdir(parents=True)
    with pytest.raises(EngineError, match=r"PostgreSQL 14.*HAWKER_PG_BIN"), embedded_engines(data_dir):
        pass
    assert not processes_of(data_dir)


def test_wrong_binaries_are_refused(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="HAWKER_PG_BIN"), embedded_engines(data_dir, pg_bin=tmp_path):
        pass


async def test_binaries_of_the_system_work_too(data_dir: Path) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("no PostgreSQL of the system under /usr/lib/postgresql")
    with embedded_engines(data_dir, pg_bin=found[-1], durable=False) as urls:
        await write(urls, "iron")
        assert await read(urls) == (["iron"], ["iron"])
        assert (data_dir / f"postgres-{found[-1].parent.name}").is_dir()


async def test_a_stale_process_id_that_now_belongs_to_another_program_does_not_block(data_dir: Path) -> None:
    with embedded_engines(data_dir, durable=False) as urls:
        await write(urls, "iron")
        [directory] = data_dir.glob("postgres-*[0-9]")
        lines = (directory / "postmaster.pid").read_text().splitlines()
    (directory / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with embedded_engines(data_dir, durable=False) as urls:
        assert await read(urls) == (["iron"], ["iron"])


HOST_SCRIPT = """
import json, sys, time
from dataclasses import asdict
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from app.embedded import embedded_engines
with embedded_engines(Path(sys.argv[1]), durable=False) as urls:
    print(json.dumps(asdict(urls)), flush=True)
    sys.stdin.read()
"""


def start_host(data_dir: Path, *options: str) -> tuple[subprocess.Popen[str], EngineUrls]:
    """Run engines in another process, with `options` of launch.py; return it and their addresses."""
    command = launch_command([sys.executable, "-c", HOST_SCRIPT, data_dir], options)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd="/")
    assert process.stdout
    answer = process.stdout.readline()
    assert answer, "the engines did not start"
    return process, EngineUrls(**json.loads(answer))


def end_host(process: subprocess.Popen[str]) -> None:
    process.communicate("", timeout=60)
    assert process.returncode == 0


async def test_killing_the_host_takes_its_engines_along_and_blocks_nothing(data_dir: Path) -> None:
    process, urls = start_host(data_dir)
    await write(urls, "iron")
    engines = processes_of(data_dir) - {process.pid}
    assert engines
    process.kill()
    process.communicate()
    with embedded_engines(data_dir, durable=False) as urls:
        assert await read(urls) == (["iron"], ["iron"])
        assert not any(is_alive(pid) for pid in engines)


@needs_root
async def test_a_plain_user_needs_nothing_else(data_dir: Path) -> None:
    """In a user namespace root is a plain user who still reaches root's interpreter and files."""
    if subprocess.run(launch_command(["true"], ["--namespace"]), check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine grants no user namespaces")
    process, urls = start_host(data_dir, "--namespace")
    await write(urls, "iron")
    assert await read(urls) == (["iron"], ["iron"])
    end_host(process)


@needs_root
@pytest.mark.parametrize("closed", [True, False], ids=["closed path", "open path"])
async def test_root_without_user_namespaces_runs_postgres_as_nobody(
    closed: bool, data_dir: Path, open_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_dir = open_directory / "state"
    monkeypatch.setattr(placement, "STATE_DIR", state_dir)
    monkeypatch.setattr(placement, "IDENTITIES", placement.IDENTITIES[1:])
    chosen = data_dir if closed else open_directory / "data"
    said: list[str] = []
    host = EngineHost(chosen, durable=False, report=said.append)
    try:
        urls = host.start()
        await write(urls, "iron")
        postgres = host.keepers["postgres"]
        assert Path(f"/proc/{postgres}").stat().st_uid == 65534
        assert [text for text in said if str(state_dir) in text] or not closed
    finally:
        host.stop()
    assert (list(state_dir.glob("*/postgres-*")) != []) == closed
    assert (list(chosen.glob("postgres-*[0-9]")) == []) == closed
