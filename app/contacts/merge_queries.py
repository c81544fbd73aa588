"""Reads about contacts that are, or may be, one person: previews, merges, suggestions, history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page
from app.contacts.fields import COLUMNS, TAG, Choices, Side, Step, conflicts, may_be_chosen, taken_from
from app.contacts.merging import Pair, plan
from app.contacts.queries import contacts_by_id
from app.conversations.present import media_path, text_id, time_json
from app.errors import Invalid
from app.people.permissions import Actor, restrict
from app.where import Where

Json = dict[str, Any]


def choices_of(pair: Pair, chosen: Mapping[str, UUID]) -> Choices:
    """Return whose values were chosen. Raises Invalid for a field without a choice, or another contact's id."""
    sides: dict[UUID, Side] = {pair.stays_id: "stays", pair.goes_id: "goes"}
    for field, contact_id in chosen.items():
        if not may_be_chosen(field) or contact_id not in sides:
            raise Invalid("Choose again.", fields={f"choices.{field}": "the id of one of the two contacts"})
    return {field: sides[contact_id] for field, contact_id in chosen.items()}


_MOVES = """
SELECT c.id, a.channel, c.channel_account_id, c.status, c.last_message_at FROM conversation c
JOIN channel_account a ON a.id = c.channel_account_id WHERE {} ORDER BY c.last_message_at DESC, c.id DESC LIMIT 50
"""
_MOVING = "SELECT count(*) FROM conversation WHERE contact_id = $1 AND listed AND merged_into_id IS NULL"


async def preview(conn: asyncpg.Connection, actor: Actor, pair: Pair, choices: Choices) -> Json:
    """Return what a merge would do. Raises NotFound, and Conflict for a contact that was merged already."""
    step = await plan(conn, pair, choices)
    known = await contacts_by_id(conn, pair.ids)
    where = Where()
    where.add("c.contact_id = {} AND c.listed AND c.merged_into_id IS NULL", pair.goes_id)
    restrict(where, actor)
    moves = await conn.fetch(_MOVES.format(where.sql), *where.params)
    total = await conn.fetchval(_MOVING, pair.goes_id)
    return {
        "stays": known[pair.stays_id],
        "goes": known[pair.goes_id],
        "fields": _fields(step),
        "tags": await _tags(conn, [UUID(name.removeprefix(TAG)) for name in step.became if name.startswith(TAG)]),
        "moves": [_moved(row) for row in moves],
        "hidden": max(0, total - len(moves)),
    }


def _fields(step: Step) -> list[Json]:
    both = conflicts(step.stays, step.goes)
    return [
        {
            "field": field,
            "stays": _shown(field, step.stays.get(field)),
            "goes": _shown(field, step.goes.get(field)),
            "becomes": _shown(field, step.became.get(field)),
            "taken_from": taken_from(field, step.stays, step.goes, step.choices),
            "conflict": field in both,
        }
        for field in sorted(step.stays.keys() | step.goes.keys(), key=lambda field: (field not in both, _place(field)))
        if may_be_chosen(field)
    ]


def _place(field: str) -> tuple[int, str]:
    return (COLUMNS.index(field) if field in COLUMNS else len(COLUMNS)), field


def _shown(field: str, value: Any) -> Any:
    return media_path(UUID(value)) if field == "avatar_media_id" and value else value


async def _tags(conn: asyncpg.Connection, ids: list[UUID]) -> list[Json]:
    rows = await conn.fetch("SELECT id, name, hue FROM tag WHERE id = ANY($1::uuid[]) ORDER BY folded_name", ids)
    return [{"id": str(row["id"]), "name": row["name"], "hue": row["hue"]} for row in rows]


def _moved(row: asyncpg.Record) -> Json:
    return {
        "id": str(row["id"]),
        "channel": row["channel"],
        "channel_account_id": str(row["channel_account_id"]),
        "status": row["status"],
        "last_message_at": time_json(row["last_message_at"]),
    }


_MERGES = """
SELECT m.*, m.image -> 'goes' ->> 'name' AS name, s.merged_into_id AS stays_in FROM contact_merge m
JOIN contact s ON s.id = m.stays_id
WHERE m.stays_id IN (SELECT id FROM contact WHERE id = $1 OR merged_into_id = $1) OR m.goes_id = $1
ORDER BY m.merged_at DESC, m.id DESC LIMIT 100
"""


async def list_merges(conn: asyncpg.Connection, contact_id: UUID) -> Json:
    """Return the merges that made a contact what it is, and that one out of which it came back; newest first."""
    return page([_merge(row) for row in await conn.fetch(_MERGES, contact_id)])


def _merge(row: asyncpg.Record) -> Json:
    return {
        "id": str(row["id"]),
        "stays_id": str(row["stays_id"]),
        "goes_id": str(row["goes_id"]),
        "name": row["name"] or "",
        "reason": row["reason"],
        "evidence": row["evidence"],
        "by_agent_id": text_id(row["by_agent_id"]),
        "merged_at": time_json(row["merged_at"]),
        "undone_at": time_json(row["undone_at"]),
        "undone_by_agent_id": text_id(row["undone_by_agent_id"]),
        "can_undo": row["undone_at"] is None and row["stays_in"] is None,
    }


_SUGGESTIONS = """
SELECT s.id, s.one_id, s.other_id, s.evidence, s.created_at FROM contact_suggestion s
JOIN contact a ON a.id = s.one_id JOIN contact b ON b.id = s.other_id
WHERE s.dismissed_at IS NULL AND a.merged_into_id IS NULL AND b.merged_into_id IS NULL
    AND a.archived_at IS NULL AND b.archived_at IS NULL AND {} ORDER BY s.created_at DESC, s.id DESC LIMIT {}
"""


async def list_suggestions(
    conn: asyncpg.Connection, *, contact_id: UUID | None = None, limit: int = 50, cursor: str | None = None
) -> Json:
    """Return pairs that may be one person, newest first; of one contact, or of all."""
    where = Where()
    if contact_id is not None:
        where.add("s.one_id = {} OR s.other_id = {}", contact_id, contact_id)
    if cursor is not None:
        at, last = decode_cursor(cursor, datetime.fromisoformat, UUID)
        where.add("(s.created_at, s.id) < ({}::timestamptz, {}::uuid)", at, last)
    rows = await conn.fetch(_SUGGESTIONS.format(where.sql, limit + 1), *where.params)
    known = await contacts_by_id(conn, [row[side] for row in rows for side in ("one_id", "other_id")])
    more = encode_cursor(rows[limit - 1]["created_at"], rows[limit - 1]["id"]) if len(rows) > limit else None
    items = []
    for row in rows[:limit]:
        here, other = row["one_id"], row["other_id"]
        if other == contact_id:
            here, other = other, here
        items.append(
            {
                "id": str(row["id"]),
                "contact": known[here],
                "other": known[other],
                "evidence": row["evidence"],
                "created_at": time_json(row["created_at"]),
            }
        )
    return page(items, more)


_HISTORY = """
SELECT h.id, h.at, h.actor_kind, h.actor_id, h.action, h.params FROM audit_entry h
WHERE h.subject_kind = 'contact' AND h.subject_id IN (SELECT id FROM contact WHERE id = $1 OR merged_into_id = $1) AND {}
ORDER BY h.at DESC, h.id DESC LIMIT {}
"""


async def list_history(conn: asyncpg.Connection, contact_id: UUID, *, limit: int, cursor: str | None) -> Json:
    """Return who did what to a contact, and to those that are part of it, newest first."""
    where = Where(contact_id)
    if cursor is not None:
        at, last = decode_cursor(cursor, datetime.fromisoformat, UUID)
        where.add("(h.at, h.id) < ({}::timestamptz, {}::uuid)", at, last)
    rows = await conn.fetch(_HISTORY.format(where.sql, limit + 1), *where.params)
    more = encode_cursor(rows[limit - 1]["at"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return page(
        [
            {
                "id": str(row["id"]),
                "at": time_json(row["at"]),
                "actor_kind": row["actor_kind"],
                "actor_id": text_id(row["actor_id"]),
                "action": row["action"],
                "params": row["params"],
            }
            for row in rows[:limit]
        ],
        more,
    )
