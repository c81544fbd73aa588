"""The people who write: contacts, their identities on channel accounts, the keys platforms know them by, tags, consent."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, KeyText, datetime, id_column, jsonb, key_text, ref, timestamp, written_at


class Contact(SQLModel, table=True):
    """A person. `folded_name` (lower case, no accents) is for sorting and search; `phone` is E.164 with +.

    `source` is where the person first came from, as the platform told it: {source_type, source_id, …}, as a message's referral.
    """

    __tablename__ = "contact"
    __table_args__ = (
        sa.Index("contact_folded_name", "folded_name", "id"),
        sa.Index("contact_phone", "phone", postgresql_where=sa.text("phone IS NOT NULL")),
        sa.Index("contact_email", "email", postgresql_where=sa.text("email IS NOT NULL")),
        sa.Index("contact_grams", sa.text("bigrams(folded_name)"), postgresql_using="gin"),
        sa.Index("contact_phone_grams", sa.text("bigrams(phone)"), postgresql_using="gin"),
        sa.Index("contact_merged", "merged_into_id", postgresql_where=sa.text("merged_into_id IS NOT NULL")),
        sa.Index("contact_avatar", "avatar_media_id", postgresql_where=sa.text("avatar_media_id IS NOT NULL")),
    )

    id: UUID = id_column()
    name: str = Field(default="")
    folded_name: str = key_text()
    named_by: str = key_text(default="platform")
    phone: str | None = key_text(nullable=True)
    email: str | None = key_text(nullable=True)
    language: str | None = key_text(nullable=True)
    birthday: date | None = Field(default=None)
    gender: str | None = key_text(nullable=True)
    time_zone: str | None = key_text(nullable=True)
    country: str | None = key_text(nullable=True)
    attributes: dict[str, Any] = jsonb()
    source: dict[str, Any] = jsonb()
    avatar_media_id: UUID | None = Field(default=None, sa_type=sa.Uuid)
    blocked_at: datetime | None = timestamp()
    merged_into_id: UUID | None = ref("contact.id", nullable=True)
    archived_at: datetime | None = timestamp()
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class Identity(SQLModel, table=True):
    """One person's id on one channel account. `external_id` is the key to show; all keys are in identity_key."""

    __tablename__ = "identity"

    id: UUID = id_column()
    channel_account_id: UUID = ref("channel_account.id", index=True)
    contact_id: UUID = ref("contact.id", index=True)
    external_id: str = key_text(default=None)
    name: str = Field(default="")
    username: str = key_text()
    merged_into_id: UUID | None = ref("identity.id", nullable=True)
    unreachable_reason: str | None = key_text(nullable=True)
    reachability_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class IdentityKey(SQLModel, table=True):
    """One name a platform knows an identity by (rules: an older key is kept when a new one comes).

    `scope` is "world", or the id of the platform account or channel account in which the value is unique.
    """

    __tablename__ = "identity_key"
    __table_args__ = (sa.Index("identity_key_identity", "identity_id"),)

    channel_account_id: UUID = Field(sa_type=sa.Uuid, primary_key=True)  # its identity's, which is a checked reference
    scope: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    kind: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    value: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    identity_id: UUID = ref("identity.id")
    created_at: datetime = written_at()


class ContactKey(SQLModel, table=True):
    """The person behind a key that is more than one account's own: equal verified keys are one contact, whoever writes first.

    Its primary key is what makes two processes that meet the same person on two accounts agree. Follow contact.merged_into_id.
    """

    __tablename__ = "contact_key"
    __table_args__ = (sa.Index("contact_key_contact", "contact_id"),)

    scope: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    kind: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    value: str = Field(sa_column=sa.Column(sa.Text(collation="C"), primary_key=True))
    contact_id: UUID = ref("contact.id")
    created_at: datetime = written_at()


class Tag(SQLModel, table=True):
    """A label for contacts and conversations. `hue` is 1–8."""

    __tablename__ = "tag"
    __table_args__ = (
        sa.Index("tag_name", "folded_name", unique=True, postgresql_where=sa.text("archived_at IS NULL")),
        sa.CheckConstraint("hue BETWEEN 1 AND 8", name="tag_hue"),
    )

    id: UUID = id_column()
    name: str
    folded_name: str = key_text(default=None)
    hue: int = Field(default=8)
    archived_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class ContactTag(SQLModel, table=True):
    __tablename__ = "contact_tag"
    __table_args__ = (sa.Index("contact_tag_tag", "tag_id", "contact_id"),)

    contact_id: UUID = ref("contact.id", primary_key=True, ondelete="CASCADE")
    tag_id: UUID = ref("tag.id", primary_key=True, ondelete="CASCADE")
    created_at: datetime = written_at()


class Consent(SQLModel, table=True):
    """A line of the consent ledger: purpose on a channel, granted or withdrawn, by what proof. The newest line counts."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.Index("consent_contact", "contact_id", "purpose", "channel", "occurred_at"),
        sa.Index("consent_event_key", "event_key", unique=True, postgresql_where=sa.text("event_key IS NOT NULL")),
    )

    id: UUID = id_column()
    contact_id: UUID = ref("contact.id")
    identity_id: UUID | None = ref("identity.id", nullable=True)
    purpose: str = key_text(default=None)
    channel: str = key_text()
    granted: bool
    source: str = key_text(default=None)
    wording: str = Field(default="")
    proof: dict[str, Any] = jsonb()
    event_key: str | None = key_text(nullable=True)
    occurred_at: datetime = timestamp(nullable=False)
    created_at: datetime = written_at()


class ContactMerge(SQLModel, table=True):
    """One contact became part of another, and how to take that back: `image` is what was before (see fields.Step).

    Among merges in force every contact goes into at most one other. `moved` lists what changed hands: identities, consent
    lines, and contacts that had been merged into the one that went.
    """

    __tablename__ = "contact_merge"
    __table_args__ = (
        sa.Index("contact_merge_stays", "stays_id", "merged_at"),
        sa.Index("contact_merge_goes", "goes_id", unique=True, postgresql_where=sa.text("undone_at IS NULL")),
    )

    id: UUID = id_column()
    stays_id: UUID = ref("contact.id")
    goes_id: UUID = ref("contact.id")
    reason: str = key_text(default=None)
    evidence: dict[str, Any] = jsonb()
    by_agent_id: UUID | None = ref("agent.id", nullable=True)
    image: dict[str, Any] = jsonb()
    moved: dict[str, Any] = jsonb()
    merged_at: datetime = written_at()
    undone_at: datetime | None = timestamp()
    undone_by_agent_id: UUID | None = ref("agent.id", nullable=True)


class ContactSuggestion(SQLModel, table=True):
    """Two contacts that may be one person, and why: evidence codes with the value that they share.

    One row for a pair, the lesser id first. A dismissed pair stays, so that it is never suggested or joined again.
    """

    __tablename__ = "contact_suggestion"
    __table_args__ = (
        sa.UniqueConstraint("one_id", "other_id", name="contact_suggestion_pair"),
        sa.Index("contact_suggestion_other", "other_id"),
        sa.CheckConstraint("one_id < other_id", name="contact_suggestion_order"),
    )

    id: UUID = id_column()
    one_id: UUID = ref("contact.id")
    other_id: UUID = ref("contact.id")
    evidence: dict[str, Any] = jsonb()
    dismissed_at: datetime | None = timestamp()
    dismissed_by_agent_id: UUID | None = ref("agent.id", nullable=True)
    created_at: datetime = written_at()


class MatchRequest(SQLModel, table=True):
    """A contact whose keys changed: who else it may be is to be looked up."""

    __tablename__ = "match_request"

    contact_id: UUID = ref("contact.id", primary_key=True, ondelete="CASCADE")
    requested_at: datetime = written_at()


class ErasedKey(SQLModel, table=True):
    """A name of a person who was erased, as a keyed hash, with the purposes that the person had withdrawn consent to."""

    __tablename__ = "erased_key"

    digest: bytes = Field(sa_column=sa.Column(sa.LargeBinary, primary_key=True))
    withdrawn: list[str] = Field(sa_column=sa.Column(sa.ARRAY(KeyText), nullable=False, server_default=sa.text("'{}'")))
    erased_at: datetime = written_at()
