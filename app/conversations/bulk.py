"""Acts on many conversations at once, set-based, in transactions that stay short; each act can be undone for a day.

The conversations are chosen, within the actor's sight, when the act is asked for. What each was before is kept beside it, and an
undo gives it back only where nobody has changed it since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.assignment.service import assign_soon
from app.conversations.bulk_changes import apply, take_back
from app.conversations.listing import Filter, narrow
from app.conversations.owners import check_owner
from app.conversations.present import Json
from app.conversations.status import check_snooze
from app.conversations.tags import resolve_tags
from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotFound
from app.ids import uuid7
from app.people.permissions import Actor
from app.runtime import Runtime
from app.where import Where

MOST = 10_000
AT_ONCE = 200
"""Conversations that one transaction changes; as many are done before the request is answered."""
UNDO_HOURS = 24
_ACT = "INSERT INTO bulk_act (id, actor, agent_id, action) VALUES ($1, $2, $3, $4)"
_NEXT = f"""
SELECT conversation_id FROM bulk_item WHERE act_id = $1 AND state = $2 ORDER BY conversation_id LIMIT {AT_ONCE}
"""
_LOCK = "SELECT * FROM conversation WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_DONE = """
UPDATE bulk_item i SET state = n.state, before = n.before
FROM unnest($2::uuid[], $3::text[], $4::jsonb[]) AS n(conversation_id, state, before)
WHERE i.act_id = $1 AND i.conversation_id = n.conversation_id
"""
_PROGRESS = """
SELECT a.id, a.undo_asked_at, count(i.state) AS total, count(*) FILTER (WHERE i.state <> 'waiting') AS done,
    count(*) FILTER (WHERE i.state = 'changed') AS changed, count(*) FILTER (WHERE i.state = 'undone') AS undone
FROM bulk_act a LEFT JOIN bulk_item i ON i.act_id = a.id WHERE a.id = $1 AND a.actor = $2 GROUP BY a.id
"""
_HELD = "SELECT action, agent_id, undo_asked_at FROM bulk_act WHERE id = $1 FOR UPDATE"
_STUCK = """
SELECT a.id FROM bulk_act a WHERE a.created_at > now() - interval '1 day' AND greatest(a.created_at, a.undo_asked_at) < now() - interval '1 minute'
    AND EXISTS (SELECT FROM bulk_item i WHERE i.act_id = a.id AND i.state = CASE WHEN a.undo_asked_at IS NULL THEN 'waiting' ELSE 'changed' END)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which conversations: these, or all that a list shows."""

    ids: Sequence[UUID] = ()
    wanted: Filter | None = None


async def begin(uow: UnitOfWork, actor: Actor, chosen: Chosen, action: Json) -> UUID:
    """Note an act; `go_on` does it. Raises Invalid."""
    act_id = uuid7()
    await _check(uow, action)
    if tags := action.get("tags"):
        action = action | {"tag_ids": [str(tag["id"]) for tag in await resolve_tags(uow, tags)]}
    await uow.conn.execute(_ACT, act_id, actor.key, actor.agent_id, orjson.dumps(action).decode())
    await _note_items(uow.conn, actor, act_id, chosen)
    uow.enqueue("go_on_with_act", str(act_id), queue="bulk", defer_s=2.0)
    return act_id


async def _check(uow: UnitOfWork, action: Json) -> None:
    """Raises Invalid for an owner who cannot be, or a time that is past or too far."""
    if action["do"] == "assign":
        owner = {name: action.get(name) and UUID(action[name]) for name in ("agent_id", "team_id")}
        await check_owner(uow, owner["agent_id"], owner["team_id"])
    elif action["do"] == "snooze":
        check_snooze(datetime.fromisoformat(action["until"]), field="action.until")


async def _note_items(conn: asyncpg.Connection, actor: Actor, act_id: UUID, chosen: Chosen) -> None:
    where = Where(act_id)
    narrow(where, actor, replace(chosen.wanted or Filter(), q=""))
    if chosen.wanted is None:
        where.add("c.id = ANY({}::uuid[])", list(chosen.ids))
    elif chosen.wanted.q.strip():
        raise Invalid("Choose the conversations of a search one by one.", fields={"filter.q": "leave it out"})
    noted: str = await conn.execute(
        f"""INSERT INTO bulk_item (act_id, conversation_id)
        SELECT $1, c.id FROM conversation c WHERE {where.sql} ORDER BY c.id LIMIT {MOST + 1}""",
        *where.params,
    )
    if int(noted.rpartition(" ")[2]) > MOST:
        raise Invalid("Choose fewer conversations.", fields={"filter": f"at most {MOST} at once"})


async def progress(conn: asyncpg.Connection, actor: Actor, act_id: UUID) -> Json:
    """Return how far an act of the actor's is. Raises NotFound."""
    row = await conn.fetchrow(_PROGRESS, act_id, actor.key)
    if row is None:
        raise NotFound("No act has this id, or it is not yours.")
    undoing = row["undo_asked_at"] is not None
    left = row["changed"] if undoing else row["total"] - row["done"]
    return {
        "id": str(act_id),
        "state": "running" if left else "undone" if undoing else "done",
        "total": row["total"],
        "done": row["total"] - left,
        "changed": row["undone"] if undoing else row["changed"],
        "undo_token": None if undoing else str(act_id),
    }


async def undo(runtime: Runtime, actor: Actor, act_id: UUID) -> None:
    """Give back what an act changed; what is still to do of it is not done. Raises NotFound, Conflict when it was undone."""
    async with runtime.database.begin() as uow:
        asked = await uow.conn.fetchrow(
            f"""SELECT undo_asked_at FROM bulk_act WHERE id = $1 AND actor = $2
            AND created_at > now() - interval '{UNDO_HOURS} hours' FOR UPDATE""",
            act_id,
            actor.key,
        )
        if asked is None:
            raise NotFound("No act has this token, or it is too old to be undone.")
        if asked["undo_asked_at"] is not None:
            raise Conflict("This was undone before.", code="undone_before")
        await uow.conn.execute("UPDATE bulk_act SET undo_asked_at = now() WHERE id = $1", act_id)
        await uow.conn.execute("DELETE FROM bulk_item WHERE act_id = $1 AND state = 'waiting'", act_id)
    await go_on(runtime, act_id, most=1)


async def go_on(runtime: Runtime, act_id: UUID, *, most: int) -> None:
    """Do at most `most` parts of an act, or of its undoing, and wake a job for what is left. Two at once wait for each other."""
    for _ in range(most):
        async with runtime.database.begin() as uow:
            more = await _part(uow, act_id)
        assign_soon(runtime)
        if not more:
            return
    async with runtime.database.begin() as uow:
        uow.enqueue("go_on_with_act", str(act_id), queue="bulk")


async def _part(uow: UnitOfWork, act_id: UUID) -> bool:
    act = await uow.conn.fetchrow(_HELD, act_id)
    if act is None:
        return False
    undoing = act["undo_asked_at"] is not None
    ids = [row["conversation_id"] for row in await uow.conn.fetch(_NEXT, act_id, "changed" if undoing else "waiting")]
    if not ids:
        return False
    rows = await uow.conn.fetch(_LOCK, ids)
    if undoing:
        kept = await uow.conn.fetch(
            "SELECT conversation_id, before FROM bulk_item WHERE act_id = $1 AND conversation_id = ANY($2::uuid[])",
            act_id,
            ids,
        )
        await take_back(
            uow, act["agent_id"], rows, act["action"], {row["conversation_id"]: row["before"] for row in kept}
        )
        before: dict[UUID, Any] = {row["conversation_id"]: row["before"] for row in kept}
        states = ["undone"] * len(ids)
    else:
        before = await apply(uow, act["agent_id"], rows, act["action"])
        states = ["changed" if id_ in before else "as_it_was" for id_ in ids]
    await uow.conn.execute(
        _DONE, act_id, ids, states, [orjson.dumps(before[id_]).decode() if id_ in before else None for id_ in ids]
    )
    return len(ids) == AT_ONCE


async def sweep_acts(runtime: Runtime) -> None:
    """Wake the acts whose job was lost."""
    async with runtime.database.begin() as uow:
        for row in await uow.conn.fetch(_STUCK):
            uow.enqueue("go_on_with_act", str(row["id"]), queue="bulk")
