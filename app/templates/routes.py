"""Templates over HTTP: written and submitted here, listed from the platform, previewed for a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app import shapes
from app.api import Answer, Cursor, Limit, RuntimeDep, Text
from app.channel_accounts.directory import AccountView
from app.channel_accounts.service import account_view
from app.conversations.locks import lock
from app.conversations.present import Json
from app.conversations.wording import gettext_for
from app.db import UnitOfWork
from app.errors import Conflict
from app.idempotency import OnceDep
from app.people.service import ActorDep
from app.runtime import Runtime
from app.templates import check as checking
from app.templates import filling, service, submit
from app.templates.check import Problem, check
from app.templates.parts import body_text
from app.templates.queries import Filter, list_templates, templates_by_id, variables_json
from app.templates.refusals import as_app_error
from app.templates.schemas import (
    PreviewPost,
    SyncPost,
    TemplateCheckPost,
    TemplatePatch,
    TemplatePost,
    VersionPatch,
    plain,
)
from app.templates.sync import sync_templates
from app.words import Gettext
from channels.contract import SendError

router = APIRouter(tags=["templates"])


@router.get("/templates", response_model=shapes.Page[shapes.Template], summary="Templates by name")
async def get_templates(
    actor: ActorDep,
    runtime: RuntimeDep,
    channel_account_id: UUID | None = None,
    status: Annotated[Text | None, Query(max_length=40, description="approved, pending, rejected, draft …")] = None,
    category: Annotated[Text | None, Query(max_length=40)] = None,
    language: Annotated[Text | None, Query(max_length=40)] = None,
    q: Annotated[Text, Query(max_length=200, description="In names, titles and texts")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    actor.require("accounts.read")
    wanted = Filter(channel_account_id=channel_account_id, status=status, category=category, language=language, q=q)
    async with runtime.database.begin() as uow:
        return Answer(await list_templates(uow.conn, wanted, limit=limit, cursor=cursor))


@router.get("/templates/{template_id}", response_model=shapes.Template, summary="One template")
async def get_template(template_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.read")
    return await _answer(runtime, template_id)


async def _answer(runtime: Runtime, template_id: UUID, status: int = 200) -> Answer:
    async with runtime.database.begin() as uow:
        found = await templates_by_id(uow.conn, [template_id])
    if not found:
        raise service.no_template()
    return Answer(found[0], status)


@router.post("/templates/sync", response_model=shapes.TemplatesSynced, summary="Ask the platform for its list")
async def post_sync(body: SyncPost, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.read")
    account = await account_view(runtime, body.channel_account_id)
    service.rules_of(account)
    try:
        synced = await sync_templates(runtime, account)
    except SendError as error:
        raise as_app_error(error) from error
    return Answer({"seen": synced.seen, "gone": synced.gone})


@router.post(
    "/templates/check", response_model=shapes.TemplateChecked, summary="What the platform would refuse, before it does"
)
async def post_check(body: TemplateCheckPost, request: Request, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("templates.manage")
    account = await account_view(runtime, body.channel_account_id)
    problems = check(body.draft(body.name), service.rules_of(account))
    words = _problems(problems, checking.WORDS, gettext_for(request, actor))
    return Answer({"problems": words, "variables": variables_json(plain(body.components))})


def _problems(problems: Sequence[Problem], words: Mapping[str, str], gettext: Gettext) -> list[Json]:
    return [{"place": one.place, "code": one.code, "message": one.text(words, gettext)} for one in problems]


@router.post(
    "/templates",
    response_model=shapes.Template,
    status_code=201,
    summary="Write a template, or another language of one; with `submit` it goes into review",
)
async def post_template(
    body: TemplatePost, request: Request, actor: ActorDep, runtime: RuntimeDep, once: OnceDep
) -> Answer:
    """A submission that the platform refuses leaves a draft, with the reason as `error`."""
    actor.require("templates.manage")
    account = await account_view(runtime, body.channel_account_id)
    gettext, made = gettext_for(request, actor), list[UUID]()

    async def act(uow: UnitOfWork) -> Answer:
        version_id = await service.write_draft(
            uow, account, body.draft(body.name), title=body.title, defaults=body.defaults, gettext=gettext
        )
        row = await service.version_of(uow, version_id)
        made.append(version_id)
        return Answer((await templates_by_id(uow.conn, [row["template_id"]]))[0], 201)

    answer = await once.run(act)
    if not made or not body.submit:
        return answer
    await submit.submit(runtime, account, made[0])
    return await _of_version(runtime, made[0], 201)


async def _of_version(runtime: Runtime, version_id: UUID, status: int = 200) -> Answer:
    async with runtime.database.begin() as uow:
        row = await service.version_of(uow, version_id)
        return Answer((await templates_by_id(uow.conn, [row["template_id"]]))[0], status)


@router.patch("/templates/{template_id}", response_model=shapes.Template, summary="Title, default language, defaults")
async def patch_template(template_id: UUID, body: TemplatePatch, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("templates.manage")
    async with runtime.database.begin() as uow:
        await service.change_template(uow, template_id, body.model_dump(exclude_unset=True))
    return await _answer(runtime, template_id)


@router.patch(
    "/templates/{template_id}/versions/{version_id}",
    response_model=shapes.Template,
    summary="Change one language; with `submit` it goes into review",
)
async def patch_version(
    template_id: UUID,
    version_id: UUID,
    body: VersionPatch,
    request: Request,
    actor: ActorDep,
    runtime: RuntimeDep,
) -> Answer:
    actor.require("templates.manage")
    account = await _account_of(runtime, template_id)
    async with runtime.database.begin() as uow:
        await service.rewrite(uow, account, version_id, body.changes(), gettext=gettext_for(request, actor))
    if body.submit:
        await submit.submit(runtime, account, version_id)
    return await _of_version(runtime, version_id)


@router.post(
    "/templates/{template_id}/versions/{version_id}/submit",
    response_model=shapes.Template,
    summary="Hand one language in for approval",
)
async def post_submit(template_id: UUID, version_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("templates.manage")
    await submit.submit(runtime, await _account_of(runtime, template_id), version_id)
    return await _of_version(runtime, version_id)


@router.delete("/templates/{template_id}", status_code=204, summary="Delete it, here and at the platform")
async def delete_template(template_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("templates.manage")
    return await _delete(runtime, template_id, None)


@router.delete("/templates/{template_id}/versions/{version_id}", status_code=204, summary="Delete one language of it")
async def delete_version(template_id: UUID, version_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("templates.manage")
    return await _delete(runtime, template_id, version_id)


async def _delete(runtime: Runtime, template_id: UUID, version_id: UUID | None) -> Response:
    try:
        await submit.delete(runtime, await _account_of(runtime, template_id), template_id, version_id)
    except SendError as error:
        raise as_app_error(error) from error
    return Response(status_code=204)


async def _account_of(runtime: Runtime, template_id: UUID) -> AccountView:
    """Return an account that speaks for the template. Raises NotFound, Conflict."""
    async with runtime.database.begin() as uow:
        found = await templates_by_id(uow.conn, [template_id])
    if not found or found[0]["archived_at"] is not None:
        raise service.no_template()
    for account_id in found[0]["channel_account_ids"]:
        if (account := await runtime.accounts.get(UUID(account_id))) is not None:
            return account
    raise Conflict("The account of this template was disconnected. Connect it again.", code="account_removed")


@router.post(
    "/templates/{template_id}/preview",
    response_model=shapes.TemplatePreview,
    summary="What a customer would read, with what is known filled in",
)
async def post_preview(
    template_id: UUID, body: PreviewPost, request: Request, actor: ActorDep, runtime: RuntimeDep
) -> Answer:
    """Without `language` it is the contact's, else the template's default one, among those that are approved."""
    actor.require("conversations.write")
    gettext = gettext_for(request, actor)
    async with runtime.database.begin() as uow:
        place = await lock(uow, actor, body.conversation_id)
        account = await account_view(runtime, place["channel_account_id"])
        contact_id = await uow.conn.fetchval("SELECT contact_id FROM conversation WHERE id = $1", body.conversation_id)
        facts, language = await service.facts_of(uow, contact_id, actor.agent_id)
        row = await service.choose(uow, account, template_id, language=body.language, contact_language=language)
    values = filling.with_defaults(row["components"], body.variables, row["defaults"], facts)
    problems = filling.problems_of(row["components"], values, service.rules_of(account))
    return Answer(
        {
            "template_id": str(template_id),
            "version_id": str(row["id"]),
            "language": row["language"],
            "text": body_text(row["components"], values),
            "components": row["components"],
            "variables": variables_json(row["components"]),
            "values": values,
            "problems": _problems(problems, filling.WORDS, gettext),
        }
    )
