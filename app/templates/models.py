"""A template and its languages, each of which the platform approves by itself."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.columns import UUID, datetime, id_column, jsonb, key_text, ref, timestamp, written_at


class Template(SQLModel, table=True):
    """One name. It belongs to the platform object that its accounts share, or to one account (`TemplateRules.owner`).

    `defaults` = {variable: where it is filled from}, our own help for who sends it: see `app.templates.defaults`.
    """

    __tablename__ = "template"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(platform_account_id, channel_account_id) = 1", name="template_owner"),
        sa.Index(
            "template_name",
            sa.text("coalesce(platform_account_id, channel_account_id)"),
            "name",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
        sa.Index("template_order", "name", "id"),
    )

    id: UUID = id_column()
    channel: str = key_text(default=None)
    platform_account_id: UUID | None = ref("platform_account.id", nullable=True)
    channel_account_id: UUID | None = ref("channel_account.id", nullable=True)
    name: str = key_text(default=None)
    title: str = Field(default="", sa_column=sa.Column(sa.Text, nullable=False, server_default=""))
    default_language: str = key_text(default=None)
    defaults: dict[str, Any] = jsonb()
    archived_at: datetime | None = timestamp()
    created_at: datetime = written_at()


class TemplateVersion(SQLModel, table=True):
    """One language of a template, in our shape (`channels.contract.TemplateSeen.components`).

    status: `draft` until it is submitted, then the platform's word in lower case. `told_at` = {status, quality, category: when the
    platform last spoke of it}, so that an event that comes late changes nothing. `error` = {code, external_code, external_text, params} of
    the last submission that was refused.
    """

    __tablename__ = "template_version"
    __table_args__ = (
        sa.Index(
            "template_version_language",
            "template_id",
            "language",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
        sa.Index("template_version_external", "external_id"),
    )

    id: UUID = id_column()
    template_id: UUID = ref("template.id", ondelete="CASCADE")
    language: str = key_text(default=None)
    external_id: str | None = key_text(nullable=True)
    category: str = key_text()
    status: str = key_text(default="draft")
    quality: str = key_text()
    rejected_reason: str = key_text()
    parameter_format: str = key_text(default="positional")
    components: list[dict[str, Any]] = jsonb(default="[]")
    error: dict[str, Any] | None = jsonb(nullable=True)
    told_at: dict[str, Any] = jsonb()
    submitted_at: datetime | None = timestamp()
    archived_at: datetime | None = timestamp()
    updated_at: datetime = written_at()
    created_at: datetime = written_at()


class TemplateFile(SQLModel, table=True):
    """A file that a version shows as its sample: it stays as long as the version does, and goes out where nothing else is chosen."""

    __tablename__ = "template_file"
    __table_args__ = (sa.Index("template_file_media", "media_id"),)

    version_id: UUID = ref("template_version.id", primary_key=True, ondelete="CASCADE")
    media_id: UUID = ref("media.id", primary_key=True)
