"""Colleagues, teams, API tokens, the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import shapes
from app.api import Answer, Cursor, Limit, RuntimeDep, page
from app.assignment.service import assign_soon
from app.db import UnitOfWork
from app.errors import Conflict, NotFound
from app.idempotency import OnceDep
from app.people import audit, queries, service
from app.people.mails import send_link
from app.people.password_links import Purpose
from app.people.schemas import AgentPatch, AgentPost, PasswordLinkPost, TeamPost, TokenPost, given
from app.people.service import ActorDep, NewAgent

router = APIRouter(tags=["people"])


@router.get("/agents", response_model=shapes.Page[shapes.Agent], summary="The colleagues")
async def get_agents(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("people.read")
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.agents(uow.conn, actor)))


@router.post("/agents", response_model=shapes.NewAgent, status_code=201, summary="Add a person who can log in")
async def post_agent(body: AgentPost, request: Request, actor: ActorDep, once: OnceDep) -> Answer:
    """Without `password` the person is invited: by mail where a mail server is set, else `invitation.url` is to be passed on."""
    actor.require("people.manage")

    async def create(uow: UnitOfWork) -> Answer:
        agent_id = await service.create_agent(uow, NewAgent(**body.model_dump()))
        await service.write_audit(uow, actor, "agent.created", "agent", agent_id, {"role": body.role})
        (agent,) = await queries.agents(uow.conn, actor, agent_id)
        if body.password is None:
            agent["invitation"] = await send_link(
                uow, request, agent_id=agent_id, purpose="invitation", by_agent_id=actor.agent_id
            )
        return Answer(agent, 201)

    return await once.run(create, secret=body.password is None)


@router.post(
    "/agents/{agent_id}/password-link",
    response_model=shapes.Link,
    status_code=201,
    summary="Invite a person again, or give one who forgot the password a link to a new one",
)
async def post_password_link(
    agent_id: UUID, body: PasswordLinkPost, request: Request, actor: ActorDep, once: OnceDep
) -> Answer:
    """It is mailed where a mail server is set; with `mail` false, or without one, `url` is to be passed on."""
    actor.require("people.manage")

    async def make(uow: UnitOfWork) -> Answer:
        row = await uow.conn.fetchrow("SELECT password_hash, disabled_at FROM agent WHERE id = $1", agent_id)
        if row is None:
            raise NotFound("No agent has this id.")
        if row["disabled_at"] is not None:
            raise Conflict("This person's log-in is disabled. Enable it first.", code="agent_disabled")
        purpose: Purpose = "reset" if row["password_hash"] else "invitation"
        await service.write_audit(uow, actor, "agent.password_link_made", "agent", agent_id, {"purpose": purpose})
        link = await send_link(
            uow, request, agent_id=agent_id, purpose=purpose, by_agent_id=actor.agent_id, mail=body.mail
        )
        return Answer(link, 201)

    return await once.run(make, secret=True)


@router.delete("/agents/{agent_id}/sessions", status_code=204, summary="Log a person out everywhere")
async def delete_agent_sessions(agent_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("people.manage")
    async with runtime.database.begin() as uow:
        await service.end_sessions(uow, agent_id=agent_id)
        await service.write_audit(uow, actor, "agent.sessions_ended", "agent", agent_id, {})
        service.announce_rights(uow, runtime, agent_id)
    return Response(status_code=204)


@router.delete(
    "/agents/{agent_id}/second-factor", status_code=204, summary="Ask a person who lost the phone for no code any more"
)
async def delete_second_factor(agent_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("people.manage")
    async with runtime.database.begin() as uow:
        await service.drop_second_factor(uow, actor, agent_id)
    return Response(status_code=204)


@router.get("/agents/{agent_id}", response_model=shapes.Agent, summary="One colleague")
async def get_agent(agent_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("people.read")
    async with runtime.database.begin() as uow:
        found = await queries.agents(uow.conn, actor, agent_id)
    if not found:
        raise NotFound("No agent has this id.")
    return Answer(found[0])


@router.patch(
    "/agents/{agent_id}",
    response_model=shapes.Agent,
    summary="Change a person's role, teams, capacity …, or disable the log-in",
)
async def patch_agent(agent_id: UUID, body: AgentPatch, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("people.manage")
    async with runtime.database.begin() as uow:
        await service.change_agent(uow, runtime, actor, agent_id, given(body))
        (agent,) = await queries.agents(uow.conn, actor, agent_id)
    assign_soon(runtime)
    return Answer(agent)


@router.get("/teams", response_model=shapes.Page[shapes.Team], summary="The teams")
async def get_teams(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("people.read")
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.teams(uow.conn)))


@router.post("/teams", response_model=shapes.Team, status_code=201, summary="Add a team")
async def post_team(body: TeamPost, actor: ActorDep, once: OnceDep) -> Answer:
    actor.require("people.manage")

    async def create(uow: UnitOfWork) -> Answer:
        team_id = await service.create_team(uow, name=body.name)
        await service.write_audit(uow, actor, "team.created", "team", team_id, {})
        return Answer({"id": team_id, "name": body.name.strip()}, 201)

    return await once.run(create)


@router.post(
    "/tokens", response_model=shapes.NewToken, status_code=201, summary="Make an API token; its text is shown this once"
)
async def post_token(body: TokenPost, actor: ActorDep, runtime: RuntimeDep, once: OnceDep) -> Answer:
    actor.require("tokens.manage")

    async def create(uow: UnitOfWork) -> Answer:
        token_id, token = await service.create_token(
            uow, runtime, name=body.name, role=body.role, permissions=body.permissions
        )
        await service.write_audit(uow, actor, "token.created", "token", token_id, {"role": body.role})
        answer = {"id": token_id, "name": body.name, "role": body.role, "permissions": body.permissions, "token": token}
        return Answer(answer, 201)

    return await once.run(create, secret=True)


@router.get("/tokens", response_model=shapes.Page[shapes.Token], summary="The API tokens, without their texts")
async def get_tokens(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("tokens.manage")
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.tokens(uow.conn)))


@router.delete("/tokens/{token_id}", status_code=204, summary="Revoke an API token")
async def delete_token(token_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("tokens.manage")
    async with runtime.database.begin() as uow:
        await service.revoke_token(uow, actor, runtime, token_id)
    return Response(status_code=204)


Since = Annotated[datetime | None, Query(description="From this time on.")]
Until = Annotated[datetime | None, Query(description="Before this time.")]
Action = Annotated[str | None, Query(max_length=80, description="An act, or the beginning of its name: `agent.`.")]


@router.get("/audit", response_model=shapes.Page[shapes.AuditEntry], summary="Privileged acts, the newest first")
async def get_audit(
    actor: ActorDep,
    runtime: RuntimeDep,
    actor_id: UUID | None = None,
    action: Action = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    actor.require("audit.read")
    async with runtime.database.begin() as uow:
        found = await audit.entries(
            uow.conn, actor_id=actor_id, action=action, since=since, until=until, limit=limit, cursor=cursor
        )
    return Answer(found)


@router.get("/audit.csv", summary="Privileged acts as a file", response_class=StreamingResponse)
async def get_audit_file(
    actor: ActorDep,
    runtime: RuntimeDep,
    actor_id: UUID | None = None,
    action: Action = None,
    since: Since = None,
    until: Until = None,
) -> StreamingResponse:
    actor.require("audit.read")
    lines = audit.as_csv(runtime.database, actor_id=actor_id, action=action, since=since, until=until)
    return StreamingResponse(
        lines, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="audit.csv"'}
    )
