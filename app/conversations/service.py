"""The public verbs about conversations. Each locks its conversation first, and only one that the actor may see."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.assignment.service import Ownership, forget_request, record_owners, request_owner
from app.conversations.activity import scope_of, with_conversation
from app.conversations.listing import priority_number
from app.conversations.locks import announce, lock, update
from app.conversations.owners import check_owner
from app.conversations.present import Json, message_json, time_json
from app.conversations.queries import messages_by_id
from app.conversations.status import BY_AGENT, close, reopen, snooze, wake_snoozed
from app.conversations.tags import tag_conversation
from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotAllowed
from app.events import MessageCreated, record
from app.ids import uuid7
from app.outbound.service import send_read_receipt
from app.people.permissions import Actor

__all__ = [
    "Change",
    "add_note",
    "assign",
    "change",
    "close",
    "mark_read",
    "reopen",
    "save_draft",
    "snooze",
    "wake_snoozed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to change; None = leave as it is. A time to snooze until implies snoozing."""

    status: str | None = None
    priority: str | None = None
    snoozed_until: datetime | None = None
    tags: Sequence[str] | None = None


async def change(uow: UnitOfWork, actor: Actor, conversation_id: UUID, wanted: Change) -> None:
    """Change status, priority, tags. Raises NotFound, Invalid."""
    row = await lock(uow, actor, conversation_id)
    if wanted.snoozed_until is not None and wanted.status in (None, "snoozed"):
        row = await snooze(uow, actor, row, wanted.snoozed_until)
    elif wanted.status == "snoozed":
        raise Invalid("Say until when.", fields={"snoozed_until": "a time from now"})
    elif wanted.snoozed_until is not None:
        raise Invalid("Snooze it, or give no time.", fields={"snoozed_until": "only with status snoozed"})
    elif wanted.status == "closed":
        row = await close(uow, actor, row)
    elif wanted.status == "open":
        row = await reopen(uow, row, by=actor, reason=BY_AGENT)
    if wanted.priority is not None and priority_number(wanted.priority) != row["priority"]:
        after = await update(uow, row["id"], priority=priority_number(wanted.priority))
        await announce(uow, row, after)
        row = after
    if wanted.tags is not None:
        await tag_conversation(uow, actor, row, wanted.tags)


async def assign(uow: UnitOfWork, actor: Actor, conversation_id: UUID, wanted: dict[str, UUID | None]) -> None:
    """Set `agent_id` and `team_id`, each only if it is in `wanted`; None = nobody. A person's word may exceed a capacity.

    A conversation that is given to a team alone asks for an owner there. Raises NotFound, Invalid.
    """
    row = await lock(uow, actor, conversation_id)
    agent_id, team_id = wanted.get("agent_id", row["assignee_id"]), wanted.get("team_id", row["team_id"])
    if agent_id == row["assignee_id"] and team_id == row["team_id"]:
        return
    await check_owner(uow, agent_id, team_id)
    owner = Ownership(
        conversation_id=conversation_id,
        agent_id=agent_id,
        team_id=team_id,
        sets_team=True,
        by_agent_id=actor.agent_id,
        reason=BY_AGENT,
    )
    await record_owners(uow, [owner])
    if agent_id is None and team_id is not None and row["status"] == "open":
        await request_owner(uow, [(conversation_id, team_id, "team")])
    else:
        await forget_request(uow, [conversation_id])


_UNREAD = """
SELECT count(*) FROM (SELECT 1 FROM message m, message seen WHERE seen.id = $2 AND seen.conversation_id = $1
    AND m.conversation_id = $1 AND m.direction = 'inbound' AND (m.position_at, m.id) > (seen.position_at, seen.id) LIMIT 1000) AS newer
"""


async def mark_read(uow: UnitOfWork, actor: Actor, conversation_id: UUID, message_id: UUID) -> int:
    """Note that all up to a message was read, for everyone; return how many are unread. The customer is told if the assignee reads.

    Raises NotFound, and Invalid for a message that is not in this conversation.
    """
    row = await lock(uow, actor, conversation_id)
    if not await uow.conn.fetchval(
        "SELECT EXISTS (SELECT 1 FROM message WHERE id = $1 AND conversation_id = $2)", message_id, conversation_id
    ):
        raise Invalid("Choose another message.", fields={"message_id": "id of a message of this conversation"})
    newer: int = await uow.conn.fetchval(_UNREAD, conversation_id, message_id)
    unread: int = min(row["unread_count"], newer)  # what someone has read stays read
    if unread != row["unread_count"]:
        await announce(uow, row, await update(uow, conversation_id, unread_count=unread))
    if actor.agent_id is not None and actor.agent_id == row["assignee_id"] and unread == 0:
        send_read_receipt(uow, conversation_id)
    return unread


async def save_draft(uow: UnitOfWork, actor: Actor, conversation_id: UUID, text: str) -> Json | None:
    """Keep what the person has typed; an empty text forgets it. Raises NotFound, NotAllowed for a program."""
    if actor.agent_id is None:
        raise NotAllowed("An API token keeps no drafts.")
    await lock(uow, actor, conversation_id)
    if not text.strip():
        await forget_draft(uow, actor, conversation_id)
        return None
    at = await uow.conn.fetchval(
        """INSERT INTO draft (conversation_id, agent_id, text) VALUES ($1, $2, $3)
        ON CONFLICT (conversation_id, agent_id) DO UPDATE SET text = excluded.text, updated_at = now() RETURNING updated_at""",
        conversation_id,
        actor.agent_id,
        text,
    )
    return {"text": text, "updated_at": time_json(at)}


async def forget_draft(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> None:
    await uow.conn.execute(
        "DELETE FROM draft WHERE conversation_id = $1 AND agent_id = $2", conversation_id, actor.agent_id
    )


_NOTE = """
INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, text, content, client_id, client_digest,
    agent_id, status, position_at)
VALUES ($1, $2, $3, 'note', 'note', $4, $5, $6, $7, $8, 'received', clock_timestamp())
ON CONFLICT (conversation_id, client_id) WHERE client_id IS NOT NULL DO NOTHING RETURNING *
"""


async def add_note(
    uow: UnitOfWork,
    actor: Actor,
    conversation_id: UUID,
    *,
    text: str,
    mentions: Sequence[UUID] = (),
    client_id: str | None = None,
) -> Json:
    """Add a line that only colleagues see; the same `client_id` and words return the first. Raises NotFound, Invalid, Conflict."""
    row = await lock(uow, actor, conversation_id)
    mentioned = sorted(set(mentions))
    await _check_mentions(uow, mentioned)
    content: dict[str, Any] = {"mentions": [str(agent_id) for agent_id in mentioned]}
    digest = hashlib.sha256(orjson.dumps(["note", text, content])).digest()
    written = await uow.conn.fetchrow(
        _NOTE,
        uuid7(),
        conversation_id,
        row["channel_account_id"],
        text,
        orjson.dumps(content).decode(),
        client_id,
        digest,
        actor.agent_id,
    )
    if written is None:
        return await _first_note(uow, conversation_id, client_id, digest)
    note = message_json(written)
    event = MessageCreated(
        conversation_id=conversation_id,
        before=scope_of(row),
        after=scope_of(row),
        data=with_conversation(note, row),
    )
    await record(uow, event)
    return note


async def _check_mentions(uow: UnitOfWork, mentioned: Sequence[UUID]) -> None:
    known = await uow.conn.fetchval("SELECT count(*) FROM agent WHERE id = ANY($1::uuid[])", mentioned)
    if known != len(mentioned):
        raise Invalid("Mention someone else.", fields={"mentions": "ids of agents that exist"})


async def _first_note(uow: UnitOfWork, conversation_id: UUID, client_id: str | None, digest: bytes) -> Json:
    row: asyncpg.Record = await uow.conn.fetchrow(
        "SELECT id, client_digest FROM message WHERE conversation_id = $1 AND client_id = $2",
        conversation_id,
        client_id,
    )
    if row["client_digest"] != digest:
        raise Conflict("This client_id was used for another message. Take a new one.", code="client_id_used")
    (note,) = await messages_by_id(uow.conn, [row["id"]])
    return note
