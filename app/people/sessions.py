"""Browser sessions and API tokens: made, recognised, ended. Only keyed hashes of their secrets are stored."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from app.api import runtime_of
from app.db import UnitOfWork
from app.errors import NotAllowed, NotAuthenticated
from app.ids import uuid7
from app.people.permissions import Actor, Rights
from app.runtime import Runtime

COOKIE = "hawker_session"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOUCH_EVERY = timedelta(minutes=10)
"""A session's end moves with its use, but is written only so often."""

_FIND_SESSION = """
SELECT s.id AS session_id, s.csrf_token, s.last_seen_at, a.id AS agent_id, a.name, a.role, a.visibility, a.language,
    ARRAY(SELECT team_id FROM team_member WHERE agent_id = a.id) AS team_ids
FROM session s JOIN agent a ON a.id = s.agent_id
WHERE s.token_digest = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL
"""
_TOUCH_SESSION = "UPDATE session SET last_seen_at = now(), expires_at = $2 WHERE id = $1"
_PROGRAM = """
SELECT id AS token_id, name, role, permissions, last_used_at FROM api_token WHERE token_digest = $1 AND revoked_at IS NULL
"""
_NOTE_USE = "UPDATE api_token SET last_used_at = now() WHERE id = $1"


@dataclass(frozen=True, slots=True)
class NewSession:
    """`token` goes into the cookie and is nowhere kept."""

    agent_id: UUID
    rights: Rights
    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    expires_at: datetime


async def start_session(
    uow: UnitOfWork, runtime: Runtime, *, agent_id: UUID, rights: Rights, address: str, user_agent: str
) -> NewSession:
    """Open a session for an agent whose password was right."""
    new = NewSession(agent_id, rights, secrets.token_urlsafe(32), secrets.token_urlsafe(24), _end_of_session(runtime))
    await uow.conn.execute(
        """INSERT INTO session (id, token_digest, agent_id, csrf_token, user_agent, address, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, now(), $7)""",
        uuid7(),
        runtime.vault.digest(new.token),
        agent_id,
        new.csrf_token,
        user_agent[:400],
        address,
        new.expires_at,
    )
    return new


def _end_of_session(runtime: Runtime) -> datetime:
    return datetime.now(UTC) + timedelta(days=runtime.settings.session_days)


async def end_session(uow: UnitOfWork, *, session_id: UUID) -> None:
    await uow.conn.execute("UPDATE session SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL", session_id)


async def end_sessions(uow: UnitOfWork, *, agent_id: UUID, but: UUID | None = None) -> None:
    """End all of a person's sessions, except the one named."""
    await uow.conn.execute(
        "UPDATE session SET revoked_at = now() WHERE agent_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2",
        agent_id,
        but,
    )


async def find_actor(runtime: Runtime, connection: HTTPConnection) -> Actor | None:
    """Return who a request or socket comes from, by its token or its cookie; None when neither is good."""
    header = connection.headers.get("authorization", "")
    if header:
        kind, _, token = header.partition(" ")
        return await _actor_of_token(runtime, token.strip()) if kind.lower() == "bearer" else None
    cookie = connection.cookies.get(COOKIE)
    return await _actor_of_session(runtime, cookie) if cookie else None


async def _actor_of_token(runtime: Runtime, token: str) -> Actor | None:
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_PROGRAM, runtime.vault.digest(token))
        if row is None:
            return None
        if row["last_used_at"] is None or datetime.now(UTC) - row["last_used_at"] > TOUCH_EVERY:
            await uow.conn.execute(_NOTE_USE, row["token_id"])
    return Actor(rights=_rights_of_token(row), token_id=row["token_id"], name=row["name"])


def _rights_of_token(row: asyncpg.Record) -> Rights:
    only = row["permissions"]
    return Rights(row["role"], "all", only=None if only is None else frozenset(only))


async def _actor_of_session(runtime: Runtime, token: str) -> Actor | None:
    async with runtime.database.begin() as uow:
        row = await uow.conn.fetchrow(_FIND_SESSION, runtime.vault.digest(token))
        if row is None:
            return None
        if datetime.now(UTC) - row["last_seen_at"] > TOUCH_EVERY:
            await uow.conn.execute(_TOUCH_SESSION, row["session_id"], _end_of_session(runtime))
    return Actor(
        rights=Rights(row["role"], row["visibility"], frozenset(row["team_ids"])),
        agent_id=row["agent_id"],
        session_id=row["session_id"],
        name=row["name"],
        language=row["language"],
        csrf_token=row["csrf_token"],
    )


_RIGHTS_OF_SESSIONS = """
SELECT s.id, a.role, a.visibility, ARRAY(SELECT team_id FROM team_member WHERE agent_id = a.id) AS team_ids
FROM session s JOIN agent a ON a.id = s.agent_id
WHERE s.id = ANY($1::uuid[]) AND s.revoked_at IS NULL AND s.expires_at > now() AND a.disabled_at IS NULL
"""
_RIGHTS_OF_TOKENS = "SELECT id, role, permissions FROM api_token WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL"


async def rights_now(conn: asyncpg.Connection, actors: Collection[Actor]) -> dict[Actor, Rights | None]:
    """Return what each actor's rights are by now; None for one who is logged out, disabled or revoked."""
    sessions = await conn.fetch(_RIGHTS_OF_SESSIONS, [actor.session_id for actor in actors if actor.session_id])
    tokens = await conn.fetch(_RIGHTS_OF_TOKENS, [actor.token_id for actor in actors if actor.token_id])
    found: dict[UUID | None, Rights] = {
        row["id"]: Rights(row["role"], row["visibility"], frozenset(row["team_ids"])) for row in sessions
    }
    found |= {row["id"]: _rights_of_token(row) for row in tokens}
    return {actor: found.get(actor.session_id or actor.token_id) for actor in actors}


async def current_actor(request: Request) -> Actor:
    """Return who asks. Raises NotAuthenticated, and NotAllowed for a changing request without the session's CSRF token."""
    actor = await find_actor(runtime_of(request), request)
    if actor is None:
        raise NotAuthenticated("Log in, or send an API token as Authorization: Bearer.")
    if actor.session_id and request.method not in SAFE_METHODS:
        sent = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode(), actor.csrf_token.encode()):
            raise NotAllowed("Send the csrf_token of GET /me as X-CSRF-Token.", code="csrf_token_wrong")
    return actor


ActorDep = Annotated[Actor, Depends(current_actor)]
