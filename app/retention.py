"""What is not kept for ever: old partitions go, new ones come, short-lived rows are deleted in batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.events import mark
from app.jobs import Context, Every
from app.migrate import drop_partitions, make_partitions
from app.runtime import Runtime

EVENT_DAYS = 7
_BATCH = 5000
_SHORT_LIVED = {
    "exchange": ("id", "at < now() - interval '14 days'"),
    "idempotency_key": ("scope_digest", "created_at < now() - interval '24 hours'"),
    "session": ("id", "greatest(expires_at, revoked_at) < now() - interval '7 days'"),
    "bulk_act": ("id", "created_at < now() - interval '2 days'"),
    "passive_answer": ("ctid", "created_at < now() - interval '1 day'"),
    "visitor_session": ("id", "coalesce(ended_at, seen_at + interval '180 days') < now() - interval '7 days'"),
    "hand_over_code": ("code", "expires_at < now() - interval '7 days'"),
    "pending_status": ("ctid", "created_at < now() - interval '7 days'"),
}


async def keep_in_bounds(runtime: Runtime) -> None:
    """Make the partitions of the next days, drop those out of their time, delete what has outlived its use."""
    today = datetime.now(UTC).date()
    deliveries_from = today - timedelta(days=runtime.settings.delivery_retention_days)
    async with runtime.database.begin(statement_s=50.0) as uow:
        await make_partitions(uow.conn, today)
        await mark(uow.conn, since=datetime.now(UTC) - timedelta(days=1))
        await drop_partitions(uow.conn, table="event", before=today - timedelta(days=EVENT_DAYS))
        await drop_partitions(uow.conn, table="delivery", before=deliveries_from)
    for table, (key, condition) in _SHORT_LIVED.items():
        while await _delete_some(runtime, table, key, condition):
            pass


async def _delete_some(runtime: Runtime, table: str, key: str, condition: str) -> bool:
    """Delete one batch; say whether there may be more."""
    async with runtime.database.begin() as uow:
        done: str = await uow.conn.execute(
            f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT {_BATCH})"
        )
    return done == f"DELETE {_BATCH}"


async def keep_tables_in_bounds(ctx: Context) -> None:
    """Do the hourly housekeeping."""
    await keep_in_bounds(ctx["runtime"])


SWEEPS = (Every(3600, keep_tables_in_bounds),)
