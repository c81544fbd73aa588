"""Activity lines: what happened to a conversation, kept in its thread as code and parameters, never as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.conversations.present import Json, Row, conversation_patch, message_json
from app.db import UnitOfWork
from app.events import MessageCreated, Scope, record_all
from app.ids import uuid7s


@dataclass(frozen=True, slots=True)
class Activity:
    """A line for a conversation, whose row is given as it is after the change. It stands at `at`, or now."""

    conversation: Row
    code: str
    params: dict[str, Any]
    at: datetime | None = None


_INSERT = """
INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, content, status, position_at)
SELECT n.id, n.conversation_id, n.account_id, 'activity', 'activity', n.content, 'received', coalesce(n.at, clock_timestamp())
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::jsonb[], $5::timestamptz[]) AS n(id, conversation_id, account_id, content, at)
RETURNING *
"""


async def add_activities(uow: UnitOfWork, activities: Sequence[Activity]) -> None:
    """Write lines and their events. They move no list: `last_message` stays."""
    if not activities:
        return
    ids = uuid7s(len(activities))
    rows = await uow.conn.fetch(
        _INSERT,
        ids,
        [activity.conversation["id"] for activity in activities],
        [activity.conversation["channel_account_id"] for activity in activities],
        [orjson.dumps({"code": activity.code, "params": activity.params}).decode() for activity in activities],
        [activity.at for activity in activities],
    )
    written = {row["id"]: row for row in rows}
    await record_all(
        uow,
        [
            MessageCreated(
                conversation_id=activity.conversation["id"],
                before=scope_of(activity.conversation),
                after=scope_of(activity.conversation),
                data=with_conversation(message_json(written[message_id]), activity.conversation),
            )
            for message_id, activity in zip(ids, activities, strict=True)
        ],
    )


def scope_of(conversation: Row) -> Scope:
    """Return what decides who may see a conversation."""
    return Scope(conversation["channel_account_id"], conversation["team_id"], conversation["assignee_id"])


def with_conversation(message: Json, conversation: Row) -> Json:
    """Return the data of a message event: the message, and the list columns of its conversation."""
    return {**message, "conversation": conversation_patch(conversation)}
