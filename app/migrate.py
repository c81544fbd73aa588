"""Migrations up to head, and the partitions, by day or month, of the tables that grow without end."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg

from app.months import month_of, months_before

PARTITIONED = ("delivery", "event")
DAYS_AHEAD = 30
PARTITIONED_BY_MONTH = ("message_search",)
MONTHS_AHEAD = 3
ROOT = Path(__file__).resolve().parent.parent


async def migrate(database_url: str) -> None:
    """Bring the database to head and make the partitions of the next days. Two at once wait for each other."""
    from alembic import command  # only here: workers, which make partitions too, start a tenth sooner without it
    from alembic.config import Config

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
    """Make the partitions from yesterday to DAYS_AHEAD days, and from last month to MONTHS_AHEAD months ahead.

    Those that exist are left alone.
    """
    for table in PARTITIONED:
        for offset in range(-1, DAYS_AHEAD + 1):
            day = today + timedelta(days=offset)
            await _make_partition(connection, table, day, day + timedelta(days=1))
    await make_months(
        connection, from_month=months_before(month_of(today), 1), to_month=months_before(today, -MONTHS_AHEAD)
    )


async def make_months(connection: asyncpg.Connection, *, from_month: date, to_month: date) -> None:
    """Make the monthly partitions from one month to another, both included."""
    month = from_month
    while month <= month_of(to_month):
        for table in PARTITIONED_BY_MONTH:
            await _make_partition(connection, table, month, months_before(month, -1))
        month = months_before(month, -1)


async def _make_partition(connection: asyncpg.Connection, table: str, first: date, after: date) -> None:
    name = partition_name(table, first)
    if await connection.fetchval("SELECT to_regclass($1)", name) is None:
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{after}')"
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
