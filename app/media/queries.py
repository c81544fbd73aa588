"""Reads of files, within what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.errors import Conflict, NotFound
from app.people.permissions import Actor, restrict
from app.where import Where

UPLOADER_HOURS = 24

_FILE = "SELECT d.id, d.state, d.mime, d.filename, d.storage_key, d.thumb_key FROM media d"


@dataclass(frozen=True, slots=True)
class File:
    """A file in the store: `key` is its place below the media directory."""

    id: UUID
    key: str
    mime: str
    filename: str


async def find_file(conn: asyncpg.Connection, actor: Actor, media_id: UUID, *, thumb: bool = False) -> File:
    """Return a file that a conversation in the actor's sight refers to, a contact's picture, a template's sample, or an own upload of the last day.

    Raises NotFound, and Conflict for a file that was not fetched yet.
    """
    sight = Where(media_id)
    restrict(sight, actor)
    uploader = f"({sight.param(actor.agent_id)}::uuid, {sight.param(actor.token_id)}::uuid)"
    row = await conn.fetchrow(
        f"""{_FILE} WHERE d.id = $1 AND (
            EXISTS (SELECT 1 FROM attachment t JOIN message m ON m.id = t.message_id
                JOIN conversation c ON c.id = m.conversation_id WHERE t.media_id = d.id AND m.deleted_at IS NULL AND {sight.sql})
            OR EXISTS (SELECT 1 FROM contact p WHERE p.avatar_media_id = d.id)
            OR EXISTS (SELECT 1 FROM template_file f WHERE f.media_id = d.id)
            OR ((d.uploaded_by_id, d.uploaded_by_token_id) IS NOT DISTINCT FROM {uploader} AND d.channel_account_id IS NULL
                AND d.created_at > now() - interval '{UPLOADER_HOURS} hours'))""",
        *sight.params,
    )
    return _ready(row, thumb=thumb)


async def find_linked_file(conn: asyncpg.Connection, media_id: UUID) -> File:
    """Return a file whose signed address was shown. Raises NotFound, Conflict."""
    return _ready(await conn.fetchrow(f"{_FILE} WHERE d.id = $1", media_id), thumb=False)


def _ready(row: asyncpg.Record | None, *, thumb: bool) -> File:
    if row is None or (thumb and row["thumb_key"] is None and row["state"] == "ready"):
        raise no_file()
    if row["state"] != "ready":
        raise Conflict("This file has not been fetched yet, or could not be.", code=f"media_{row['state']}")
    if thumb:
        return File(row["id"], row["thumb_key"], "", "")
    return File(row["id"], row["storage_key"], row["mime"], row["filename"])


def no_file() -> NotFound:
    return NotFound("There is no such file, or it is not yours to see.")
