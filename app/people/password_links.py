"""Links with which people set a password themselves: the invitation of a new colleague, and the reset of a forgotten one.

A link works once and for a time; a newer one ends the older. It goes out by mail where a mail server is set, else whoever
made it passes it on.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg

from app.db import UnitOfWork
from app.errors import Gone
from app.ids import uuid7
from app.people.passwords import hash_password
from app.runtime import Runtime

Purpose = Literal["invitation", "reset"]
VALID_FOR: dict[str, timedelta] = {"invitation": timedelta(days=7), "reset": timedelta(hours=2)}


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """`url` is shown once and not kept."""

    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Whose link it is, for the page that it opens."""

    agent_id: UUID
    email: str
    name: str
    language: str
    purpose: Purpose


async def make_link(
    uow: UnitOfWork, runtime: Runtime, *, agent_id: UUID, purpose: Purpose, by_agent_id: UUID | None
) -> PasswordLink:
    """Make a link for a person, and end the older ones."""
    token, expires_at = secrets.token_urlsafe(32), datetime.now(UTC) + VALID_FOR[purpose]
    await _end_links(uow, agent_id)
    await uow.conn.execute(
        """INSERT INTO password_link (id, agent_id, purpose, token_digest, by_agent_id, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)""",
        uuid7(),
        agent_id,
        purpose,
        runtime.vault.digest(token),
        by_agent_id,
        expires_at,
    )
    return PasswordLink(f"{runtime.settings.base_url or ''}/password/{token}", expires_at)


_FIND = """
SELECT l.purpose, a.id, a.email, a.name, a.language FROM password_link l JOIN agent a ON a.id = l.agent_id
WHERE l.token_digest = $1 AND l.used_at IS NULL AND l.expires_at > now() AND a.disabled_at IS NULL
"""


async def find_link(conn: asyncpg.Connection, runtime: Runtime, token: str) -> Invited:
    """Return whose link it is. Raises Gone when it was used, is too old, or never was."""
    row = await conn.fetchrow(_FIND, runtime.vault.digest(token))
    if row is None:
        raise Gone("This link was used or is too old. Ask for a new one.", code="link_ended")
    return Invited(row["id"], row["email"], row["name"], row["language"], row["purpose"])


async def use_link(uow: UnitOfWork, runtime: Runtime, *, token: str, password: str) -> Invited:
    """Set the password of the link's person and end the link. The caller ends the person's sessions. Raises Gone, Invalid."""
    person = await find_link(uow.conn, runtime, token)
    hashed = await hash_password(password, personal=(person.email, person.name))
    if not await _end_links(uow, person.agent_id, token=runtime.vault.digest(token)):
        raise Gone("This link was used already. Ask for a new one.", code="link_ended")
    await uow.conn.execute("UPDATE agent SET password_hash = $2 WHERE id = $1", person.agent_id, hashed)
    return person


async def _end_links(uow: UnitOfWork, agent_id: UUID, *, token: bytes | None = None) -> bool:
    """End a person's open links; say whether the one named was among them."""
    rows = await uow.conn.fetch(
        "UPDATE password_link SET used_at = now() WHERE agent_id = $1 AND used_at IS NULL RETURNING token_digest",
        agent_id,
    )
    return any(row["token_digest"] == token for row in rows)
