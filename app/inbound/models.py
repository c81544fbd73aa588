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


class PassiveAnswer(SQLModel, table=True):
    """An automatic answer that went back in the response to a delivery: a repeat of it gets the same bytes.

    `answered` is the platform's id of the message or event that was answered.
    """

    __tablename__ = "passive_answer"
    __table_args__ = (sa.Index("passive_answer_at", "created_at"),)

    channel_account_id: UUID = ref("channel_account.id", primary_key=True)
    answered: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    body: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    content_type: str
    created_at: datetime = written_at()


class Pull(SQLModel, table=True):
    """How far the events of an account are fetched whose deliveries only announce.

    `announced` counts announcements, `fetched` is the count up to which was fetched. `token` is that of the newest, told at
    `told_at`. Who holds the lease alone fetches; a lease that ends in the future without a holder is a pause.
    """

    __tablename__ = "pull"

    channel_account_id: UUID = ref("channel_account.id", primary_key=True)
    cursor: str = Field(default="", sa_column=sa.Column(sa.Text, nullable=False, server_default=""))
    token: str = Field(default="", sa_column=sa.Column(sa.Text, nullable=False, server_default=""))
    told_at: datetime | None = timestamp()
    announced: int = Field(default=0, sa_column=sa.Column(sa.BigInteger, nullable=False, server_default="0"))
    fetched: int = Field(default=0, sa_column=sa.Column(sa.BigInteger, nullable=False, server_default="0"))
    fetched_at: datetime | None = timestamp()
    leased_until: datetime | None = timestamp()
