"""The ways in and out: log-in, log-out, and links with which people set a password."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import shapes
from app.answers import fields_of
from app.api import Answer, RuntimeDep
from app.errors import AppError, Invalid, NotAllowed
from app.mail import can_mail
from app.people import queries, service
from app.people.mails import enqueue_mail
from app.people.origin import is_ours
from app.people.password_links import find_link, use_link
from app.people.permissions import Actor
from app.people.schemas import ForgottenPost, LinkedPasswordPost, LogIn
from app.people.service import ActorDep, NewSession, fold_email
from app.people.sessions import COOKIE, end_sessions
from app.people.throttle import throttle_on
from app.runtime import Runtime

router = APIRouter(tags=["people"])
_PERSON = "SELECT id, name, language FROM agent WHERE email = $1 AND disabled_at IS NULL"
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
        body = LogIn.model_validate({name: form.get(name) for name in ("email", "password", "code")})
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
        code=body.code,
        address=_address(request),
        user_agent=request.headers.get("user-agent", ""),
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


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


@router.post(
    "/password-links", response_model=shapes.Mails, status_code=202, summary="Ask for a link to a new password by mail"
)
async def post_forgotten(body: ForgottenPost, request: Request, runtime: RuntimeDep) -> Answer:
    """The answer is the same whether or not the address is somebody's. Throttled like log-ins."""
    email = fold_email(body.email)
    throttle = throttle_on(runtime.redis)
    await throttle.check(email=f"forgotten {email}", address=_address(request))
    await throttle.count_failure(email=f"forgotten {email}", address=_address(request))
    if can_mail(runtime.settings):
        async with runtime.database.begin() as uow:
            person = await uow.conn.fetchrow(_PERSON, email)
            if person is not None:
                enqueue_mail(uow, request, person, agent_id=person["id"], purpose="reset")
    return Answer({"mails": can_mail(runtime.settings)}, 202)


@router.get("/password-links/{token}", response_model=shapes.PasswordLink, summary="Whose link this is")
async def get_password_link(token: str, runtime: RuntimeDep) -> Answer:
    async with runtime.database.begin() as uow:
        person = await find_link(uow.conn, runtime, token)
    return Answer({"email": person.email, "name": person.name, "purpose": person.purpose})


@router.post(
    "/password-links/{token}", status_code=204, summary="Set the password; the link ends, and so do all sessions"
)
async def post_linked_password(token: str, body: LinkedPasswordPost, runtime: RuntimeDep) -> Response:
    async with runtime.database.begin() as uow:
        person = await use_link(uow, runtime, token=token, password=body.password)
        await end_sessions(uow, agent_id=person.agent_id)
        await service.write_audit(
            uow, None, "agent.password_set", "agent", person.agent_id, {"by": person.purpose}, by_itself=True
        )
        service.announce_rights(uow, runtime, person.agent_id)
    return Response(status_code=204)
