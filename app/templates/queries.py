"""Reads of templates: one shape for API answers and live events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page
from app.conversations.present import Json, text_id, time_json
from app.templates.parts import variables_of
from app.where import Where

STATUSES = ("approved", "pending", "rejected", "paused", "disabled", "draft")
"""The statuses that people ask for, from the best to the worst; platforms have more."""

_TEMPLATES = """
SELECT t.*, coalesce((SELECT array_agg(a.id ORDER BY a.created_at, a.id) FROM channel_account a WHERE a.state <> 'removed' AND (
    a.id = t.channel_account_id OR a.platform_account_id = t.platform_account_id)), '{}') AS account_ids
FROM template t
"""
_VERSIONS = """
SELECT v.* FROM template_version v WHERE v.template_id = ANY($1::uuid[]) AND v.archived_at IS NULL ORDER BY v.language, v.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to; None and "" = not at all. A version has to fit `status`, `category` and `language` at once."""

    channel_account_id: UUID | None = None
    status: str | None = None
    category: str | None = None
    language: str | None = None
    q: str = ""
    ids: Sequence[UUID] | None = field(default=None)


async def list_templates(conn: asyncpg.Connection, wanted: Filter, *, limit: int, cursor: str | None) -> Json:
    """Return a page of templates by name. Raises Invalid for a cursor that is not ours."""
    where = Where()
    where.add("t.archived_at IS NULL")
    _narrow(where, wanted)
    if cursor is not None:
        name, template_id = decode_cursor(cursor, str, UUID)
        where.add("(t.name, t.id) > ({}, {}::uuid)", name, template_id)
    rows = await conn.fetch(f"{_TEMPLATES} WHERE {where.sql} ORDER BY t.name, t.id LIMIT {limit + 1}", *where.params)
    items = await _with_versions(conn, rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return page(items, encode_cursor(last["name"], last["id"]) if last else None)


def _narrow(where: Where, wanted: Filter) -> None:
    if wanted.channel_account_id is not None:
        where.add(
            """EXISTS (SELECT 1 FROM channel_account a WHERE a.id = {} AND (
            a.id = t.channel_account_id OR a.platform_account_id = t.platform_account_id))""",
            wanted.channel_account_id,
        )
    version = Where(*where.params)
    version.add("v.template_id = t.id AND v.archived_at IS NULL")
    for column in ("status", "category", "language"):
        if (value := getattr(wanted, column)) is not None:
            version.add(f"v.{column} = {{}}", value)
    where.params = version.params
    where.add(f"EXISTS (SELECT 1 FROM template_version v WHERE {version.sql})")
    if words := wanted.q.strip():
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        where.add(
            """t.name ILIKE {} OR t.title ILIKE {} OR EXISTS (SELECT 1 FROM template_version w, jsonb_array_elements(w.components) part
            WHERE w.template_id = t.id AND w.archived_at IS NULL AND part->>'text' ILIKE {})""",
            *(like,) * 3,
        )


async def templates_by_id(conn: asyncpg.Connection, ids: Iterable[UUID]) -> list[Json]:
    """Return templates whatever became of them, by name."""
    rows = await conn.fetch(_TEMPLATES + "WHERE t.id = ANY($1::uuid[]) ORDER BY t.name, t.id", list(ids))
    return await _with_versions(conn, rows)


async def _with_versions(conn: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> list[Json]:
    versions: dict[UUID, list[Json]] = {row["id"]: [] for row in rows}
    for version in await conn.fetch(_VERSIONS, list(versions)):
        versions[version["template_id"]].append(version_json(version))
    return [_template_json(row, versions[row["id"]]) for row in rows]


def _template_json(row: asyncpg.Record, versions: list[Json]) -> Json:
    statuses = {one["status"] for one in versions}
    return {
        "id": str(row["id"]),
        "channel": row["channel"],
        "channel_account_ids": [str(each) for each in row["account_ids"]],
        "name": row["name"],
        "title": row["title"],
        "default_language": row["default_language"],
        "defaults": row["defaults"],
        "status": next((one for one in STATUSES if one in statuses), min(statuses, default="draft")),
        "versions": versions,
        "archived_at": time_json(row["archived_at"]),
        "created_at": time_json(row["created_at"]),
    }


def version_json(row: asyncpg.Record) -> Json:
    """Return one language, with what has to be filled in."""
    return {
        "id": str(row["id"]),
        "template_id": text_id(row["template_id"]),
        "language": row["language"],
        "external_id": row["external_id"],
        "category": row["category"],
        "status": row["status"],
        "quality": row["quality"],
        "rejected_reason": row["rejected_reason"],
        "parameter_format": row["parameter_format"],
        "components": row["components"],
        "variables": variables_json(row["components"]),
        "error": row["error"],
        "submitted_at": time_json(row["submitted_at"]),
        "updated_at": time_json(row["updated_at"]),
    }


def variables_json(components: Sequence[Json]) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "kind": one.kind, "name": one.name, "example": one.example, "required": one.required}
        for one in variables_of(components)
    ]
