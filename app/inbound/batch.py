"""Many rows into many tables with one statement and one round trip: each part reads its rows from one JSON array.

Measured for a group of 32 messages against one array per column: 4.7 µs of Python per row instead of 10.9, and less in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from app.events import plain_id

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One INSERT or UPDATE whose `{rows}` stands for the given rows. `columns`: name → PostgreSQL type."""

    sql: str
    columns: Mapping[str, str]

    @property
    def record(self) -> str:
        return ", ".join(f"{name} {type_}" for name, type_ in self.columns.items())


def insert(table: str, columns: Mapping[str, str], *, conflict: str = "") -> Part:
    """Describe an insertion; `conflict` is an ON CONFLICT clause. A bytea column takes hexadecimal text."""
    names = ", ".join(columns)
    return Part(f"INSERT INTO {table} ({names}) SELECT {names} FROM {{rows}} {conflict}", columns)


def update(table: str, columns: Mapping[str, str]) -> Part:
    """Describe an update by primary key: the first of `columns` is the key, the others are set."""
    key, *others = columns
    changes = ", ".join(f"{name} = r.{name}" for name in others)
    return Part(f"UPDATE {table} AS t SET {changes} FROM {{rows}} WHERE t.{key} = r.{key}", columns)


class Batch:
    """Collects rows by part; `write` sends them all. Of a row only the part's columns are taken; what it lacks is null.

    The parts run in the order of `parts`, on one snapshot: none sees what another wrote. Foreign keys are checked at the end.
    """

    def __init__(self, *parts: Part) -> None:
        self._rows: dict[Part, list[Row]] = {part: [] for part in parts}

    def add(self, part: Part, row: Row) -> None:
        self._rows[part].append({name: row[name] for name in part.columns if name in row})

    def count(self, part: Part) -> int:
        return len(self._rows[part])

    async def write(self, connection: asyncpg.Connection) -> dict[Part, int]:
        """Write everything; return how many rows each part inserted or changed."""
        filled = {part: rows for part, rows in self._rows.items() if rows}
        if not filled:
            return {}
        arguments = [as_json(rows) for rows in filled.values()]
        counts = await connection.fetchrow(_statement(tuple(filled)), *arguments)
        assert counts is not None
        return dict(zip(filled, counts, strict=True))


def as_json(rows: list[Row]) -> str:
    """Return rows as a statement takes them. Checking the elements of an array per column costs the driver four times as much."""
    return orjson.dumps(rows, default=plain_id).decode()


_statements: dict[tuple[Part, ...], str] = {}


def _statement(parts: tuple[Part, ...]) -> str:
    """Return `WITH part_1 AS (…), … SELECT` their counts; the same text each time, so that it is prepared once."""
    known = _statements.get(parts)
    if known is not None:
        return known
    bodies = []
    for number, part in enumerate(parts, 1):
        rows = f"json_to_recordset(${number}::json) AS r({part.record})"
        bodies.append(f"part_{number} AS ({part.sql.format(rows=rows)} RETURNING 1)")
    counts = ", ".join(f"(SELECT count(*) FROM part_{number})" for number in range(1, len(parts) + 1))
    statement = _statements[parts] = f"WITH {', '.join(bodies)} SELECT {counts}"
    return statement
