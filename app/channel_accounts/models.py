"""Connected numbers, pages and bots, the platform objects above them, and the log of what was said to the platforms."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, datetime, id_column, jsonb, key_text, ref, timestamp, written_at


class PlatformAccount(SQLModel, table=True):
    """A portfolio, WABA, app or open platform. Templates, catalogs, day limits, shared secrets and person-id scopes belong to it."""

    __tablename__ = "platform_account"
    __table_args__ = (sa.UniqueConstraint("channel", "kind", "external_id", name="platform_account_key"),)

    id: UUID = id_column()
    channel: str = key_text(default=None)
    kind: str = key_text(default=None)
    external_id: str = key_text(default=None)
    parent_id: UUID | None = ref("platform_account.id", nullable=True)
    credentials: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary, nullable=True))
    facts: dict[str, Any] = jsonb()
    created_at: datetime = written_at()


class ChannelAccount(SQLModel, table=True):
    """One connected number, page or bot. `credentials` are encrypted JSON and never leave the server. Removed, not deleted.

    `health` = {state, items: [{code, state, params}], facts: {…}, told: {…}}: what the last check found, what the platform says of
    itself, and what it told by webhook. `last_webhook_at` is written at most every half minute.
    """

    __tablename__ = "channel_account"
    __table_args__ = (
        sa.Index(
            "channel_account_key", "channel", "external_id", unique=True, postgresql_where=sa.text("state <> 'removed'")
        ),
    )

    id: UUID = id_column()
    brand_id: UUID | None = ref("brand.id", nullable=True)
    platform_account_id: UUID | None = ref("platform_account.id", nullable=True, index=True)
    channel: str = key_text(default=None)
    external_id: str = key_text(default=None)
    name: str
    state: str = key_text(default="active")
    credentials: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary, nullable=True))
    settings: dict[str, Any] = jsonb()
    health: dict[str, Any] = jsonb()
    sending_stopped_reason: str | None = key_text(nullable=True)
    checked_at: datetime | None = timestamp()
    last_webhook_at: datetime | None = timestamp()
    created_at: datetime = written_at()
    removed_at: datetime | None = timestamp()


class Exchange(SQLModel, table=True):
    """One request to a platform that did not simply succeed, and its answer, both redacted. Kept 14 days."""

    __tablename__ = "exchange"
    __table_args__ = (
        sa.Index("exchange_account_at", "channel_account_id", "at"),
        sa.Index("exchange_at", "at"),
    )

    id: UUID = id_column()
    at: datetime = written_at()
    channel_account_id: UUID = ref("channel_account.id")
    message_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    method: str = key_text(default=None)
    url: str
    status: int | None = Field(default=None)
    duration_ms: float = Field(default=0)
    error_code: str | None = key_text(nullable=True)
    external_code: str | None = key_text(nullable=True)
    request: dict[str, Any] = jsonb()
    response: dict[str, Any] = jsonb()
