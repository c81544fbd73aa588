"""What a hosted channel keeps of its visitors beside their messages: sessions, and the codes by which they go on elsewhere."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, datetime, id_column, jsonb, key_text, ref, timestamp, written_at


class VisitorSession(SQLModel, table=True):
    """One browser's session. Its token is random and kept as a digest only.

    `visitor` is the browser's own random name; `user_id` whom the shop proved it to be, or "". `facts` {name, email, phone} and
    which of them are `proven`; `facts_told` once the contact has them. `page` {url, title, product} is what is looked at, since `page_at`.
    """

    __tablename__ = "visitor_session"
    __table_args__ = (
        sa.Index("visitor_session_visitor", "channel_account_id", "visitor"),
        sa.Index("visitor_session_user", "channel_account_id", "user_id", postgresql_where=sa.text("user_id <> ''")),
    )

    id: UUID = id_column()
    channel_account_id: UUID = ref("channel_account.id")
    token_digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False, unique=True))
    visitor: str = key_text(default=None)
    user_id: str = key_text()
    language: str = key_text()
    facts: dict[str, Any] = jsonb()
    proven: list[str] = jsonb(default="[]")
    facts_told: bool = Field(default=True)
    page: dict[str, Any] | None = jsonb(nullable=True)
    page_at: datetime | None = timestamp()
    seen_at: datetime = written_at()
    ended_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class HandOverCode(SQLModel, table=True):
    """A signed code given to a visitor. Whoever writes its words on another channel is the same person.

    `code` is the part by which it is found; the other part, its signature, is not kept. `claimed_by_id` is the identity that wrote
    it, `settled_at` when the two were joined or turned out to be one.
    """

    __tablename__ = "hand_over_code"
    __table_args__ = (
        sa.Index(
            "hand_over_code_open",
            "claimed_at",
            postgresql_where=sa.text("claimed_at IS NOT NULL AND settled_at IS NULL"),
        ),
    )

    code: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    session_id: UUID = ref("visitor_session.id", ondelete="CASCADE")
    expires_at: datetime = timestamp(nullable=False)
    claimed_by_id: UUID | None = ref("identity.id", nullable=True)
    claimed_at: datetime | None = timestamp()
    settled_at: datetime | None = timestamp()
    created_at: datetime = written_at()
