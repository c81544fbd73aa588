"""What an act does to many locked conversations, and how it is taken back: a few statements each, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.assignment.service import Ownership, forget_request, record_owners, request_owner
from app.conversations.activity import Activity, add_activities, scope_of
from app.conversations.present import Json, Row, conversation_patch, text_id, time_json
from app.conversations.status import BY_AGENT
from app.db import UnitOfWork
from app.events import ConversationUpdated, record_all

Before = dict[UUID, Json]
"""What each changed conversation was, as far as the act changed it."""

_SET = """
UPDATE conversation c SET status = n.status, snoozed_until = n.snoozed_until, closed_at = n.closed_at, waiting_since = n.waiting_since
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    AS n(id, status, snoozed_until, closed_at, waiting_since)
WHERE c.id = n.id RETURNING c.*
"""
_TAG = """
INSERT INTO conversation_tag (conversation_id, tag_id)
SELECT c.id, t.id FROM unnest($1::uuid[]) AS c(id) CROSS JOIN unnest($2::uuid[]) AS t(id)
ON CONFLICT DO NOTHING RETURNING conversation_id, tag_id
"""
_UNTAG = """
DELETE FROM conversation_tag WHERE (conversation_id, tag_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
RETURNING conversation_id, tag_id
"""
_TAGS = """
SELECT c.id, coalesce((SELECT json_agg(json_build_object('id', t.id, 'name', t.name, 'hue', t.hue) ORDER BY t.folded_name)
    FROM conversation_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.conversation_id = c.id), '[]') AS tags
FROM unnest($1::uuid[]) AS c(id)
"""


async def apply(uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json) -> Before:
    """Do `action` to conversations whose rows are locked; return what those were that it changed."""
    match action["do"]:
        case "assign":
            return await _assign(uow, agent_id, rows, action)
        case "tag" | "untag":
            return await _tag(uow, agent_id, rows, action)
        case _:
            return await _set_status(uow, agent_id, rows, action)


async def take_back(
    uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json, before: Mapping[UUID, Json]
) -> None:
    """Give locked conversations back what they were, except where somebody has changed it since the act."""
    match action["do"]:
        case "assign":
            await _assign_back(uow, agent_id, rows, action, before)
        case "tag" | "untag":
            await _tag_back(uow, agent_id, rows, action, before)
        case _:
            await _status_back(uow, agent_id, rows, action, before)


STATUS = {"close": "closed", "open": "open", "snooze": "snoozed"}


async def _set_status(uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json) -> Before:
    status, until = STATUS[action["do"]], _time(action.get("until"))
    now = datetime.now(UTC)
    changing = [row for row in rows if row["status"] != status or row["snoozed_until"] != until]
    columns = [
        (
            row["id"],
            status,
            until,
            now if status == "closed" else None,
            None if status == "closed" else row["waiting_since"],
        )
        for row in changing
    ]
    await _write_status(uow, agent_id, changing, columns)
    return {row["id"]: _status_of(row) for row in changing}


def _status_of(row: Row) -> Json:
    times = ("snoozed_until", "closed_at", "waiting_since")
    return {"status": row["status"]} | {name: time_json(row[name]) for name in times}


async def _status_back(
    uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json, before: Mapping[UUID, Json]
) -> None:
    unchanged = [row for row in rows if row["status"] == STATUS[action["do"]]]
    columns = []
    for row in unchanged:
        was = before[row["id"]]
        until = _time(was["snoozed_until"])
        over = until is not None and until <= datetime.now(UTC)
        status = "open" if over else was["status"]
        columns.append(
            (row["id"], status, None if over else until, _time(was["closed_at"]), _time(was["waiting_since"]))
        )
    await _write_status(uow, agent_id, unchanged, columns)


async def _write_status(
    uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], columns: Sequence[tuple[Any, ...]]
) -> None:
    if not rows:
        return
    after = {row["id"]: row for row in await uow.conn.fetch(_SET, *map(list, zip(*columns, strict=True)))}
    waiting = [row for row in after.values() if row["status"] == "open" and row["assignee_id"] is None]
    await request_owner(uow, [(row["id"], row["team_id"], "reopened") for row in waiting])
    await forget_request(uow, [row["id"] for row in after.values() if row["status"] != "open"])
    await _tell(uow, rows, after, lambda row: {})
    await add_activities(uow, [_status_line(after[row["id"]], agent_id) for row in rows])


def _status_line(row: Row, agent_id: UUID | None) -> Activity:
    by = text_id(agent_id)
    match row["status"]:
        case "closed":
            return Activity(row, "closed", {"by_agent_id": by}, at=row["closed_at"])
        case "snoozed":
            return Activity(row, "snoozed", {"until": time_json(row["snoozed_until"]), "by_agent_id": by})
        case _:
            return Activity(row, "reopened", {"by_agent_id": by, "reason": BY_AGENT})


async def _assign(uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json) -> Before:
    owners = [owner for row in rows if (owner := _new_owner(row, action, agent_id)) is not None]
    await _own(uow, owners, rows)
    given = {owner.conversation_id for owner in owners}
    return {
        row["id"]: {"agent_id": text_id(row["assignee_id"]), "team_id": text_id(row["team_id"])}
        for row in rows
        if row["id"] in given
    }


def _new_owner(row: Row, to: Json, by_agent_id: UUID | None) -> Ownership | None:
    """Return the owner that `to` names, each part only if it is in it; None for the one that it has."""
    agent_id = _id(to["agent_id"]) if "agent_id" in to else row["assignee_id"]
    team_id = _id(to["team_id"]) if "team_id" in to else row["team_id"]
    if (agent_id, team_id) == (row["assignee_id"], row["team_id"]):
        return None
    return Ownership(
        conversation_id=row["id"],
        agent_id=agent_id,
        team_id=team_id,
        sets_team=True,
        by_agent_id=by_agent_id,
        reason=BY_AGENT,
    )


async def _own(uow: UnitOfWork, owners: Sequence[Ownership], rows: Sequence[Row]) -> None:
    await record_owners(uow, owners)
    status = {row["id"]: row["status"] for row in rows}
    asks = {
        owner.conversation_id: owner.team_id
        for owner in owners
        if owner.agent_id is None and owner.team_id is not None and status[owner.conversation_id] == "open"
    }
    await request_owner(uow, [(conversation_id, team_id, "team") for conversation_id, team_id in asks.items()])
    await forget_request(uow, [owner.conversation_id for owner in owners if owner.conversation_id not in asks])


async def _assign_back(
    uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json, before: Mapping[UUID, Json]
) -> None:
    unchanged = [row for row in rows if _new_owner(row, action, None) is None]
    owners = [owner for row in unchanged if (owner := _new_owner(row, before[row["id"]], agent_id)) is not None]
    await _own(uow, owners, unchanged)


async def _tag(uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json) -> Before:
    ids, tags = [row["id"] for row in rows], [UUID(tag_id) for tag_id in action["tag_ids"]]
    if action["do"] == "tag":
        changed = await uow.conn.fetch(_TAG, ids, tags)
    else:
        pairs = [(id_, tag_id) for id_ in ids for tag_id in tags]
        changed = await uow.conn.fetch(_UNTAG, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return await _tell_tags(uow, agent_id, rows, changed, "tagged" if action["do"] == "tag" else "untagged")


async def _tag_back(
    uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], action: Json, before: Mapping[UUID, Json]
) -> None:
    pairs = [(row["id"], UUID(tag_id)) for row in rows for tag_id in before[row["id"]]["tag_ids"]]
    given = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    if action["do"] == "tag":
        await _tell_tags(uow, agent_id, rows, await uow.conn.fetch(_UNTAG, *given), "untagged")
        return
    added = await uow.conn.fetch(
        """INSERT INTO conversation_tag (conversation_id, tag_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])
        ON CONFLICT DO NOTHING RETURNING conversation_id, tag_id""",
        *given,
    )
    await _tell_tags(uow, agent_id, rows, added, "tagged")


async def _tell_tags(
    uow: UnitOfWork, agent_id: UUID | None, rows: Sequence[Row], changed: Sequence[Row], code: str
) -> Before:
    """Announce the tags that came or went; return them by conversation."""
    by_conversation: dict[UUID, list[UUID]] = {}
    for line in changed:
        by_conversation.setdefault(line["conversation_id"], []).append(line["tag_id"])
    touched = {row["id"]: row for row in rows if row["id"] in by_conversation}
    tags = {row["id"]: row["tags"] for row in await uow.conn.fetch(_TAGS, list(touched))}
    tag_ids = sorted({line["tag_id"] for line in changed})
    names = dict(await uow.conn.fetch("SELECT id, name FROM tag WHERE id = ANY($1::uuid[])", tag_ids))
    await _tell(uow, list(touched.values()), touched, lambda row: {"tags": tags[row["id"]]})
    lines = [
        Activity(row, code, {"tag": names[tag_id], "by_agent_id": text_id(agent_id)})
        for id_, row in touched.items()
        for tag_id in by_conversation[id_]
    ]
    await add_activities(uow, lines)
    return {id_: {"tag_ids": [str(tag_id) for tag_id in by_conversation[id_]]} for id_ in touched}


async def _tell(uow: UnitOfWork, rows: Sequence[Row], after: Mapping[UUID, Row], extra: Callable[[Row], Json]) -> None:
    events = [
        ConversationUpdated(
            conversation_id=row["id"],
            before=scope_of(row),
            after=scope_of(after[row["id"]]),
            data=conversation_patch(after[row["id"]]) | extra(row),
        )
        for row in rows
    ]
    await record_all(uow, events)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
