"""Finds conversations by words: people by name and phone first, then messages, newest first, three months at a time.

A page takes at most three questions. Words that many messages hold are met among the newest messages, which are looked through
without an index; the others are asked of the months' indexes. Left to choose, the planner walks back through all messages for
a word that it takes for common: 0.6 s for one that is rare. Rights and filters are asked of the conversation itself, never of
a copy, which would be behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page
from app.conversations import search
from app.conversations.listing import Filter, narrow
from app.conversations.present import Json, time_json
from app.conversations.queries import CONVERSATION, DRAFT, JOINS, for_reader
from app.ids import uuid7
from app.months import month_of, months_before
from app.people.permissions import Actor
from app.where import Where

MONTHS_AT_ONCE = 3
NEWEST_LOOKED_THROUGH = 2000
"""5 ms for words that one message in forty holds; rarer ones are left to the index."""
_ENDLESS = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a page begins: after this person, or in the messages before this one, from this month back."""

    person: tuple[datetime, UUID] | None
    month: date
    before: UUID
    looks_for_people: bool

    @property
    def months(self) -> list[date]:
        return [months_before(self.month, number) for number in range(MONTHS_AT_ONCE)]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A conversation that was found, by its person (then `message_id` is None) or by its newest message that matches."""

    conversation_id: UUID
    message_id: UUID | None
    at: datetime | None = None
    """The time that people are ordered by."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look found. `more`: there is more in these months, after the message `last`; `older`: there are months before."""

    hits: list[_Hit]
    more: bool = False
    last: UUID | None = None
    older: bool = False


async def find_conversations(
    conn: asyncpg.Connection, actor: Actor, wanted: Filter, *, limit: int, cursor: str | None
) -> Json:
    """Return a page of what `wanted.q` finds, each with `match` {message_id, text, marks, at}, or null when the person matches.

    `searched_since`: set when the months of this page are exhausted; then `next_cursor` leads to those before. A conversation is
    in a page once; it may come again in a later page with an older message. Raises Invalid.
    """
    start = _start(cursor)
    found = await _look(conn, actor, wanted, start, limit + 1)
    hits = found.hits[:limit]
    items = await _whole(conn, actor, wanted.q, hits)
    if len(found.hits) > limit or found.more:
        return page(items, _cursor_after(start, found, limit)) | {"searched_since": None}
    oldest = start.months[-1]
    next_cursor = encode_cursor(["messages", months_before(oldest, 1), _ENDLESS]) if found.older else None
    since = datetime(oldest.year, oldest.month, 1, tzinfo=UTC)
    return page(items, next_cursor) | {"searched_since": time_json(since)}


def _cursor_after(start: _Start, found: _Found, limit: int) -> str:
    """Lead on after the page's last hit; where fewer conversations than rows were found, after the last row."""
    if len(found.hits) <= limit:
        return encode_cursor(["messages", start.month, found.last])
    last, following = found.hits[limit - 1], found.hits[limit]
    if following.message_id is None:
        return encode_cursor(["people", last.at, last.conversation_id])
    return encode_cursor(["messages", start.month, last.message_id or _ENDLESS])


def _start(cursor: str | None) -> _Start:
    now = search.search_month(uuid7())
    if cursor is None:
        return _Start(None, now, _ENDLESS, looks_for_people=True)
    ((kind, first, second),) = decode_cursor(cursor, _parts)
    if kind == "people":
        return _Start((first, second), now, _ENDLESS, looks_for_people=True)
    return _Start(None, first, second, looks_for_people=False)


def _parts(parts: Any) -> tuple[str, Any, UUID]:
    kind, first, second = parts
    if kind == "people":
        return kind, datetime.fromisoformat(first), UUID(second)
    if kind == "messages":
        return kind, month_of(date.fromisoformat(first)), UUID(second)
    raise ValueError


async def _look(conn: asyncpg.Connection, actor: Actor, wanted: Filter, start: _Start, limit: int) -> _Found:
    """Look for people and among the newest messages; when that is not enough, in the months' indexes."""
    where = Where()
    narrow(where, actor, wanted)
    filters = where.sql
    parts = [_people(where, filters, wanted, start, limit)] if start.looks_for_people else []
    parts += _messages(_AMONG_NEWEST, where, filters, wanted.q, start, limit)
    rows = await conn.fetch(" UNION ALL ".join(parts), *where.params) if parts else []
    people = [row for row in rows if row["message_id"] is None]
    hits = _each_once([*people, *_newest_first(rows)])
    if len(hits) >= limit:
        return _Found(hits)
    where = Where()
    narrow(where, actor, wanted)
    parts = _messages(_IN_MONTHS, where, where.sql, wanted.q, start, limit)
    if not parts:
        return _Found(hits)
    rows = await conn.fetch(parts[0], *where.params)
    messages = _newest_first(rows)
    hits = _each_once([*people, *messages])
    full = len(messages) >= limit
    return _Found(hits, more=full, last=messages[-1]["message_id"] if full else None, older=rows[0]["older"])


def _newest_first(rows: Sequence[asyncpg.Record]) -> list[asyncpg.Record]:
    return sorted((row for row in rows if row["message_id"]), key=lambda row: row["message_id"], reverse=True)


def _people(where: Where, filters: str, wanted: Filter, start: _Start, limit: int) -> str:
    time, way, compare = _PEOPLE_ORDERS.get(wanted.sort, ("last_message_at", "DESC", "<"))
    after = "TRUE"
    if start.person is not None:
        at, conversation_id = map(where.param, start.person)
        after = f"(c.{time}, c.id) {compare} ({at}::timestamptz, {conversation_id}::uuid)"
    contacts = search.contact_ids(where, wanted.q)
    return _PEOPLE.format(filters=filters, contacts=contacts, after=after, limit=limit, time=time, way=way)


def _messages(question: str, where: Where, filters: str, q: str, start: _Start, limit: int) -> list[str]:
    """Return the question, or none for words that no message is searched for."""
    matches = search.message_condition(where, q)
    if matches is None:
        return []
    filters = f"{filters} AND c.contact_id NOT IN ({search.contact_ids(where, q)})"  # they came among the people
    months, before = where.param(start.months), where.param(start.before)
    return [question.format(filters=filters, matches=matches, months=months, before=before, limit=limit)]


_PEOPLE_ORDERS = {"oldest": ("last_message_at", "ASC", ">"), "waiting": ("waiting_since", "ASC", ">")}
"""Messages are found newest first in any case: months that nobody asked for are not looked through."""
_PEOPLE = """
(SELECT c.id AS conversation_id, NULL::uuid AS message_id, c.{time} AS at FROM conversation c
WHERE {filters} AND c.contact_id IN ({contacts}) AND {after} ORDER BY c.{time} {way}, c.id {way} LIMIT {limit})
"""
_AMONG_NEWEST = f"""
(SELECT s.conversation_id, s.message_id, NULL::timestamptz AS at FROM (
    SELECT * FROM message_search n WHERE n.month = ANY({{months}}::date[]) AND n.message_id < {{before}}
    ORDER BY n.message_id DESC LIMIT {NEWEST_LOOKED_THROUGH}
) s JOIN conversation c ON c.id = s.conversation_id
WHERE {{matches}} AND {{filters}} ORDER BY s.message_id DESC)
"""
_IN_MONTHS = """
SELECT o.older, f.* FROM (SELECT EXISTS (SELECT FROM message_search e WHERE e.month < ALL({months}::date[])) AS older) o
LEFT JOIN (
    SELECT found.* FROM unnest({months}::date[]) AS given(first_day) CROSS JOIN LATERAL (
        WITH s AS MATERIALIZED (
            SELECT s.message_id, s.conversation_id FROM message_search s WHERE s.month = first_day AND {matches}
        ), each AS (
            SELECT DISTINCT ON (s.conversation_id) s.conversation_id, s.message_id, NULL::timestamptz AS at
            FROM s JOIN conversation c ON c.id = s.conversation_id
            WHERE s.message_id < {before} AND {filters} ORDER BY s.conversation_id, s.message_id DESC
        )
        SELECT * FROM each ORDER BY message_id DESC LIMIT {limit}
    ) found LIMIT {limit}
) f ON TRUE
"""
"""A lateral join goes through its months in their order, and no further than the limit."""


def _each_once(rows: Sequence[asyncpg.Record]) -> list[_Hit]:
    """Return the newest hit of each conversation, in the order of `rows`."""
    newest: dict[UUID, _Hit] = {}
    for row in rows:
        newest.setdefault(row["conversation_id"], _Hit(row["conversation_id"], row["message_id"], row["at"]))
    return list(newest.values())


async def _whole(conn: asyncpg.Connection, actor: Actor, q: str, hits: Sequence[_Hit]) -> list[Json]:
    """Return the conversations of `hits`, in their order, each with its match."""
    if not hits:
        return []
    rows = await conn.fetch(
        f"""{CONVERSATION}{DRAFT.format("$3")}, m.id AS match_id, m.text AS match_text, m.position_at AS match_at
        FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS h(conversation_id, message_id, place)
        JOIN conversation c ON c.id = h.conversation_id {JOINS}
        LEFT JOIN message m ON m.id = h.message_id AND m.deleted_at IS NULL ORDER BY h.place""",
        [hit.conversation_id for hit in hits],
        [hit.message_id for hit in hits],
        actor.agent_id,
    )
    return [for_reader(row) | {"match": _match(row, q)} for row in rows]


def _match(row: asyncpg.Record, q: str) -> Json | None:
    if row["match_id"] is None:
        return None
    text, marks = search.excerpt(row["match_text"], q)
    return {"message_id": str(row["match_id"]), "text": text, "marks": marks, "at": time_json(row["match_at"])}
