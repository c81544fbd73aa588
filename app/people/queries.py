"""Reads about people: oneself, the colleagues, teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from app.config import Settings
from app.conversations.present import time_json
from app.people.permissions import Actor
from app.people.service import presence_json

Json = dict[str, Any]

_AGENTS = """
SELECT a.id, a.email, a.name, a.role, a.visibility, a.availability, a.capacity, a.skills, a.languages, a.language,
    a.preferences, a.disabled_at,
    a.password_hash <> '' AS has_password,
    EXISTS (SELECT 1 FROM second_factor f WHERE f.agent_id = a.id AND f.confirmed_at IS NOT NULL) AS has_second_factor,
    EXISTS (SELECT 1 FROM agent_socket s WHERE s.agent_id = a.id AND s.expires_at > now()) AS online,
    ARRAY(SELECT team_id FROM team_member t WHERE t.agent_id = a.id ORDER BY team_id) AS team_ids,
    (SELECT count(*) FROM conversation c WHERE c.assignee_id = a.id AND c.status = 'open' AND c.listed) AS open_load
FROM agent a
"""


async def me(conn: asyncpg.Connection, actor: Actor, settings: Settings) -> Json:
    """Return what a person may know of oneself. A token has no person: its name and rights only."""
    business = {"name": settings.business_name, "time_zone": settings.time_zone, "currency": settings.currency}
    rights = {"role": actor.role, "permissions": sorted(actor.permissions), "business": business}
    if actor.agent_id is None:
        return {"id": None, "name": actor.name, **rights}
    row = await conn.fetchrow(_AGENTS + "WHERE a.id = $1", actor.agent_id)
    assert row is not None
    preferences = row["preferences"]
    return {
        **_person(row),
        "language": row["language"],
        "has_second_factor": row["has_second_factor"],
        "theme": preferences.get("theme", "system"),
        "density": preferences.get("density", "comfortable"),
        "csrf_token": actor.csrf_token,
        **rights,
    }


async def agents(conn: asyncpg.Connection, actor: Actor, agent_id: UUID | None = None) -> list[Json]:
    """Return all agents, or the one, by name; what only managers need is left out for others."""
    rows = await conn.fetch(_AGENTS + "WHERE $1::uuid IS NULL OR a.id = $1 ORDER BY lower(a.name), a.id", agent_id)
    return [_person(row) | (_managed(row) if actor.may("people.manage") else {}) for row in rows]


def _person(row: asyncpg.Record) -> Json:
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "email": row["email"],
        "role": row["role"],
        "presence": presence_json(row),
        "capacity": row["capacity"],
        "open_load": row["open_load"],
        "team_ids": [str(team_id) for team_id in row["team_ids"]],
        "disabled_at": time_json(row["disabled_at"]),
    }


def _managed(row: asyncpg.Record) -> Json:
    return {name: row[name] for name in ("visibility", "skills", "languages", "has_second_factor")} | {
        "invited": not row["has_password"]
    }


async def teams(conn: asyncpg.Connection) -> list[Json]:
    rows = await conn.fetch("SELECT id, name FROM team WHERE archived_at IS NULL ORDER BY lower(name), id")
    return [{"id": str(row["id"]), "name": row["name"]} for row in rows]


async def sessions(conn: asyncpg.Connection, actor: Actor) -> list[Json]:
    """Return a person's open sessions, the newest use first."""
    rows = await conn.fetch(
        """SELECT id, user_agent, address, created_at, last_seen_at FROM session
        WHERE agent_id = $1 AND revoked_at IS NULL AND expires_at > now() ORDER BY last_seen_at DESC, id""",
        actor.agent_id,
    )
    return [dict(row) | {"is_this": row["id"] == actor.session_id} for row in rows]


async def tokens(conn: asyncpg.Connection) -> list[Json]:
    rows = await conn.fetch(
        "SELECT id, name, role, permissions, created_at, last_used_at FROM api_token WHERE revoked_at IS NULL ORDER BY id"
    )
    return [dict(row) for row in rows]
