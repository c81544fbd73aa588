"""Log-in, oneself, colleagues, teams, API tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import shapes
from app.answers import fields_of
from app.api import Answer, RuntimeDep, page
from app.assignment.service import assign_soon
from app.db import UnitOfWork
from app.errors import AppError, Invalid, NotAllowed, NotFound
from app.idempotency import OnceDep
from app.people import queries, service
from app.people.origin import is_ours
from app.people.permissions import Actor
from app.people.schemas import AgentPatch, AgentPost, LogIn, MePatch, PresencePut, TeamPost, TokenPost
from app.people.service import ActorDep, NewAgent, NewSession
from app.people.sessions import COOKIE
from app.runtime import Runtime

router = APIRouter(tags=["people"])
_FORM = "application/x-www-form-urlencoded"


@router.post(
    "/login",
    response_model=shapes.LoggedIn,
    summary="Log in: the session cookie, its CSRF token, and who one is",
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": LogIn.model_json_schema()}}, "required": True}
    },
)
async def log_in(request: Request, runtime: RuntimeDep) -> Response:
    """Takes JSON; a plain form too, for a browser without scripts, which is then sent on to a page."""
    if "origin" in request.headers and not is_ours(request, runtime.settings):
        raise NotAllowed("Log in from the inbox's own page.", code="origin_wrong")
    if request.headers.get("content-type", "").startswith(_FORM):
        return await _log_in_by_form(request, runtime)
    new = await _start(request, runtime, _log_in_of(await request.body()))
    actor = Actor(rights=new.rights, agent_id=new.agent_id, csrf_token=new.csrf_token)
    async with runtime.database.begin() as uow:
        me = await queries.me(uow.conn, actor, runtime.settings)
    return _with_cookie(Answer({"csrf_token": new.csrf_token, "me": me}), runtime, new)


def _log_in_of(body: bytes) -> LogIn:
    try:
        return LogIn.model_validate(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise Invalid("Send JSON.", fields={"body": 'such as {"email": …, "password": …}'}) from None
    except ValidationError as error:
        raise Invalid("Some of this cannot be taken: see `fields`.", fields=fields_of(error.errors())) from None


async def _log_in_by_form(request: Request, runtime: Runtime) -> Response:
    form = await request.form(max_files=0, max_fields=10)
    try:
        body = LogIn.model_validate({name: form.get(name) for name in ("email", "password")})
        new = await _start(request, runtime, body)
    except ValidationError:
        return RedirectResponse("/login?failed=credentials_wrong", 303)
    except AppError as error:
        return RedirectResponse(f"/login?failed={error.code}", 303)
    return _with_cookie(RedirectResponse("/", 303), runtime, new)


async def _start(request: Request, runtime: Runtime, body: LogIn) -> NewSession:
    return await service.log_in(
        runtime,
        email=body.email,
        password=body.password,
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
    )


def _with_cookie(answer: Response, runtime: Runtime, new: NewSession) -> Response:
    answer.set_cookie(
        COOKIE,
        new.token,
        max_age=runtime.settings.session_days * 86_400,
        httponly=True,
        samesite="lax",
        secure=(runtime.settings.base_url or "").startswith("https://"),
    )
    return answer


@router.post("/logout", status_code=204, summary="End this session")
async def log_out(actor: ActorDep, runtime: RuntimeDep) -> Response:
    if actor.session_id is not None:
        async with runtime.database.begin() as uow:
            await service.end_session(uow, session_id=actor.session_id)
            if actor.agent_id:
                service.announce_rights(uow, runtime, actor.agent_id)
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


@router.get(
    "/me", response_model=shapes.Me | shapes.Program, summary="Oneself: name, rights, settings, presence, CSRF token"
)
async def get_me(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        return Answer(await queries.me(uow.conn, actor, runtime.settings))


@router.patch("/me", response_model=shapes.Me, summary="Change one's own name, language, theme or density")
async def patch_me(body: MePatch, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        await service.change_own(uow, agent_id=_person(actor), changes=_given(body))
        me = await queries.me(uow.conn, actor, runtime.settings)
    return Answer(me)


def _given(body: MePatch | AgentPatch) -> dict[str, Any]:
    """Return what was sent; null is refused where there is nothing to clear."""
    given = body.model_dump(exclude_unset=True)
    empty = {name: "leave it out, or write a value" for name, value in given.items() if value is None}
    if empty:
        raise Invalid("Some of this cannot be cleared: see `fields`.", fields=empty)
    return given


def _person(actor: Actor) -> UUID:
    if actor.agent_id is None:
        raise NotAllowed("An API token is no person. Log in for this.")
    return actor.agent_id


@router.put("/me/presence", response_model=shapes.Presence, summary="Say whether one takes chats now")
async def put_presence(body: PresencePut, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        await service.set_availability(uow, agent_id=_person(actor), state=body.state)
        me = await queries.me(uow.conn, actor, runtime.settings)
    assign_soon(runtime)
    return Answer(me["presence"])


@router.get("/agents", response_model=shapes.Page[shapes.Agent], summary="The colleagues")
async def get_agents(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("people.read")
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.agents(uow.conn, actor)))


@router.post("/agents", response_model=shapes.Agent, status_code=201, summary="Add a person who can log in")
async def post_agent(body: AgentPost, actor: ActorDep, runtime: RuntimeDep, once: OnceDep) -> Answer:
    actor.require("people.manage")

    async def create(uow: UnitOfWork) -> Answer:
        agent_id = await service.create_agent(uow, NewAgent(**body.model_dump()))
        await service.write_audit(uow, actor, "agent.created", "agent", agent_id, {"role": body.role})
        (agent,) = await queries.agents(uow.conn, actor, agent_id)
        return Answer(agent, 201)

    return await once.run(create)


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
        await service.change_agent(uow, runtime, actor, agent_id, _given(body))
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
        token_id, token = await service.create_token(uow, runtime, name=body.name, role=body.role)
        await service.write_audit(uow, actor, "token.created", "token", token_id, {"role": body.role})
        return Answer({"id": token_id, "name": body.name, "role": body.role, "token": token}, 201)

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
