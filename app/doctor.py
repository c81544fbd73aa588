"""`hawker doctor`: looks at the configuration and at every connection, and says what to mend."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Literal

import asyncpg
import redis.asyncio
from alembic.script import ScriptDirectory
from redis.exceptions import RedisError

from app.channel_accounts.diagnosis import diagnose_accounts
from app.config import SettingMissing, Settings, get_settings
from app.embedded.needed import engines_for
from app.migrate import ROOT, plain_url
from app.processes import CannotRun
from app.queue import queue_name
from app.runtime import open_runtime

LEAST_POSTGRES = 15
LEAST_REDIS = 7
LOW_DISK_BYTES = 2 * 1024**3
State = Literal["fine", "warning", "broken"]
_STATES: dict[str, State] = {"ok": "fine", "warning": "warning", "error": "broken"}


@dataclass(frozen=True)
class Finding:
    """`mend` says what to do, and is empty when nothing is to be done."""

    name: str
    state: State
    detail: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything that can be looked at; a part that cannot be reached does not hide the others."""
    try:
        settings = get_settings()
    except SettingMissing as error:
        return [Finding("settings", "broken", "a setting is missing or wrong", str(error))]
    findings = [_settings(settings), _secret_key(settings), _disk(settings)]
    try:
        with engines_for(settings) as ready:
            return findings + asyncio.run(_connections(ready))
    except CannotRun as error:
        return [*findings, Finding("engines", "broken", "the embedded engines do not start", str(error))]


def as_json(findings: list[Finding]) -> str:
    return json.dumps({"findings": [asdict(finding) for finding in findings]}, ensure_ascii=False, indent=2)


def as_text(findings: list[Finding]) -> str:
    signs = {"fine": "✓", "warning": "!", "broken": "✗"}
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{signs[finding.state]} {finding.name:<{width}}  {finding.detail}")
        if finding.mend:
            lines.append(f"  {'':<{width}}  → {finding.mend}")
    return "\n".join(lines)


def _settings(settings: Settings) -> Finding:
    if settings.base_url is None:
        return Finding(
            "settings",
            "warning",
            "HAWKER_BASE_URL is not set: `up` and `web` use the address that they listen on",
            "Set it to the https:// address that browsers and platforms reach.",
        )
    if not settings.base_url.startswith("https://"):
        return Finding(
            "settings",
            "warning",
            f"{settings.base_url} is not https://",
            "Platforms deliver to https:// addresses only.",
        )
    return Finding("settings", "fine", settings.base_url)


def _secret_key(settings: Settings) -> Finding:
    try:
        keys = settings.secret_keys
    except SettingMissing as error:
        return Finding("secret key", "broken", "there is none", str(error))
    file = settings.data_dir / "secret.key"
    if file.exists() and file.stat().st_mode & 0o077:
        return Finding("secret key", "warning", f"others may read {file}", f"chmod 600 {file}")
    return Finding("secret key", "fine", f"{len(keys)} in use" if len(keys) > 1 else "set")


def _disk(settings: Settings) -> Finding:
    directory = settings.data_dir.resolve()
    existing = next(path for path in (directory, *directory.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Finding(
            "data directory", "broken", f"{existing} cannot be written", "Give it to our user, or set HAWKER_DATA_DIR."
        )
    free = shutil.disk_usage(existing).free
    if free < LOW_DISK_BYTES:
        return Finding(
            "data directory",
            "warning",
            f"{free // 2**20} MB left at {directory}",
            "Make room: media and the database grow.",
        )
    return Finding("data directory", "fine", f"{directory}, {free // 2**30} GB left")


async def _connections(settings: Settings) -> list[Finding]:
    database = await _tried("database", "HAWKER_DATABASE_URL", lambda: _database(str(settings.database_url)))
    found_redis = await _tried("Redis", "HAWKER_REDIS_URL", lambda: _redis(str(settings.redis_url)))
    findings = [*database, *found_redis]
    if any(finding.state == "broken" for finding in findings):
        return findings
    return [*findings, *await _accounts(settings)]


async def _accounts(settings: Settings) -> list[Finding]:
    """Ask every platform about its accounts. What is known of them is kept, as after a check on the page."""
    async with open_runtime(settings) as runtime:
        found = await diagnose_accounts(runtime)
    return [Finding(one.account, _STATES[one.state], one.text, one.mend) for one in found]


async def _tried(name: str, setting: str, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    try:
        return await look()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, RedisError, ValueError) as error:
        return [
            Finding(
                name,
                "broken",
                f"does not answer: {error}",
                f"Check that the server runs and that {setting} names it rightly.",
            )
        ]


async def _database(url: str) -> list[Finding]:
    connection = await asyncpg.connect(plain_url(url), timeout=5)
    try:
        major = connection.get_server_version().major
        if major < LEAST_POSTGRES:
            return [Finding("database", "broken", f"PostgreSQL {major}", f"Use PostgreSQL {LEAST_POSTGRES} or newer.")]
        server = Finding("database", "fine", f"PostgreSQL {major}")
        return [server, await _schema(connection)]
    finally:
        await connection.close()


async def _schema(connection: asyncpg.Connection) -> Finding:
    newest = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return Finding("schema", "broken", "the database is empty", "Run `hawker migrate`.")
    found = await connection.fetchval("SELECT version_num FROM alembic_version")
    if found != newest:
        return Finding("schema", "broken", f"at {found}, the newest is {newest}", "Run `hawker migrate`.")
    return Finding("schema", "fine", f"at {found}")


async def _redis(url: str) -> list[Finding]:
    async with redis.asyncio.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
        server = await client.info("server")
        version = str(server.get("valkey_version") or server["redis_version"])
        if int(version.split(".")[0]) < LEAST_REDIS:
            return [Finding("Redis", "broken", f"version {version}", f"Use Redis {LEAST_REDIS} or newer, or Valkey.")]
        memory = await client.info("memory")
        findings = [Finding("Redis", "fine", f"version {version}")]
        if memory["maxmemory_policy"] != "noeviction":
            findings = [
                Finding(
                    "Redis",
                    "warning",
                    f"may throw keys away (maxmemory-policy {memory['maxmemory_policy']})",
                    "Set it to noeviction.",
                )
            ]
        return [*findings, *[await _worker(client, queue) for queue in ("interactive", "bulk")]]


async def _worker(client: redis.asyncio.Redis, queue: str) -> Finding:
    alive = await client.exists(f"{queue_name(queue)}:health-check")
    if alive:
        return Finding(f"worker ({queue})", "fine", "alive")
    return Finding(
        f"worker ({queue})",
        "warning",
        "none is alive",
        "Run `hawker up` or `hawker worker`: nothing is sent without one.",
    )
