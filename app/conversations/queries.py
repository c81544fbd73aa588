"""Reads of conversations and their messages: one SQL text per question, always within what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page
from app.conversations import present
from app.conversations.present import Json
from app.errors import Invalid, NotFound
from app.people.permissions import Actor, restrict
from app.where import Where

MOST_COUNTED = 1000
"""Counts stop here; it reads as "999+"."""

_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

REPLY_WINDOWS = f"""(SELECT coalesce(json_agg(json_build_object('kind', g.kind, 'ends_at', {_TIME.format("g.ends_at")},
    'messages_left', g.quota_left) ORDER BY g.kind), '[]') FROM reply_grant g WHERE g.conversation_id = c.id)"""
"""The reply windows of the conversation `c`, as the API shows them."""
CONVERSATION = f"""
SELECT c.*, a.channel, p.name AS contact_name, p.avatar_media_id, p.language AS contact_language, p.phone AS contact_phone,
    i.external_id AS identity_external_id, i.username AS identity_username,
    (SELECT '+' || k.value FROM identity_key k WHERE k.identity_id = i.id AND k.kind = 'phone'
        ORDER BY k.created_at DESC LIMIT 1) AS identity_phone,
    (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'hue', t.hue) ORDER BY t.folded_name), '[]')
        FROM conversation_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.conversation_id = c.id) AS tags,
    {REPLY_WINDOWS} AS reply_windows
"""
"""Columns of a whole conversation, for a FROM that names it `c` and then `JOINS`."""

JOINS = """
JOIN channel_account a ON a.id = c.channel_account_id
JOIN identity i ON i.id = c.identity_id
JOIN contact p ON p.id = c.contact_id
"""
DRAFT = f"""
, (SELECT json_build_object('text', d.text, 'updated_at', {_TIME.format("d.updated_at")})
    FROM draft d WHERE d.conversation_id = c.id AND d.agent_id = {{}}) AS draft
"""


async def fetch_conversations(
    conn: asyncpg.Connection, actor: Actor, where: Where, chosen: str, *, order: str = ""
) -> Sequence[asyncpg.Record]:
    """Return whole conversations of the rows that `chosen` selects, with `where`'s parameters: only these rows are joined."""
    draft = DRAFT.format(where.param(actor.agent_id))
    rows: Sequence[asyncpg.Record] = await conn.fetch(
        f"{CONVERSATION}{draft} FROM ({chosen}) c {JOINS} {order}", *where.params
    )
    return rows


def for_reader(row: asyncpg.Record) -> Json:
    return present.conversation_json(row) | {"draft": row["draft"]}


async def get_conversation(conn: asyncpg.Connection, actor: Actor, conversation_id: UUID) -> Json:
    """Return a whole conversation. Raises NotFound for one that is not there or not the actor's to see."""
    where = Where()
    where.add("c.id = {}", conversation_id)
    restrict(where, actor)
    rows = await fetch_conversations(conn, actor, where, f"SELECT c.* FROM conversation c WHERE {where.sql}")
    if not rows:
        raise no_conversation()
    return for_reader(rows[0])


async def conversations_of_contact(conn: asyncpg.Connection, actor: Actor, contact_id: UUID) -> list[Json]:
    """Return a person's conversations that the actor may see, newest first, at most 50."""
    where = Where()
    where.add("c.contact_id = {} AND c.listed AND c.merged_into_id IS NULL", contact_id)
    restrict(where, actor)
    order = "ORDER BY c.last_message_at DESC, c.id DESC"
    chosen = f"SELECT c.* FROM conversation c WHERE {where.sql} {order} LIMIT 50"
    rows = await fetch_conversations(conn, actor, where, chosen, order=order)
    return [for_reader(row) for row in rows]


def no_conversation() -> NotFound:
    return NotFound("No conversation has this id, or it is not yours to see.")


async def whole_conversations(conn: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, Json]:
    """Return conversations by id, for events: without a reader's draft. Rights are the caller's matter."""
    rows = await conn.fetch(
        f"{CONVERSATION} FROM (SELECT c.* FROM conversation c WHERE c.id = ANY($1::uuid[])) c {JOINS}", list(ids)
    )
    return {row["id"]: present.conversation_json(row) for row in rows}


async def counts(conn: asyncpg.Connection, actor: Actor) -> Json:
    """Return how many conversations each view holds, each count stopping at MOST_COUNTED."""
    where = Where()
    restrict(where, actor)
    me = where.param(actor.agent_id)
    views = {
        "mine": f"status = 'open' AND assignee_id = {me}",
        "unassigned": "status = 'open' AND assignee_id IS NULL",
        "all_open": "status = 'open'",
        "snoozed": "status = 'snoozed'",
        "closed": "status = 'closed'",
        "waiting": "status = 'open' AND waiting_since IS NOT NULL",
    }
    selects = ", ".join(
        f"""(SELECT count(*) FROM (SELECT 1 FROM conversation c
        WHERE c.listed AND c.merged_into_id IS NULL AND {condition} AND {where.sql} LIMIT {MOST_COUNTED}) AS {name}_) AS {name}"""
        for name, condition in views.items()
    )
    row = await conn.fetchrow(f"SELECT {me}::uuid AS me_, {selects}", *where.params)
    assert row is not None
    return {name: row[name] for name in views}


_MESSAGE = """
SELECT m.*,
    (SELECT json_agg(json_build_object('id', d.id, 'mime', d.mime, 'filename', d.filename, 'size_bytes', d.size_bytes,
        'state', d.state, 'thumb_key', d.thumb_key, 'width', d.width, 'height', d.height,
        'voice', t.voice, 'animated', t.animated) ORDER BY t.position)
        FROM attachment t JOIN media d ON d.id = t.media_id WHERE t.message_id = m.id) AS attachments,
    (SELECT b.before ->> 'text' FROM message_change b WHERE b.message_id = m.id AND b.kind IN ('edit', 'delete')
        AND (m.edited_at IS NOT NULL OR m.deleted_at IS NOT NULL)
        ORDER BY b.occurred_at, b.id LIMIT 1) AS original_text,
    r.id AS reply_id, r.direction AS reply_direction, r.kind AS reply_kind, r.text AS reply_text,
    r.agent_id AS reply_agent_id, r.deleted_at AS reply_deleted_at
"""
_REPLY = "LEFT JOIN message r ON r.id = m.reply_to_id"


async def list_messages(
    conn: asyncpg.Connection,
    actor: Actor,
    conversation_id: UUID,
    *,
    limit: int,
    before: UUID | None = None,
    after: UUID | None = None,
    around: UUID | None = None,
) -> Json:
    """Return a page of the thread, newest first. `before`, `after` and `around` are message ids of this conversation.

    `next_cursor` continues in the direction of the page; around a message it leads to those before, and `newer_cursor` (ask for
    what stands `after` it) to those after, null at the end. Raises NotFound, and Invalid for a message that is not in it.
    """
    await check_visible(conn, actor, conversation_id)
    if around is not None:
        return await _messages_around(conn, conversation_id, around, limit=limit)
    where = Where()
    where.add("m.conversation_id = {} AND m.kind <> 'reaction'", conversation_id)
    for name, compare, message_id in (("before", "<", before), ("after", ">", after)):
        if message_id is not None:
            place = await _place(conn, conversation_id, message_id, name)
            where.add(f"(m.position_at, m.id) {compare} ({{}}::timestamptz, {{}}::uuid)", *place)
    forward = after is not None and before is None
    way = "ASC" if forward else "DESC"
    order = f"ORDER BY m.position_at {way}, m.id {way}"
    rows = await conn.fetch(
        f"{_MESSAGE} FROM (SELECT * FROM message m WHERE {where.sql} {order} LIMIT {limit + 1}) m {_REPLY} {order}",
        *where.params,
    )
    more = str(rows[limit - 1]["id"]) if len(rows) > limit else None
    items = [message_from(row) for row in rows[:limit]]
    return page(items[::-1] if forward else items, more)


_TIMELINE = """
{} FROM (
    SELECT m.* FROM (SELECT c.id FROM conversation c WHERE {} ORDER BY c.last_message_at DESC, c.id DESC LIMIT 50) c
    CROSS JOIN LATERAL (
        SELECT * FROM message m WHERE m.conversation_id = c.id AND {} ORDER BY m.position_at DESC, m.id DESC LIMIT {}
    ) m ORDER BY m.position_at DESC, m.id DESC LIMIT {}
) m {} ORDER BY m.position_at DESC, m.id DESC
"""


async def list_timeline(
    conn: asyncpg.Connection,
    actor: Actor,
    contact_id: UUID,
    *,
    limit: int,
    cursor: str | None = None,
    before: UUID | None = None,
) -> Json:
    """Return a page of what was said in all of a person's threads that the actor may see, newest first.

    Also those of contacts that were merged into it. Raises Invalid for a cursor, or a message, that cannot be.
    """
    where = Where()
    where.add("c.contact_id IN (SELECT id FROM contact WHERE id = {} OR merged_into_id = {})", contact_id, contact_id)
    restrict(where, actor)
    threads = where.sql
    place: Sequence[Any] | None = decode_cursor(cursor, datetime.fromisoformat, UUID) if cursor is not None else None
    if before is not None:
        place = await conn.fetchrow("SELECT position_at, id FROM message WHERE id = $1", before)
        if place is None:
            raise Invalid("Choose another message.", fields={"before": "id of a message of this contact"})
    condition = "m.kind <> 'reaction'"
    if place is not None:
        at, message_id = (where.param(part) for part in place)
        condition += f" AND (m.position_at, m.id) < ({at}::timestamptz, {message_id}::uuid)"
    sql = _TIMELINE.format(_MESSAGE, threads, condition, limit + 1, limit + 1, _REPLY)
    rows = await conn.fetch(sql, *where.params)
    more = encode_cursor(rows[limit - 1]["position_at"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return page([message_from(row) for row in rows[:limit]], more)


async def _messages_around(conn: asyncpg.Connection, conversation_id: UUID, message_id: UUID, *, limit: int) -> Json:
    place = await _place(conn, conversation_id, message_id, "around")
    older, newer = limit - limit // 2, limit // 2
    rows = await conn.fetch(_AROUND.format(older + 1, newer + 1), conversation_id, *place)
    stand_after = [row for row in rows if (row["position_at"], row["id"]) > place]
    stand_before = rows[len(stand_after) :]
    more_newer = str(stand_after[-newer]["id"]) if newer and len(stand_after) > newer else None
    more_older = str(stand_before[older - 1]["id"]) if len(stand_before) > older else None
    shown = [*stand_after[-newer:], *stand_before[:older]] if newer else stand_before[:older]
    return page([message_from(row) for row in shown], more_older) | {"newer_cursor": more_newer}


_AROUND = f"""
{_MESSAGE} FROM (
    (SELECT * FROM message m WHERE m.conversation_id = $1 AND m.kind <> 'reaction' AND (m.position_at, m.id) <= ($2, $3)
        ORDER BY m.position_at DESC, m.id DESC LIMIT {{}})
    UNION ALL
    (SELECT * FROM message m WHERE m.conversation_id = $1 AND m.kind <> 'reaction' AND (m.position_at, m.id) > ($2, $3)
        ORDER BY m.position_at, m.id LIMIT {{}})
) m {_REPLY} ORDER BY m.position_at DESC, m.id DESC
"""


async def _place(conn: asyncpg.Connection, conversation_id: UUID, message_id: UUID, name: str) -> tuple[datetime, UUID]:
    at = await conn.fetchval(
        "SELECT position_at FROM message WHERE id = $1 AND conversation_id = $2", message_id, conversation_id
    )
    if at is None:
        raise Invalid("Choose another message.", fields={name: "id of a message of this conversation"})
    return at, message_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is: what decides who may see it."""

    id: UUID
    team_id: UUID | None
    assignee_id: UUID | None


async def place_of(conn: asyncpg.Connection, actor: Actor, conversation_id: UUID) -> Place | None:
    """Return a conversation's place, or None for one that is not there or not the actor's to see."""
    where = Where()
    where.add("c.id = {}", conversation_id)
    restrict(where, actor)
    row = await conn.fetchrow(
        f"SELECT c.id, c.team_id, c.assignee_id FROM conversation c WHERE {where.sql}", *where.params
    )
    return row and Place(row["id"], row["team_id"], row["assignee_id"])


async def check_visible(conn: asyncpg.Connection, actor: Actor, conversation_id: UUID) -> None:
    """Raises NotFound for a conversation that is not there or not the actor's to see."""
    if await place_of(conn, actor, conversation_id) is None:
        raise no_conversation()


async def messages_by_id(conn: asyncpg.Connection, ids: Sequence[UUID]) -> list[Json]:
    """Return messages in the order of `ids`, whole, as they are now. Rights are the caller's matter."""
    rows = await conn.fetch(f"{_MESSAGE} FROM (SELECT * FROM message WHERE id = ANY($1::uuid[])) m {_REPLY}", list(ids))
    known = {row["id"]: message_from(row) for row in rows}
    return [known[message_id] for message_id in ids if message_id in known]


def message_from(row: asyncpg.Record) -> Json:
    """Return the outside shape of a row of `_MESSAGE`."""
    attachments = [present.attachment_json(one) for one in row["attachments"] or []]
    reply = None if row["reply_id"] is None else present.reply_snippet(_reply_row(row))
    message = present.message_json(row, attachments=attachments, reply_to=reply)
    if row["original_text"] is not None:
        message["original_text"] = row["original_text"]
    return message


def _reply_row(row: asyncpg.Record) -> Json:
    names = ("id", "direction", "kind", "text", "agent_id", "deleted_at")
    return {name: row[f"reply_{name}"] for name in names}
