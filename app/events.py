"""Live events: what changed, written in the transaction that changes it.

A reader that has seen event S misses nothing when it asks for `id > S or xid >= horizon(S)`: every row with a greater id was
written by a transaction that was still running, or not begun, when S was, so a late commit is found by its transaction id.
Texts are code + parameters, never sentences, so that one string serves every reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import KeyText, Timestamp, datetime
from app.db import UnitOfWork

EventType = Literal[
    "message.created",
    "message.updated",
    "conversation.created",
    "conversation.updated",
    "conversation.removed",
    "assignment.changed",
    "contact.updated",
    "campaign.updated",
    "order.updated",
    "payment.updated",
    "agent.presence",
    "template.updated",
]


class _Xid8(sa.types.UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class EventRow(SQLModel, table=True):
    """One live event with the scope of its conversation before and after. Kept 7 days, partitioned by day."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index("event_id", "id"),
        sa.Index("event_xid", "xid"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: datetime = Field(sa_column=sa.Column(Timestamp, primary_key=True, server_default=sa.func.now()))
    id: int = Field(
        sa_column=sa.Column(
            sa.BigInteger,
            sa.Sequence("event_id_seq"),
            primary_key=True,
            server_default=sa.text("nextval('event_id_seq')"),
        )
    )
    xid: int = Field(sa_column=sa.Column(_Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()")))
    horizon: int = Field(
        sa_column=sa.Column(_Xid8, nullable=False, server_default=sa.text("pg_snapshot_xmin(pg_current_snapshot())"))
    )
    type: str = Field(sa_column=sa.Column(KeyText, nullable=False))
    conversation_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    channel_account_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    existed: bool = Field(default=True)
    team_before_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    assignee_before_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    team_after_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    assignee_after_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    data: str = Field(sa_column=sa.Column(sa.JSON, nullable=False))


class Scope(NamedTuple):
    """Who may see a conversation: decided by its account, team and assignee."""

    channel_account_id: UUID
    team_id: UUID | None = None
    assignee_id: UUID | None = None


@dataclass(slots=True, kw_only=True)
class Event:
    """A change. `before` None with a conversation = it did not exist; both scopes None = for all staff."""

    type: ClassVar[EventType]
    data: dict[str, Any]
    conversation_id: UUID | None = None
    before: Scope | None = None
    after: Scope | None = None


class MessageCreated(Event):
    """data = the message, and `conversation` {id, + changed list columns}."""

    type = "message.created"


class MessageUpdated(Event):
    """data = the message, and `conversation` {id, + changed list columns}."""

    type = "message.updated"


class ConversationCreated(Event):
    """data = the whole conversation."""

    type = "conversation.created"


class ConversationUpdated(Event):
    """data = {id, + changed fields}."""

    type = "conversation.updated"


class AssignmentChanged(Event):
    """data = {assignment: {agent_id, team_id, by_agent_id, reason}, conversation: {id, + changed fields}}."""

    type = "assignment.changed"


class ContactUpdated(Event):
    """data = the contact; one event for each of its conversations, so that rights are those of the conversation."""

    type = "contact.updated"


class TemplateUpdated(Event):
    """data = the template with all its languages, as the API shows it; `archived_at` is set when it is gone."""

    type = "template.updated"


class AgentPresence(Event):
    """data = {id, state, online}."""

    type = "agent.presence"


COLUMNS = {
    "type": "text",
    "conversation_id": "uuid",
    "channel_account_id": "uuid",
    "existed": "bool",
    "team_before_id": "uuid",
    "assignee_before_id": "uuid",
    "team_after_id": "uuid",
    "assignee_after_id": "uuid",
    "data": "json",
}
"""What `row_of` fills; the other columns have defaults."""

MARK = "mark"
"""Type of a row that tells nothing: it is there so that a position in the stream has a row at or before it."""
_MARK = f"INSERT INTO event (type, data) SELECT '{MARK}', '{{}}' WHERE NOT EXISTS (SELECT FROM event WHERE at > $1)"
_NAMES = ", ".join(COLUMNS)
_RECORD = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
_INSERT = f"INSERT INTO event ({_NAMES}) SELECT {_NAMES} FROM json_to_recordset($1::json) AS r({_RECORD})"


async def record(uow: UnitOfWork, *events: Event) -> None:
    """Write `events`, in their order, with one statement, and wake the live readers after the commit.

    Call it after the conversations' rows are locked: events of one conversation then have ids in the order of their commits.
    """
    await record_all(uow, events)


async def record_all(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """As `record`, for many."""
    if events:
        await uow.conn.execute(_INSERT, orjson.dumps([row_of(event) for event in events], default=plain_id).decode())
        uow.released.events = True


async def mark(conn: asyncpg.Connection, *, since: datetime) -> None:
    """Write a mark unless something was written after `since`: an id that is given out now can then be resumed from."""
    await conn.execute(_MARK, since)


def plain_id(value: object) -> str:
    """For orjson: ids that the driver made are of its own subclass of UUID."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


def row_of(event: Event) -> dict[str, Any]:
    """Return an event's row. Who writes it in a statement of their own sets `uow.released.events`."""
    before, after = event.before, event.after
    scope = after or before
    return {
        "type": event.type,
        "conversation_id": event.conversation_id,
        "channel_account_id": scope.channel_account_id if scope else None,
        "existed": before is not None,
        "team_before_id": before.team_id if before else None,
        "assignee_before_id": before.assignee_id if before else None,
        "team_after_id": after.team_id if after else None,
        "assignee_after_id": after.assignee_id if after else None,
        "data": event.data,
    }
