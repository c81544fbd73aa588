"""What platforms delivered: raw deliveries by day, and events that are kept though no message came of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, Timestamp, datetime, id_column, jsonb, key_text, ref, timestamp, written_at
from app.ids import uuid7


class DeliveryRow(SQLModel, table=True):
    """One verified webhook request, its body encrypted. state: received | ingested | failed | replayed. Partitioned by day."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.Index("delivery_failed", "received_at", postgresql_where=sa.text("state = 'failed'")),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )

    id: UUID = Field(default_factory=uuid7, sa_type=sa.Uuid, primary_key=True)
    received_at: datetime = Field(sa_column=sa.Column(Timestamp, primary_key=True))
    channel_account_id: UUID = Field(sa_type=sa.Uuid)
    digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    headers: dict[str, str] = jsonb()
    query: str = Field(default="")
    body: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    state: str = key_text(default="ingested")
    error: str | None = Field(default=None)


class PlatformEvent(SQLModel, table=True):
    """An event without a message: template, quality, account, preference, unknown. `event_key` tells a repeat."""

    __tablename__ = "platform_event"
    __table_args__ = (
        sa.UniqueConstraint("channel_account_id", "event_key", name="platform_event_key"),
        sa.Index("platform_event_kind", "kind", "occurred_at"),
    )

    id: UUID = id_column()
    channel_account_id: UUID = ref("channel_account.id")
    event_key: str = key_text(default=None)
    kind: str = key_text(default=None)
    field: str = key_text()
    severity: str = key_text(default="info")
    data: dict[str, Any] = jsonb()
    occurred_at: datetime = timestamp(nullable=False)
    created_at: datetime = written_at()
