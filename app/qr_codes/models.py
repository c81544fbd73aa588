"""Codes that platforms made for us."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, datetime, id_column, key_text, ref, timestamp, written_at


class QrCode(SQLModel, table=True):
    """A code of an account. `scene` comes back with everybody who scans it; `name` is what people here call it."""

    __tablename__ = "qr_code"
    __table_args__ = (sa.Index("qr_code_scene", "channel_account_id", "scene", unique=True),)

    id: UUID = id_column()
    channel_account_id: UUID = ref("channel_account.id")
    scene: str = key_text(default=None)
    name: str = Field(default="")
    url: str = Field(default="")
    image_url: str = Field(default="")
    created_by_id: UUID | None = ref("agent.id", nullable=True)
    created_at: datetime = written_at()
    expires_at: datetime | None = timestamp()
