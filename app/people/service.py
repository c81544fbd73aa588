"""The public verbs about people: who may log in, with what rights, and who is here now."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from redis.exceptions import RedisError

from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.events import AgentPresence, record
from app.ids import uuid7
from app.people import second_factor
from app.people.log_in import fold_email, log_in
from app.people.models import AVAILABILITIES, ROLES, VISIBILITIES
from app.people.passwords import hash_password
from app.people.permissions import PERMISSIONS, Actor
from app.people.sessions import ActorDep, NewSession, current_actor, end_session, end_sessions, find_actor
from app.runtime import Runtime

TOKEN_PREFIX = "hawker_"  # noqa: S105 - lets secret scanners recognise one
RIGHTS_CHANNEL = "hawker:rights"
"""Redis channel that says whose rights changed; live sockets of that agent look again."""

_log = structlog.get_logger()

__all__ = [
    "Actor",
    "ActorDep",
    "NewAgent",
    "NewSession",
    "change_agent",
    "create_agent",
    "create_team",
    "create_token",
    "current_actor",
    "end_session",
    "end_sessions",
    "find_actor",
    "fold_email",
    "log_in",
    "record_presence",
    "set_availability",
    "set_password",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgent:
    email: str
    name: str
    role: str = "agent"
    password: str | None = field(default=None, repr=False)
    """None: the person sets one by a link."""
    capacity: float = 15
    visibility: str = "all"
    team_ids: Sequence[UUID] = ()
    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    language: str = "en"


async def create_agent(uow: UnitOfWork, new: NewAgent) -> UUID:
    """Make a person who can log in. Raises Conflict when the e-mail address is taken, Invalid for a wrong field."""
    email = fold_email(new.email)
    if "@" not in email.strip("@"):
        raise Invalid("Write an e-mail address.", fields={"email": "such as ann@example.com"})
    _check_choice("role", new.role, ROLES)
    _check_choice("visibility", new.visibility, VISIBILITIES)
    agent_id = uuid7()
    password_hash = "" if new.password is None else await hash_password(new.password, personal=(email, new.name))
    written = await uow.conn.execute(
        """INSERT INTO agent (id, email, name, role, password_hash, capacity, visibility, skills, languages, language)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING""",
        agent_id,
        email,
        new.name.strip() or email,
        new.role,
        password_hash,
        new.capacity,
        new.visibility,
        list(new.skills),
        list(new.languages),
        new.language,
    )
    if written.endswith("0"):
        raise Conflict("Someone with this e-mail address exists.", code="email_taken")
    await _set_teams(uow, agent_id, new.team_ids)
    return agent_id


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise Invalid(f"Choose another {name}.", fields={name: "one of " + ", ".join(choices)})


async def _set_teams(uow: UnitOfWork, agent_id: UUID, team_ids: Sequence[UUID]) -> None:
    wanted = sorted(set(team_ids))
    known = await uow.conn.fetchval(
        "SELECT count(*) FROM team WHERE id = ANY($1::uuid[]) AND archived_at IS NULL", wanted
    )
    if known != len(wanted):
        raise Invalid("Choose other teams.", fields={"team_ids": "ids of teams that exist"})
    await uow.conn.execute(
        "DELETE FROM team_member WHERE agent_id = $1 AND team_id <> ALL($2::uuid[])", agent_id, wanted
    )
    await uow.conn.execute(
        "INSERT INTO team_member (team_id, agent_id) SELECT unnest($2::uuid[]), $1 ON CONFLICT DO NOTHING",
        agent_id,
        wanted,
    )


async def create_team(uow: UnitOfWork, *, name: str) -> UUID:
    team_id = uuid7()
    await uow.conn.execute("INSERT INTO team (id, name) VALUES ($1, $2)", team_id, name.strip())
    return team_id


async def change_agent(
    uow: UnitOfWork, runtime: Runtime, actor: Actor, agent_id: UUID, changes: dict[str, Any]
) -> None:
    """Change name, role, visibility, capacity, skills, languages, team_ids, disabled or password of an agent.

    Live sockets of the person look at the new rights at once. Raises NotFound, Invalid, and NotAllowed for the last
    administrator's own rights.
    """
    row = await uow.conn.fetchrow("SELECT email, name FROM agent WHERE id = $1 FOR UPDATE", agent_id)
    if row is None:
        raise NotFound("No agent has this id.")
    demoted = changes.get("role", "admin") != "admin" or changes.get("disabled", False)
    if agent_id == actor.agent_id and demoted:
        raise NotAllowed("Another administrator has to take your own rights away.", code="own_rights")
    for name, choices in (("role", ROLES), ("visibility", VISIBILITIES)):
        if name in changes:
            _check_choice(name, changes[name], choices)
    columns: dict[str, Any] = {
        name: changes[name]
        for name in ("name", "role", "visibility", "capacity", "skills", "languages")
        if name in changes
    }
    if "password" in changes:
        columns["password_hash"] = await hash_password(changes["password"], personal=tuple(row))
    for name, value in columns.items():
        await uow.conn.execute(f"UPDATE agent SET {name} = $2 WHERE id = $1", agent_id, value)
    if "disabled" in changes:
        await uow.conn.execute(
            "UPDATE agent SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END WHERE id = $1",
            agent_id,
            changes["disabled"],
        )
    if "team_ids" in changes:
        await _set_teams(uow, agent_id, changes["team_ids"])
    if changes.get("disabled") or "password" in changes:
        await end_sessions(uow, agent_id=agent_id)
    await write_audit(uow, actor, "agent.changed", "agent", agent_id, {"fields": ", ".join(sorted(changes))})
    announce_rights(uow, runtime, agent_id)


async def set_password(uow: UnitOfWork, runtime: Runtime, *, email: str, password: str) -> None:
    """Give an agent a new password, and end the agent's sessions. For who runs the server. Raises NotFound, Invalid."""
    agent_id = await uow.conn.fetchval(
        "UPDATE agent SET password_hash = $2 WHERE email = $1 RETURNING id",
        fold_email(email),
        await hash_password(password),
    )
    if agent_id is None:
        raise NotFound("Nobody has this e-mail address.")
    await end_sessions(uow, agent_id=agent_id)
    await write_audit(uow, None, "agent.changed", "agent", agent_id, {"fields": "password"})
    announce_rights(uow, runtime, agent_id)


async def give_password(uow: UnitOfWork, *, agent_id: UUID, password: str) -> None:
    """Set a person's password. Raises Invalid."""
    row = await uow.conn.fetchrow("SELECT email, name FROM agent WHERE id = $1", agent_id)
    assert row is not None
    hashed = await hash_password(password, personal=tuple(row))
    await uow.conn.execute("UPDATE agent SET password_hash = $2 WHERE id = $1", agent_id, hashed)


async def drop_second_factor(uow: UnitOfWork, actor: Actor, agent_id: UUID) -> None:
    """Ask a person for no code any more. Nothing happens where none was asked for."""
    if await second_factor.disconnect(uow, agent_id=agent_id):
        await write_audit(uow, actor, "agent.second_factor_off", "agent", agent_id, {})


def announce_rights(uow: UnitOfWork, runtime: Runtime, agent_id: UUID) -> None:
    """After the commit, tell the processes that hold this agent's sockets to look at the rights again.

    A hint: without Redis they look by themselves, some seconds later.
    """

    async def publish() -> None:
        try:
            await runtime.redis.publish(RIGHTS_CHANNEL, str(agent_id).encode())
        except (RedisError, OSError) as error:
            _log.warning("redis_away", error=type(error).__name__)

    uow.after_commit(publish)


async def create_token(
    uow: UnitOfWork, runtime: Runtime, *, name: str, role: str, permissions: Sequence[str] | None = None
) -> tuple[UUID, str]:
    """Make an API token; return its id and its text, which is shown once and not kept.

    `permissions`: all that it may do, out of its role's; None = all of them. Raises Invalid.
    """
    _check_choice("role", role, ROLES)
    beyond = sorted(set(permissions or ()) - PERMISSIONS[role])
    if beyond:
        raise Invalid("The role may not do all of this.", fields={"permissions": "leave out " + ", ".join(beyond)})
    token_id, token = uuid7(), TOKEN_PREFIX + secrets.token_urlsafe(32)
    await uow.conn.execute(
        "INSERT INTO api_token (id, name, role, permissions, token_digest) VALUES ($1, $2, $3, $4, $5)",
        token_id,
        name.strip(),
        role,
        None if permissions is None else sorted(set(permissions)),
        runtime.vault.digest(token),
    )
    return token_id, token


async def revoke_token(uow: UnitOfWork, actor: Actor, runtime: Runtime, token_id: UUID) -> None:
    """End a token, and its live sockets. Raises NotFound."""
    revoked = await uow.conn.fetchval(
        "UPDATE api_token SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id", token_id
    )
    if revoked is None:
        raise NotFound("No API token has this id.")
    await write_audit(uow, actor, "token.revoked", "token", token_id, {})
    announce_rights(uow, runtime, token_id)


async def change_own(uow: UnitOfWork, *, agent_id: UUID, changes: dict[str, Any]) -> None:
    """Change one's own name, language, theme, density."""
    preferences = {name: changes[name] for name in ("theme", "density") if name in changes}
    await uow.conn.execute(
        """UPDATE agent SET name = coalesce($2, name), language = coalesce($3, language), preferences = preferences || $4
        WHERE id = $1""",
        agent_id,
        changes.get("name"),
        changes.get("language"),
        orjson.dumps(preferences).decode(),
    )


async def set_availability(uow: UnitOfWork, *, agent_id: UUID, state: str) -> None:
    """Say whether an agent takes chats. Raises Invalid for a state that there is not."""
    _check_choice("state", state, AVAILABILITIES)
    changed = await uow.conn.fetchval(
        """UPDATE agent SET availability = $2, availability_changed_at = now() WHERE id = $1 AND availability <> $2
        RETURNING id""",
        agent_id,
        state,
    )
    if changed is not None:
        await record_presence(uow, [agent_id])


_PRESENCE = """
SELECT a.id, a.availability,
    EXISTS (SELECT 1 FROM agent_socket s WHERE s.agent_id = a.id AND s.expires_at > now()) AS online
FROM agent a WHERE a.id = ANY($1::uuid[]) ORDER BY a.id
"""


async def record_presence(uow: UnitOfWork, agent_ids: Sequence[UUID]) -> None:
    """Announce how these agents are to be seen now."""
    rows = await uow.conn.fetch(_PRESENCE, list(agent_ids))
    await record(uow, *(AgentPresence(data={"id": str(row["id"]), **presence_json(row)}) for row in rows))


def presence_json(row: asyncpg.Record) -> dict[str, Any]:
    """Return {state, online} of a row with `availability` and `online`."""
    return {"state": row["availability"], "online": row["online"]}


async def write_audit(
    uow: UnitOfWork,
    actor: Actor | None,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    params: dict[str, str],
    *,
    by_itself: bool = False,
) -> None:
    """Note a privileged act; no actor = a command on the server, or what Hawker does by itself. `params` never hold secrets."""
    await uow.conn.execute(
        """INSERT INTO audit_entry (id, actor_kind, actor_id, action, subject_kind, subject_id, params)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        uuid7(),
        _kind_of(actor, by_itself=by_itself),
        actor and (actor.agent_id or actor.token_id),
        action,
        subject_kind,
        subject_id,
        orjson.dumps(params).decode(),
    )


def _kind_of(actor: Actor | None, *, by_itself: bool) -> str:
    if actor is None:
        return "system" if by_itself else "command"
    return "agent" if actor.agent_id else "token"
