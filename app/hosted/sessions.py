"""Visitors' sessions: a random token in the browser, its digest here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson

from app.db import UnitOfWork
from app.ids import uuid7
from app.runtime import Runtime
from channels.contract import Json
from channels.hosting import Guest, Visitor

LASTS = timedelta(days=180)
"""Without use."""
_SEEN_EVERY = timedelta(minutes=5)
_COLUMNS = "id, channel_account_id, visitor, user_id, language, facts, proven"
_FIND = f"""
SELECT {_COLUMNS}, seen_at < now() - $4::interval AS is_old FROM visitor_session
WHERE token_digest = $1 AND channel_account_id = $2 AND ended_at IS NULL AND seen_at > now() - $3::interval
"""
_SEEN = "UPDATE visitor_session SET seen_at = now() WHERE id = $1"
_BEGIN = f"""
INSERT INTO visitor_session (id, channel_account_id, token_digest, visitor, user_id, language, facts, proven, facts_told)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7::jsonb = '{{}}') RETURNING {_COLUMNS}
"""
_LOCK = f"SELECT {_COLUMNS} FROM visitor_session WHERE id = $1 AND ended_at IS NULL FOR UPDATE"
_RECOGNISE = f"""
UPDATE visitor_session SET user_id = $2, facts = $3, proven = $4, facts_told = facts_told AND facts = $3::jsonb, seen_at = now()
WHERE id = $1 RETURNING {_COLUMNS}
"""


async def find(runtime: Runtime, account_id: UUID, token: str) -> Visitor | None:
    """Return whose live session a token is; every few minutes note that it is used."""
    async with runtime.database.begin_lean() as uow:
        row = await uow.conn.fetchrow(_FIND, runtime.vault.digest(token), account_id, LASTS, _SEEN_EVERY)
        if row is not None and row["is_old"]:
            await uow.conn.execute(_SEEN, row["id"])
    return None if row is None else _visitor(row)


async def begin(runtime: Runtime, account_id: UUID, guest: Guest) -> tuple[Visitor, str]:
    """Begin a session; return its visitor and its token."""
    token = secrets.token_urlsafe(32)
    async with runtime.database.begin_lean() as uow:
        row = await uow.conn.fetchrow(
            _BEGIN,
            uuid7(),
            account_id,
            runtime.vault.digest(token),
            f"v_{secrets.token_urlsafe(16)}",
            guest.user,
            guest.language,
            _text(guest.facts),
            orjson.dumps(sorted(guest.proven)).decode(),
        )
    assert row is not None
    return _visitor(row), token


async def recognise(uow: UnitOfWork, visitor: Visitor, guest: Guest) -> Visitor | None:
    """Note what became known; what is proven stays before what is only told. None when the session has ended."""
    row = await uow.conn.fetchrow(_LOCK, UUID(visitor.session_id))
    if row is None:
        return None
    told = {name: value for name, value in guest.facts.items() if value}
    fresh = {name: value for name, value in told.items() if name in guest.proven or name not in row["proven"]}
    changed = await uow.conn.fetchrow(
        _RECOGNISE,
        row["id"],
        guest.user or row["user_id"],
        _text(row["facts"] | fresh),
        orjson.dumps(sorted({*row["proven"], *guest.proven})).decode(),
    )
    assert changed is not None
    return _visitor(changed)


async def end(uow: UnitOfWork, visitor: Visitor) -> None:
    await uow.conn.execute(
        "UPDATE visitor_session SET ended_at = coalesce(ended_at, now()) WHERE id = $1", UUID(visitor.session_id)
    )


async def look(uow: UnitOfWork, visitor: Visitor, page: Json) -> None:
    """Note which page is looked at."""
    await uow.conn.execute(
        "UPDATE visitor_session SET page = $2, page_at = now(), seen_at = now() WHERE id = $1",
        UUID(visitor.session_id),
        _text(page),
    )


def _visitor(row: asyncpg.Record) -> Visitor:
    return Visitor(
        session_id=str(row["id"]),
        account_id=str(row["channel_account_id"]),
        name=row["visitor"],
        user=row["user_id"],
        language=row["language"],
        facts=row["facts"],
        proven=frozenset(row["proven"]),
    )


def _text(value: Mapping[str, object]) -> str:
    return orjson.dumps(value).decode()
