"""What people do about themselves: name and settings, presence, password, second factor, open sessions."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app import shapes
from app.api import Answer, RuntimeDep, page
from app.assignment.service import assign_soon
from app.errors import NotAllowed, NotFound
from app.people import queries, second_factor, service
from app.people.log_in import prove_password
from app.people.permissions import Actor
from app.people.schemas import CodePost, MePatch, PasswordPost, PresencePut, Proof, given
from app.people.service import ActorDep, end_sessions

router = APIRouter(prefix="/me", tags=["people"])


def _person(actor: Actor) -> UUID:
    if actor.agent_id is None:
        raise NotAllowed("An API token is no person. Log in for this.")
    return actor.agent_id


@router.get(
    "", response_model=shapes.Me | shapes.Program, summary="Oneself: name, rights, settings, presence, CSRF token"
)
async def get_me(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        return Answer(await queries.me(uow.conn, actor, runtime.settings))


@router.patch("", response_model=shapes.Me, summary="Change one's own name, language, theme or density")
async def patch_me(body: MePatch, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        await service.change_own(uow, agent_id=_person(actor), changes=given(body))
        return Answer(await queries.me(uow.conn, actor, runtime.settings))


@router.put("/presence", response_model=shapes.Presence, summary="Say whether one takes chats now")
async def put_presence(body: PresencePut, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        await service.set_availability(uow, agent_id=_person(actor), state=body.state)
        me = await queries.me(uow.conn, actor, runtime.settings)
    assign_soon(runtime)
    return Answer(me["presence"])


@router.post("/password", status_code=204, summary="Change one's own password; other sessions end")
async def post_password(body: PasswordPost, actor: ActorDep, runtime: RuntimeDep) -> Response:
    agent_id = _person(actor)
    await prove_password(runtime, agent_id, body.current_password)
    async with runtime.database.begin() as uow:
        await service.give_password(uow, agent_id=agent_id, password=body.password)
        await end_sessions(uow, agent_id=agent_id, but=actor.session_id)
        await service.write_audit(uow, actor, "agent.password_changed", "agent", agent_id, {})
        service.announce_rights(uow, runtime, agent_id)
    return Response(status_code=204)


@router.post(
    "/second-factor", response_model=shapes.Enrolment, status_code=201, summary="Get a secret for an authenticator app"
)
async def post_second_factor(body: Proof, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    """Not in force before `PUT` with a code of it."""
    agent_id = _person(actor)
    await prove_password(runtime, agent_id, body.current_password)
    async with runtime.database.begin() as uow:
        email = await uow.conn.fetchval("SELECT email FROM agent WHERE id = $1", agent_id)
        made = await second_factor.enrol(
            uow, runtime.vault, agent_id=agent_id, email=email, issuer=runtime.settings.business_name
        )
    return Answer({"secret": made.secret, "uri": made.uri, "qr": made.qr}, 201)


@router.put(
    "/second-factor",
    response_model=shapes.RecoveryCodes,
    summary="Put the authenticator app in force with a code of it",
)
async def put_second_factor(body: CodePost, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    agent_id = _person(actor)
    async with runtime.database.begin() as uow:
        codes = await second_factor.confirm(uow, runtime.vault, agent_id=agent_id, code=body.code)
        await end_sessions(uow, agent_id=agent_id, but=actor.session_id)
        await service.write_audit(uow, actor, "agent.second_factor_on", "agent", agent_id, {})
        service.announce_rights(uow, runtime, agent_id)
    return Answer({"recovery_codes": codes})


@router.post("/second-factor/disconnect", status_code=204, summary="Ask for no code at one's own log-in any more")
async def disconnect_second_factor(body: Proof, actor: ActorDep, runtime: RuntimeDep) -> Response:
    agent_id = _person(actor)
    await prove_password(runtime, agent_id, body.current_password)
    async with runtime.database.begin() as uow:
        await service.drop_second_factor(uow, actor, agent_id)
    return Response(status_code=204)


@router.get("/sessions", response_model=shapes.Page[shapes.OpenSession], summary="Where one is logged in")
async def get_sessions(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    _person(actor)
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.sessions(uow.conn, actor)))


@router.delete("/sessions", status_code=204, summary="Log out everywhere else")
async def delete_sessions(actor: ActorDep, runtime: RuntimeDep) -> Response:
    agent_id = _person(actor)
    async with runtime.database.begin() as uow:
        await end_sessions(uow, agent_id=agent_id, but=actor.session_id)
        service.announce_rights(uow, runtime, agent_id)
    return Response(status_code=204)


@router.delete("/sessions/{session_id}", status_code=204, summary="Log out one browser")
async def delete_session(session_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    agent_id = _person(actor)
    async with runtime.database.begin() as uow:
        if session_id not in {one["id"] for one in await queries.sessions(uow.conn, actor)}:
            raise NotFound("No open session of yours has this id.")
        await service.end_session(uow, session_id=session_id)
        service.announce_rights(uow, runtime, agent_id)
    return Response(status_code=204)
