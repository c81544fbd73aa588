"""The audit log, read: a page of privileged acts, or all of them as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.api import decode_cursor, encode_cursor, page
from app.db import Database
from app.where import Where

Json = dict[str, Any]
AT_ONCE = 1000
COLUMNS = (
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "action",
    "subject_kind",
    "subject_id",
    "subject_name",
    "params",
)

_ENTRIES = """
SELECT e.id, e.at, e.actor_kind, e.actor_id, e.action, e.subject_kind, e.subject_id, e.params,
    coalesce(a.name, t.name) AS actor_name,
    coalesce(sa.name, st.name, sm.name, sc.name) AS subject_name
FROM audit_entry e
LEFT JOIN agent a ON a.id = e.actor_id LEFT JOIN api_token t ON t.id = e.actor_id
LEFT JOIN agent sa ON sa.id = e.subject_id LEFT JOIN api_token st ON st.id = e.subject_id
LEFT JOIN team sm ON sm.id = e.subject_id LEFT JOIN channel_account sc ON sc.id = e.subject_id
WHERE {where} ORDER BY e.at DESC, e.id DESC LIMIT {limit}
"""


async def entries(
    conn: asyncpg.Connection,
    *,
    actor_id: UUID | None = None,
    action: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Json:
    """Return a page of acts, the newest first; `action` may be the beginning of one, such as `agent.`."""
    where = Where()
    if actor_id is not None:
        where.add("e.actor_id = {}", actor_id)
    if action:
        where.add("starts_with(e.action, {}::text)", action)
    if since is not None:
        where.add("e.at >= {}", since)
    if until is not None:
        where.add("e.at < {}", until)
    if cursor is not None:
        where.add("(e.at, e.id) < ({}::timestamptz, {}::uuid)", *decode_cursor(cursor, datetime.fromisoformat, UUID))
    rows = await conn.fetch(_ENTRIES.format(where=where.sql, limit=limit + 1), *where.params)
    more = encode_cursor(rows[limit - 1]["at"].isoformat(), rows[limit - 1]["id"]) if len(rows) > limit else None
    return page([dict(row) for row in rows[:limit]], more)


async def as_csv(database: Database, **filters: Any) -> AsyncIterator[str]:
    """Yield all acts that the filters leave as lines of CSV, a page at a time."""
    cursor: str | None = None
    yield _lines([COLUMNS])
    while True:
        async with database.begin_lean() as uow:
            found = await entries(uow.conn, limit=AT_ONCE, cursor=cursor, **filters)
        yield _lines([[_cell(entry[name]) for name in COLUMNS] for entry in found["items"]])
        cursor = found["next_cursor"]
        if cursor is None:
            return


def _lines(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return value.isoformat()
    text = orjson.dumps(value).decode() if isinstance(value, dict) else "" if value is None else str(value)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
