"""What a process holds while it runs: settings, database, Redis, queue, vault, HTTP client and accounts. Made once, passed on, never global."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from arq.connections import ArqRedis
from redis.asyncio.connection import ConnectionPool

from app.channel_accounts.directory import Directory
from app.config import SettingMissing, Settings
from app.db import Database
from app.http import HttpClient
from app.ids import uuid7
from app.queue import Queue
from app.secrets import Vault


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    database: Database
    redis: ArqRedis
    queue: Queue
    vault: Vault
    http: HttpClient
    accounts: Directory
    process_id: UUID


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Open what the settings name; nothing connects before it is used, so that a process starts while an engine is away."""
    if settings.database_url is None:
        raise SettingMissing(
            "HAWKER_DATABASE_URL", "write postgresql://user:password@host/database, or use `hawker up`"
        )
    if settings.redis_url is None:
        raise SettingMissing("HAWKER_REDIS_URL", "write redis://host:6379/0, or use `hawker up`")
    pool = ConnectionPool.from_url(
        settings.redis_url, socket_connect_timeout=2, socket_timeout=10, health_check_interval=30
    )
    redis = ArqRedis(pool_or_conn=pool, job_serializer=to_json, job_deserializer=from_json)
    queue = Queue(redis)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    database.release = queue.release
    vault = Vault(settings.secret_keys)
    http = HttpClient()
    try:
        yield Runtime(settings, database, redis, queue, vault, http, Directory(database, vault), uuid7())
    finally:
        await queue.close()
        await http.close()
        await database.close()
        await redis.aclose(close_connection_pool=True)


def to_json(job: dict[str, Any]) -> bytes:
    """Write a job for Redis: as JSON, since whoever could write pickles there could run code here. An error becomes its text."""
    return orjson.dumps(job, default=repr)


def from_json(job: bytes) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(job)
    return value
