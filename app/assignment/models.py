"""Who has a conversation, since when, and why; and the conversations that wait for an owner."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.columns import UUID, datetime, id_column, jsonb, key_text, ref, timestamp, written_at


class Assignment(SQLModel, table=True):
    """One ownership of a conversation, kept for ever. `reason` = {code, params}."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.Index("assignment_conversation", "conversation_id", "assigned_at"),
        sa.Index("assignment_current", "conversation_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
    )

    id: UUID = id_column()
    conversation_id: UUID = ref("conversation.id")
    agent_id: UUID | None = ref("agent.id", nullable=True)
    team_id: UUID | None = ref("team.id", nullable=True)
    by_agent_id: UUID | None = ref("agent.id", nullable=True)
    reason: dict[str, Any] = jsonb()
    assigned_at: datetime = written_at()
    ended_at: datetime | None = timestamp()


class AssignmentRequest(SQLModel, table=True):
    """A conversation that needs an owner. Written with what made it need one, emptied right after the commit."""

    __tablename__ = "assignment_request"
    __table_args__ = (sa.Index("assignment_request_queue", "team_id", "requested_at"),)

    conversation_id: UUID = ref("conversation.id", primary_key=True, ondelete="CASCADE")
    team_id: UUID | None = ref("team.id", nullable=True)
    code: str = key_text(default="new")
    requested_at: datetime = written_at()
