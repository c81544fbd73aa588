"""Lists of conversations: filters, orders, and pages that each walk an index from where the last one ended.

A list is put together from arms, each of which one index has in order: one for each status when all are asked for, the unread
before the read, one for each account of a channel. One query over all of them would sort or walk the whole table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page
from app.conversations import present
from app.conversations.models import CONVERSATION_STATUSES
from app.conversations.present import Json
from app.conversations.queries import fetch_conversations, for_reader
from app.errors import Invalid
from app.people.permissions import Actor, restrict
from app.where import Where

Status = Literal["open", "snoozed", "closed", "all"]
Sort = Literal["newest", "oldest", "waiting", "unread"]
FEW = 5000
"""Conversations of a tag that are looked up one by one; those of a tag that more have are met soon on the way."""
_DESCENDING: dict[Sort, bool] = {"newest": True, "oldest": False, "waiting": False, "unread": True}
_TAGS = "ARRAY(SELECT t.id FROM tag t WHERE t.id::text = {} OR t.folded_name = {})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to; None and "" = not at all. `assignee` is me, none or an agent's id; `tag` an id or a name."""

    status: Status = "all"
    assignee: str | None = None
    team: str | None = None
    channel: str | None = None
    channel_account_id: UUID | None = None
    tag: str | None = None
    priority: str | None = None
    q: str = ""
    sort: Sort = "newest"


async def list_conversations(
    conn: asyncpg.Connection, actor: Actor, wanted: Filter, *, limit: int, cursor: str | None
) -> Json:
    """Return a page of the list; `q` is not looked at (see `finding`). Raises Invalid for a filter value or cursor that cannot be."""
    where = Where()
    few = None if wanted.tag is None else await _few_tagged(conn, wanted.tag)
    narrow(where, actor, wanted if few is None else replace(wanted, tag=None))
    if few is not None:
        where.add("c.id = ANY({}::uuid[])", few)
    after = None if cursor is None else _place(wanted.sort, cursor)
    order = _order(wanted.sort)
    arms = [_arm(wanted, where, arm, limit=limit + 1) for arm in _arms(wanted, where, after)]
    chosen = f"SELECT * FROM ({' UNION ALL '.join(arms)}) c ORDER BY {order} LIMIT {limit + 1}"
    rows = await fetch_conversations(conn, actor, where, chosen, order=f"ORDER BY {order}")
    items = [for_reader(row) for row in rows[:limit]]
    return page(items, _cursor_after(wanted.sort, rows[limit - 1]) if len(rows) > limit else None)


async def _few_tagged(conn: asyncpg.Connection, tag: str) -> list[UUID] | None:
    """Return the conversations of a tag, or None for more than FEW."""
    tags = _TAGS.format("$1", "$2")
    rows = await conn.fetch(
        f"SELECT conversation_id FROM conversation_tag WHERE tag_id = ANY({tags}) LIMIT {FEW + 1}", *_tag_names(tag)
    )
    return None if len(rows) > FEW else [row["conversation_id"] for row in rows]


def _tag_names(tag: str) -> tuple[str, str]:
    return tag, tag.strip().casefold()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the page before ended: whether among the unread (in that order), and the last one's time and id."""

    unread: bool
    at: datetime
    id: UUID


def _place(sort: Sort, cursor: str) -> _Place:
    if sort == "unread":
        return _Place(*decode_cursor(cursor, bool, datetime.fromisoformat, UUID))
    return _Place(False, *decode_cursor(cursor, datetime.fromisoformat, UUID))


def _cursor_after(sort: Sort, row: asyncpg.Record) -> str:
    if sort == "unread":
        return encode_cursor(row["unread_count"] > 0, row["last_message_at"], row["id"])
    return encode_cursor(row[_time_of(sort)], row["id"])


def _time_of(sort: Sort) -> str:
    return "waiting_since" if sort == "waiting" else "last_message_at"


def _order(sort: Sort, *, within_arm: bool = False) -> str:
    way = "DESC" if _DESCENDING[sort] else "ASC"
    keys = f"c.{_time_of(sort)} {way}, c.id {way}"
    return keys if within_arm or sort != "unread" else f"(c.unread_count > 0) DESC, {keys}"


def _arms(wanted: Filter, where: Where, after: _Place | None) -> Iterator[str]:
    """Yield the condition of each arm."""
    keyset = "TRUE" if after is None else _beyond(wanted.sort, where, after)
    statuses = ["TRUE"]
    if wanted.status == "all" and wanted.sort != "waiting":
        statuses = [f"c.status = '{status}'" for status in CONVERSATION_STATUSES]
    for status in statuses:
        if wanted.sort != "unread":
            yield f"{status} AND {keyset}"
            continue
        if after is None or after.unread:
            yield f"{status} AND c.unread_count > 0 AND {keyset}"
        yield f"{status} AND c.unread_count = 0 AND {'TRUE' if after is None or after.unread else keyset}"


def _beyond(sort: Sort, where: Where, after: _Place) -> str:
    at, id_ = where.param(after.at), where.param(after.id)
    compare = "<" if _DESCENDING[sort] else ">"
    return f"(c.{_time_of(sort)}, c.id) {compare} ({at}::timestamptz, {id_}::uuid)"


def _arm(wanted: Filter, where: Where, condition: str, *, limit: int) -> str:
    """Return the query of one arm: the first rows of one walk along an index, for each account of the channel if there is one."""
    walk = f"SELECT c.* FROM conversation c WHERE {where.sql} AND {condition} {{account}}" + (
        f" ORDER BY {_order(wanted.sort, within_arm=True)} LIMIT {limit}"
    )
    if wanted.channel is None:
        return f"({walk.format(account='')})"
    accounts = f"(SELECT id FROM channel_account WHERE channel = {where.param(wanted.channel)})"
    return f"(SELECT c.* FROM {accounts} a CROSS JOIN LATERAL ({walk.format(account='AND c.channel_account_id = a.id')}) c)"


def narrow(where: Where, actor: Actor, wanted: Filter) -> None:
    """Add the conditions of a filter, for the table alias `c`, within what the actor may see. `q` and `sort` are not among them."""
    where.add("c.listed AND c.merged_into_id IS NULL")
    restrict(where, actor)
    if wanted.status != "all":
        where.add("c.status = {}", wanted.status)
    if wanted.sort == "waiting":
        where.add("c.status = 'open' AND c.waiting_since IS NOT NULL")
    if wanted.assignee == "none":
        where.add("c.assignee_id IS NULL")
    elif wanted.assignee is not None:
        where.add("c.assignee_id = {}", _person(wanted.assignee, actor))
    if wanted.team == "none":
        where.add("c.team_id IS NULL")
    elif wanted.team is not None:
        where.add("c.team_id = {}", _id(wanted.team, "team"))
    if wanted.channel is not None:
        where.add(
            "c.channel_account_id = ANY(ARRAY(SELECT id FROM channel_account WHERE channel = {}))", wanted.channel
        )
    if wanted.channel_account_id is not None:
        where.add("c.channel_account_id = {}", wanted.channel_account_id)
    if wanted.priority is not None:
        number = priority_number(wanted.priority)
        where.add("c.priority = {}" + (" AND c.priority <> 0" if number else ""), number)
    if wanted.tag is not None:
        where.add(
            f"EXISTS (SELECT FROM conversation_tag ct WHERE ct.conversation_id = c.id AND ct.tag_id = ANY({_TAGS}))",
            *_tag_names(wanted.tag),
        )


def _person(assignee: str, actor: Actor) -> UUID:
    if assignee != "me":
        return _id(assignee, "assignee")
    if actor.agent_id is None:
        raise Invalid("An API token has no conversations of its own.", fields={"assignee": "none, or an agent's id"})
    return actor.agent_id


def _id(text: str, name: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(f"Choose another {name}.", fields={name: "an id"}) from None


def priority_number(name: str) -> int:
    """Return what conversation.priority stores. Raises Invalid."""
    for number, known in present.PRIORITIES.items():
        if name == known:
            return number
    raise Invalid("Choose another priority.", fields={"priority": "one of " + ", ".join(present.PRIORITIES.values())})
