"""Writes who has a conversation: the row of the ownership, the conversation's column, the line in the thread, the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app.conversations.activity import Activity, add_activities
from app.conversations.present import conversation_patch, text_id
from app.db import UnitOfWork
from app.events import AssignmentChanged, Scope, record_all
from app.ids import uuid7s


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """A conversation's new owner; no agent and no team = nobody. `reason` = {code, params}.

    `team_id` is left as it was unless `sets_team`.
    """

    conversation_id: UUID
    agent_id: UUID | None
    reason: dict[str, Any]
    by_agent_id: UUID | None = None
    team_id: UUID | None = None
    sets_team: bool = False


_BEFORE = "SELECT id, channel_account_id, team_id, assignee_id FROM conversation WHERE id = ANY($1::uuid[])"
_SET = """
UPDATE conversation c SET assignee_id = n.agent_id, team_id = CASE WHEN n.sets_team THEN n.team_id ELSE c.team_id END
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bool[]) AS n(id, agent_id, team_id, sets_team)
WHERE c.id = n.id RETURNING c.*
"""
_END = "UPDATE assignment SET ended_at = now() WHERE conversation_id = ANY($1::uuid[]) AND ended_at IS NULL"
_BEGIN = """
INSERT INTO assignment (id, conversation_id, agent_id, team_id, by_agent_id, reason)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::jsonb[])
"""
_IDLE = "UPDATE agent SET last_assigned_at = now() WHERE id = ANY($1::uuid[])"
_DONE = "DELETE FROM assignment_request WHERE conversation_id = ANY($1::uuid[])"


async def record_owners(uow: UnitOfWork, owners: Sequence[Ownership]) -> None:
    """Set the owners of conversations whose rows the caller has locked."""
    if not owners:
        return
    owners = sorted(owners, key=lambda owner: owner.conversation_id)
    ids = [owner.conversation_id for owner in owners]
    before = {row["id"]: row for row in await uow.conn.fetch(_BEFORE, ids)}
    changed = await uow.conn.fetch(
        _SET,
        ids,
        [owner.agent_id for owner in owners],
        [owner.team_id for owner in owners],
        [owner.sets_team for owner in owners],
    )
    after = {row["id"]: row for row in changed}
    await uow.conn.execute(_END, ids)
    await uow.conn.execute(
        _BEGIN,
        uuid7s(len(owners)),
        ids,
        [owner.agent_id for owner in owners],
        [after[owner.conversation_id]["team_id"] for owner in owners],
        [owner.by_agent_id for owner in owners],
        [orjson.dumps(owner.reason).decode() for owner in owners],
    )
    await uow.conn.execute(_IDLE, sorted({owner.agent_id for owner in owners if owner.agent_id}))
    await uow.conn.execute(_DONE, ids)
    events = []
    for owner in owners:
        was, now = before[owner.conversation_id], after[owner.conversation_id]
        events.append(
            AssignmentChanged(
                conversation_id=owner.conversation_id,
                before=Scope(was["channel_account_id"], was["team_id"], was["assignee_id"]),
                after=Scope(now["channel_account_id"], now["team_id"], now["assignee_id"]),
                data={
                    "assignment": {
                        "agent_id": text_id(owner.agent_id),
                        "team_id": text_id(now["team_id"]),
                        "by_agent_id": text_id(owner.by_agent_id),
                        "reason": owner.reason,
                    },
                    "conversation": conversation_patch(now),
                },
            )
        )
    await record_all(uow, events)
    await add_activities(uow, [_line(owner, after[owner.conversation_id]) for owner in owners])


def _line(owner: Ownership, conversation: Any) -> Activity:
    by = text_id(owner.by_agent_id)
    if owner.agent_id is None:
        return Activity(conversation, "unassigned", {"by_agent_id": by, "team_id": text_id(conversation["team_id"])})
    params = {"agent_id": text_id(owner.agent_id), "by_agent_id": by, "reason": owner.reason}
    return Activity(conversation, "assigned", params)
