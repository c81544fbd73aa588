"""Migrations up to head, and the day partitions of the tables that grow without end."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

PARTITIONED = ("delivery", "event")
DAYS_AHEAD = 30
ROOT = Path(__file__).resolve().parent.parent


async def migrate(database_url: str) -> None:
    """Bring the database to head and make the partitions of the next days. Two at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["database_url"] = database_url
    await asyncio.to_thread(command.upgrade, config, "head")
    connection = await asyncpg.connect(plain_url(database_url))
    try:
        await make_partitions(connection, datetime.now(UTC).date())
    finally:
        await connection.close()


async def make_partitions(connection: asyncpg.Connection, today: date) -> None:
    """Make the daily partitions from yesterday to DAYS_AHEAD days ahead; those that exist are left alone."""
    for table in PARTITIONED:
        for offset in range(-1, DAYS_AHEAD + 1):
            day = today + timedelta(days=offset)
            name = partition_name(table, day)
            if await connection.fetchval("SELECT to_regclass($1)", name) is None:
                await connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
                )


async def drop_partitions(connection: asyncpg.Connection, *, table: str, before: date) -> list[str]:
    """Drop the partitions of `table` for the days before `before`; return their names."""
    rows = await connection.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass", table
    )
    oldest_kept = partition_name(table, before)
    dropped = sorted(row["name"] for row in rows if not row["name"].endswith("_default") and row["name"] < oldest_kept)
    for name in dropped:
        await connection.execute(f"DROP TABLE {name}")
    return dropped


def partition_name(table: str, day: date) -> str:
    return f"{table}_{day:%Y%m%d}"


def plain_url(url: str) -> str:
    """Return the address as asyncpg takes it."""
    return url.replace("postgresql+asyncpg://", "postgresql://")
