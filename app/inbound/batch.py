"""Many rows into many tables with one statement and one round trip: each part reads its rows from arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One INSERT or UPDATE whose `{rows}` stands for the given rows. `types` are those of the row's values, in order."""

    name: str
    sql: str
    types: tuple[str, ...]


def insert(table: str, columns: Mapping[str, str], *, conflict: str = "") -> Part:
    """Describe an insertion. `columns`: name → PostgreSQL type; `conflict`: an ON CONFLICT clause."""
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM {{rows}} {conflict}"
    return Part(table, sql, tuple(columns.values()))


def update(table: str, columns: Mapping[str, str]) -> Part:
    """Describe an update by primary key: the first of `columns` is the key, the others are set."""
    key, *others = columns
    changes = ", ".join(f"{name} = u.{name}" for name in others)
    sql = f"UPDATE {table} AS t SET {changes} FROM {{rows}} AS u({', '.join(columns)}) WHERE t.{key} = u.{key}"
    return Part(f"changed_{table}", sql, tuple(columns.values()))


def json_text(value: Any) -> str | None:
    """Return JSON text as the driver takes it; text is taken for JSON already."""
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


class Batch:
    """Collects rows by part; `write` sends them all.

    The parts run in the order of `parts`, on one snapshot: none sees what another wrote. Foreign keys are checked at the end.
    """

    def __init__(self, *parts: Part) -> None:
        self._rows: dict[Part, list[Values]] = {part: [] for part in parts}

    def add(self, part: Part, *values: Any) -> None:
        self._rows[part].append(values)

    def count(self, part: Part) -> int:
        return len(self._rows[part])

    async def write(self, connection: asyncpg.Connection) -> dict[Part, int]:
        """Write everything; return how many rows each part inserted or changed."""
        filled = [(part, rows) for part, rows in self._rows.items() if rows]
        if not filled:
            return {}
        arguments = [list(column) for _, rows in filled for column in zip(*rows, strict=True)]
        counts = await connection.fetchrow(_statement(tuple(part for part, _ in filled)), *arguments)
        assert counts is not None
        return {part: counts[index] for index, (part, _) in enumerate(filled)}


_statements: dict[tuple[Part, ...], str] = {}


def _statement(parts: tuple[Part, ...]) -> str:
    """Return `WITH part_0 AS (…), … SELECT` their counts; the same text each time, so that it is prepared once."""
    known = _statements.get(parts)
    if known is not None:
        return known
    first, bodies = 1, []
    for index, part in enumerate(parts):
        arrays = ", ".join(f"${first + n}::{type_}[]" for n, type_ in enumerate(part.types))
        bodies.append(f"part_{index} AS ({part.sql.format(rows=f'unnest({arrays})')} RETURNING 1)")
        first += len(part.types)
    counts = ", ".join(f"(SELECT count(*) FROM part_{index})" for index in range(len(parts)))
    statement = _statements[parts] = f"WITH {', '.join(bodies)} SELECT {counts}"
    return statement
