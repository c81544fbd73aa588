"""Files: what customers sent (fetched later) and what agents uploaded."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, datetime, id_column, jsonb, key_text, ref, timestamp, written_at


class Media(SQLModel, table=True):
    """One file. state: pending (to be fetched) | ready | failed. `source` is where the platform keeps it, encrypted where it holds an address.

    `looked_at`: when its thumbnail was made, or none was to be made. `made_from_id`: it is another file, made into what `made_for`
    says, for a channel that does not take the other one.
    `platform_ids` = {channel account id: {id, expires_at}}: the file's id at a platform it was uploaded to.
    """

    __tablename__ = "media"
    __table_args__ = (
        sa.Index("media_pending", "next_try_at", postgresql_where=sa.text("state = 'pending'")),
        sa.Index("media_storage_key", "storage_key"),
        sa.Index("media_thumb_key", "thumb_key", postgresql_where=sa.text("thumb_key IS NOT NULL")),
        sa.Index(
            "media_unseen",
            "created_at",
            postgresql_where=sa.text("state = 'ready' AND looked_at IS NULL AND mime LIKE 'image/%'"),
        ),
        sa.Index(
            "media_made",
            "made_from_id",
            "made_for",
            unique=True,
            postgresql_where=sa.text("made_from_id IS NOT NULL"),
        ),
        sa.Index("media_uploaded", "created_at", postgresql_where=sa.text("channel_account_id IS NULL")),
    )

    id: UUID = id_column()
    state: str = key_text(default="pending")
    mime: str = key_text()
    filename: str = Field(default="")
    size_bytes: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, nullable=True))
    sha256: str | None = key_text(nullable=True)
    storage_key: str | None = key_text(nullable=True)
    thumb_key: str | None = key_text(nullable=True)
    width: int | None = Field(default=None)
    height: int | None = Field(default=None)
    looked_at: datetime | None = timestamp()
    made_from_id: UUID | None = ref("media.id", nullable=True, ondelete="SET NULL")
    made_for: str = key_text()
    channel_account_id: UUID | None = ref("channel_account.id", nullable=True)
    source: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary, nullable=True))
    attempts: int = Field(default=0, sa_column=sa.Column(sa.SmallInteger, nullable=False, server_default="0"))
    next_try_at: datetime | None = timestamp()
    error: dict[str, Any] | None = jsonb(nullable=True)
    platform_ids: dict[str, Any] = jsonb()
    uploaded_by_id: UUID | None = ref("agent.id", nullable=True)
    uploaded_by_token_id: UUID | None = ref("api_token.id", nullable=True)
    created_at: datetime = written_at()
