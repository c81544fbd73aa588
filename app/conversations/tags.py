"""Tags of conversations and contacts: named by id or by name, made when a name is new."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.conversations.activity import Activity
from app.conversations.locks import announce
from app.conversations.present import Json, Row, text_id
from app.db import UnitOfWork
from app.errors import Invalid
from app.folding import fold
from app.ids import uuid7
from app.people.permissions import Actor

HUES = 8

_LIVE = "SELECT id, name, hue FROM tag WHERE archived_at IS NULL"


async def list_tags(conn: asyncpg.Connection) -> list[Json]:
    return [tag_json(row) for row in await conn.fetch(_LIVE + " ORDER BY folded_name")]


def tag_json(row: Row) -> Json:
    return {"id": str(row["id"]), "name": row["name"], "hue": row["hue"]}


async def resolve_tags(uow: UnitOfWork, wanted: Sequence[str]) -> list[asyncpg.Record]:
    """Return the tags that ids or names stand for, each once; a new name becomes a tag. Raises Invalid for an unknown id."""
    found: dict[UUID, asyncpg.Record] = {}
    for number, word in enumerate(wanted):
        row = await _tag(uow, word)
        if row is None:
            raise Invalid("Choose other tags.", fields={f"tags.{number}": "a tag's name, or the id of one that exists"})
        found[row["id"]] = row
    return list(found.values())


async def _tag(uow: UnitOfWork, word: str) -> asyncpg.Record | None:
    tag_id = _as_id(word)
    if tag_id is not None:
        return await uow.conn.fetchrow(_LIVE + " AND id = $1", tag_id)
    return await make_tag(uow, name=word) if fold(word) else None


def _as_id(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


async def make_tag(uow: UnitOfWork, *, name: str, hue: int | None = None) -> asyncpg.Record:
    """Return the live tag of that name, made if there is none."""
    folded = fold(name)
    made = await uow.conn.fetchrow(
        """INSERT INTO tag (id, name, folded_name, hue) VALUES ($1, $2, $3, $4)
        ON CONFLICT (folded_name) WHERE archived_at IS NULL DO NOTHING RETURNING id, name, hue""",
        uuid7(),
        " ".join(name.split()),
        folded,
        hue or sum(folded.encode()) % HUES + 1,
    )
    return made or await uow.conn.fetchrow(_LIVE + " AND folded_name = $1", folded)


async def tag_conversation(uow: UnitOfWork, actor: Actor, row: Row, wanted: Sequence[str]) -> None:
    """Give a locked conversation exactly these tags."""
    tags = {tag["id"]: tag for tag in await resolve_tags(uow, wanted)}
    held = {
        tag["id"]: tag
        for tag in await uow.conn.fetch(
            "SELECT t.id, t.name, t.hue FROM conversation_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.conversation_id = $1",
            row["id"],
        )
    }
    added, removed = tags.keys() - held.keys(), held.keys() - tags.keys()
    if not added and not removed:
        return
    await uow.conn.execute(
        "DELETE FROM conversation_tag WHERE conversation_id = $1 AND tag_id = ANY($2::uuid[])",
        row["id"],
        sorted(removed),
    )
    await uow.conn.execute(
        "INSERT INTO conversation_tag (conversation_id, tag_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING",
        row["id"],
        sorted(added),
    )
    by = text_id(actor.agent_id)
    lines = [Activity(row, "tagged", {"tag": tags[tag_id]["name"], "by_agent_id": by}) for tag_id in sorted(added)]
    lines += [Activity(row, "untagged", {"tag": held[tag_id]["name"], "by_agent_id": by}) for tag_id in sorted(removed)]
    shown = sorted(tags.values(), key=lambda tag: fold(tag["name"]))
    await announce(uow, row, row, *lines, tags=[tag_json(tag) for tag in shown])
