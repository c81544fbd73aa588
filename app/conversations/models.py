"""The thread of one identity on one channel account: conversation, message, changes to messages, reply windows, drafts."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, datetime, id_column, jsonb, key_text, ref, timestamp, written_at

CONVERSATION_STATUSES = ("open", "snoozed", "closed")
STATUS_RANK = {
    "scheduled": 0,
    "queued": 0,
    "sending": 1,
    "unknown": 2,
    "sent": 3,
    "failed": 4,
    "delivered": 5,
    "read": 6,
}
"""The highest rank wins, whatever the order of arrival; `cancelled` is reached only from scheduled or queued."""


class Conversation(SQLModel, table=True):
    """The one lasting thread of an identity. Its hot columns serve the lists; they are written with the message that changes them.

    `listed` is false until the customer writes, for threads that a campaign opened.
    `last_message` {id, direction, kind, text (≤ 200), status, agent_id, created_at} is what the list shows.
    `held_by`: the app that has the thread at the platform ("other" where nobody names it), None = we may write.
    `question` {message_id, kind, choices: [{id, title}], until}: numbered choices that wait for the customer's number.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        sa.UniqueConstraint("identity_id", name="conversation_identity"),
        sa.Index("conversation_status_last", "status", "last_message_at", "id", postgresql_where=sa.text("listed")),
        sa.Index(
            "conversation_assignee",
            "assignee_id",
            "status",
            "last_message_at",
            "id",
            postgresql_where=sa.text("listed"),
        ),
        sa.Index(
            "conversation_waiting",
            "waiting_since",
            "id",
            postgresql_where=sa.text("listed AND status = 'open' AND waiting_since IS NOT NULL"),
        ),
        sa.Index("conversation_contact", "contact_id"),
        sa.Index(
            "conversation_account",
            "channel_account_id",
            "status",
            "last_message_at",
            "id",
            postgresql_where=sa.text("listed"),
        ),
        sa.Index(
            "conversation_team",
            "team_id",
            "status",
            "last_message_at",
            "id",
            postgresql_where=sa.text("listed AND team_id IS NOT NULL"),
        ),
        sa.Index(
            "conversation_unread",
            "status",
            "last_message_at",
            "id",
            postgresql_where=sa.text("listed AND unread_count > 0"),
        ),
        sa.Index(
            "conversation_priority",
            "priority",
            "status",
            "last_message_at",
            "id",
            postgresql_where=sa.text("listed AND priority <> 0"),
        ),
        sa.Index("conversation_snoozed", "snoozed_until", postgresql_where=sa.text("status = 'snoozed'")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: UUID = id_column()
    channel_account_id: UUID = ref("channel_account.id")
    identity_id: UUID = ref("identity.id")
    contact_id: UUID = ref("contact.id")
    status: str = key_text(default="open")
    listed: bool = Field(default=True)
    assignee_id: UUID | None = ref("agent.id", nullable=True)
    team_id: UUID | None = ref("team.id", nullable=True)
    priority: int = Field(default=0, sa_column=sa.Column(sa.SmallInteger, nullable=False, server_default="0"))
    snoozed_until: datetime | None = timestamp()
    unread_count: int = Field(default=0, sa_column=sa.Column(sa.Integer, nullable=False, server_default="0"))
    last_message: dict[str, Any] | None = jsonb(nullable=True)
    last_message_at: datetime = timestamp(nullable=False)
    last_inbound_at: datetime | None = timestamp()
    last_inbound_external_id: str | None = key_text(nullable=True)
    read_receipt_external_id: str | None = key_text(nullable=True)
    waiting_since: datetime | None = timestamp()
    reply_window_ends_at: datetime | None = timestamp()
    delivered_until: datetime | None = timestamp()
    read_until: datetime | None = timestamp()
    merged_into_id: UUID | None = ref("conversation.id", nullable=True)
    held_by: str | None = key_text(nullable=True)
    question: dict[str, Any] | None = jsonb(nullable=True)
    closed_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class ConversationTag(SQLModel, table=True):
    __tablename__ = "conversation_tag"
    __table_args__ = (sa.Index("conversation_tag_tag", "tag_id", "conversation_id"),)

    conversation_id: UUID = ref("conversation.id", primary_key=True, ondelete="CASCADE")
    tag_id: UUID = ref("tag.id", primary_key=True, ondelete="CASCADE")
    created_at: datetime = written_at()


class ReplyGrant(SQLModel, table=True):
    """A right to write to the customer, by kind, until `ends_at`; `quota_left` None = no count."""

    __tablename__ = "reply_grant"

    conversation_id: UUID = ref("conversation.id", primary_key=True, ondelete="CASCADE")
    kind: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    opened_at: datetime = timestamp(nullable=False)
    ends_at: datetime = timestamp(nullable=False)
    quota_left: int | None = Field(default=None)


class Message(SQLModel, table=True):
    """One line of a thread: one platform message, a note, or an activity. One row = one external id = one status.

    Thread order is (position_at, id). `sent_at` is the platform's time, `created_at` ours. Activities hold codes and
    parameters in `content`, never sentences. `error` = {code, external_code, external_text, params}.
    `reactions` = [{emoji, by: contact|us, agent_id, at}] and `edited_at`, `deleted_at` cache message_change.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.Index(
            "message_external",
            "channel_account_id",
            "external_id",
            unique=True,
            postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
        sa.Index(
            "message_client",
            "conversation_id",
            "client_id",
            unique=True,
            postgresql_where=sa.text("client_id IS NOT NULL"),
        ),
        sa.Index("message_thread", "conversation_id", "position_at", "id"),
        sa.Index(
            "message_outbox",
            "conversation_id",
            "position_at",
            "id",
            postgresql_where=sa.text("status IN ('queued', 'sending')"),
        ),
        sa.Index("message_scheduled", "not_before", postgresql_where=sa.text("status = 'scheduled'")),
        sa.Index("message_campaign", "campaign_id", postgresql_where=sa.text("campaign_id IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: UUID = id_column()
    conversation_id: UUID = ref("conversation.id")
    channel_account_id: UUID = Field(
        sa_type=sa.Uuid
    )  # unchecked: accounts are never deleted, and it saves 8 µs a message
    direction: str = key_text(default=None)
    kind: str = key_text(default=None)
    text: str = Field(default="", sa_column=sa.Column(sa.Text, nullable=False, server_default=""))
    content: dict[str, Any] = jsonb()
    external_id: str | None = key_text(nullable=True)
    client_id: str | None = key_text(nullable=True)
    client_digest: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary, nullable=True))
    reply_to_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    reply_to_external_id: str | None = key_text(nullable=True)
    group_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    resent_as_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    agent_id: UUID | None = ref("agent.id", nullable=True)
    campaign_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    status: str = key_text(default="received")
    attempts: int = Field(default=0, sa_column=sa.Column(sa.SmallInteger, nullable=False, server_default="0"))
    not_before: datetime | None = timestamp()
    back_off_since: datetime | None = timestamp()
    claimed_at: datetime | None = timestamp()
    error: dict[str, Any] | None = jsonb(nullable=True)
    pricing: dict[str, Any] | None = jsonb(nullable=True)
    reactions: list[dict[str, Any]] = jsonb(default="[]")
    arrived_late: bool = Field(default=False)
    position_at: datetime = timestamp(nullable=False)
    sent_at: datetime | None = timestamp()
    delivered_at: datetime | None = timestamp()
    read_at: datetime | None = timestamp()
    played_at: datetime | None = timestamp()
    failed_at: datetime | None = timestamp()
    edited_at: datetime | None = timestamp()
    deleted_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class MessageChange(SQLModel, table=True):
    """A reaction, edit or deletion of a message, kept in full. `message_id` is None while its target is not known yet."""

    __tablename__ = "message_change"
    __table_args__ = (
        sa.Index(
            "message_change_external",
            "channel_account_id",
            "external_id",
            unique=True,
            postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
        sa.Index("message_change_message", "message_id"),
        sa.Index(
            "message_change_orphan",
            "channel_account_id",
            "target_external_id",
            postgresql_where=sa.text("message_id IS NULL"),
        ),
    )

    id: UUID = id_column()
    message_id: UUID | None = ref("message.id", nullable=True)
    channel_account_id: UUID = ref("channel_account.id")
    target_external_id: str | None = key_text(nullable=True)
    kind: str = key_text(default=None)
    by: str = key_text(default="contact")
    agent_id: UUID | None = ref("agent.id", nullable=True)
    outbox_message_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    emoji: str | None = Field(default=None)
    before: dict[str, Any] | None = jsonb(nullable=True)
    after: dict[str, Any] | None = jsonb(nullable=True)
    external_id: str | None = key_text(nullable=True)
    occurred_at: datetime = timestamp(nullable=False)
    created_at: datetime = written_at()


class PendingStatus(SQLModel, table=True):
    """A status whose message is not known yet (it may come before the answer to the send). Kept 7 days."""

    __tablename__ = "pending_status"
    __table_args__ = (sa.Index("pending_status_created", "created_at"),)

    channel_account_id: UUID = ref("channel_account.id", primary_key=True)
    external_id: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    status: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    occurred_at: datetime = timestamp(nullable=False)
    error: dict[str, Any] | None = jsonb(nullable=True)
    pricing: dict[str, Any] | None = jsonb(nullable=True)
    created_at: datetime = written_at()


class Attachment(SQLModel, table=True):
    __tablename__ = "attachment"
    __table_args__ = (sa.Index("attachment_media", "media_id"),)

    message_id: UUID = ref("message.id", primary_key=True)
    position: int = Field(sa_column=sa.Column(sa.SmallInteger, primary_key=True))
    media_id: UUID = ref("media.id")
    voice: bool = Field(default=False)
    animated: bool = Field(default=False)


class Draft(SQLModel, table=True):
    """What an agent has typed and not sent, per conversation, across devices."""

    __tablename__ = "draft"

    conversation_id: UUID = ref("conversation.id", primary_key=True, ondelete="CASCADE")
    agent_id: UUID = ref("agent.id", primary_key=True, ondelete="CASCADE")
    text: str = Field(sa_column=sa.Column(sa.Text, nullable=False))
    updated_at: datetime = written_at()


class BulkAct(SQLModel, table=True):
    """What somebody asked to be done to many conversations. `action` = {do, …} as the API takes it. Kept a day, for its undoing."""

    __tablename__ = "bulk_act"

    id: UUID = id_column()
    actor: str = key_text(default=None)
    agent_id: UUID | None = ref("agent.id", nullable=True)
    action: dict[str, Any] = jsonb()
    undo_asked_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class BulkItem(SQLModel, table=True):
    """One conversation of a bulk act. state: waiting | changed | as_it_was | undone. `before`: what it was, as far as it changed."""

    __tablename__ = "bulk_item"
    __table_args__ = (sa.Index("bulk_item_state", "act_id", "state", "conversation_id"),)

    act_id: UUID = ref("bulk_act.id", primary_key=True, ondelete="CASCADE")
    conversation_id: UUID = ref("conversation.id", primary_key=True, ondelete="CASCADE")
    state: str = key_text(default="waiting")
    before: dict[str, Any] | None = jsonb(nullable=True)


class MessageSearch(SQLModel, table=True):
    """What search looks through: words of 3 and more Latin letters, Han by 2-grams. Filled off the hot path.

    Partitioned by the month that the message came to us in, which its id tells: an index of one month stays small.
    """

    __tablename__ = "message_search"
    __table_args__ = (
        sa.Index("message_search_words", "words", postgresql_using="gin"),
        sa.Index("message_search_grams", "grams", postgresql_using="gin"),
        {"postgresql_partition_by": "RANGE (month)"},
    )

    message_id: UUID = ref("message.id", primary_key=True)
    month: date = Field(sa_column=sa.Column(sa.Date, primary_key=True))
    conversation_id: UUID = Field(sa_type=sa.Uuid)
    words: Any = Field(sa_column=sa.Column(sa.dialects.postgresql.TSVECTOR, nullable=False))
    grams: list[str] = Field(sa_column=sa.Column(sa.dialects.postgresql.ARRAY(sa.Text(collation="C")), nullable=False))


class SearchCursor(SQLModel, table=True):
    """How far the search index has followed the events. One row."""

    __tablename__ = "search_cursor"

    id: int = Field(default=1, primary_key=True)
    event_id: int = Field(default=0, sa_column=sa.Column(sa.BigInteger, nullable=False))
