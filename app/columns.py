"""Column shapes that every table shares: ids, times, text keys that sort by code point, and jsonb."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.ids import uuid7

KeyText = sa.Text(collation="C")
Timestamp = sa.DateTime(timezone=True)


def id_column() -> Any:
    """A UUIDv7 primary key, made here."""
    return Field(default_factory=uuid7, sa_type=sa.Uuid, primary_key=True)


def ref(
    target: str, *, nullable: bool = False, index: bool = False, ondelete: str | None = None, primary_key: bool = False
) -> Any:
    """A reference to another row, such as ref("agent.id")."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(
        sa_column=sa.Column(
            sa.Uuid, sa.ForeignKey(target, ondelete=ondelete), nullable=nullable, index=index, primary_key=primary_key
        ),
        **default,
    )


def written_at() -> Any:
    return Field(default=None, sa_column=sa.Column(Timestamp, nullable=False, server_default=sa.func.now()))


def timestamp(*, nullable: bool = True, index: bool = False) -> Any:
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(sa_column=sa.Column(Timestamp, nullable=nullable, index=index), **default)


def key_text(*, nullable: bool = False, default: str | None = "") -> Any:
    """Text that is compared and sorted by code point (COLLATE "C")."""
    if nullable:
        return Field(default=None, sa_column=sa.Column(KeyText, nullable=True))
    server = None if default is None else sa.text(f"'{default}'")
    extra: dict[str, Any] = {} if default is None else {"default": default}
    return Field(sa_column=sa.Column(KeyText, nullable=False, server_default=server), **extra)


def jsonb(*, nullable: bool = False, default: str = "{}") -> Any:
    if nullable:
        return Field(default=None, sa_column=sa.Column(JSONB(none_as_null=True), nullable=True))
    factory = dict if default == "{}" else list
    return Field(
        default_factory=factory, sa_column=sa.Column(JSONB, nullable=False, server_default=sa.text(f"'{default}'"))
    )


__all__ = [
    "UUID",
    "KeyText",
    "Timestamp",
    "datetime",
    "id_column",
    "jsonb",
    "key_text",
    "ref",
    "timestamp",
    "written_at",
]
