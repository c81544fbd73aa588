"""Channel accounts over HTTP: connected by pasting credentials, which never come back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app import shapes
from app.api import Answer, RuntimeDep, page
from app.channel_accounts import queries, service
from app.channel_accounts.check import connect_webhook, disconnect_webhook
from app.channel_accounts.figures import figures
from app.channel_accounts.guides import all_guides
from app.channel_accounts.queries import Reading
from app.channel_accounts.schemas import ChannelAccountPatch, ChannelAccountPost
from app.channel_accounts.service import NewAccount
from app.conversations.wording import gettext_for
from app.db import UnitOfWork
from app.errors import Invalid
from app.idempotency import OnceDep
from app.people.service import ActorDep

router = APIRouter(tags=["channel accounts"])


def _reading(request: Request, actor: ActorDep) -> Reading:
    return Reading(gettext_for(request, actor), manages=actor.may("accounts.manage"))


ReadingDep = Annotated[Reading, Depends(_reading)]


@router.get(
    "/channels", response_model=shapes.Page[shapes.Guide], summary="What can be connected, and how: steps and fields"
)
async def list_guides(actor: ActorDep, reading: ReadingDep) -> Answer:
    actor.require("accounts.manage")
    return Answer(page(all_guides(reading.gettext)))


@router.get(
    "/channel-accounts",
    response_model=shapes.Page[shapes.ChannelAccount],
    summary="The connected accounts, with what each can do",
)
async def list_accounts(actor: ActorDep, runtime: RuntimeDep, reading: ReadingDep) -> Answer:
    actor.require("accounts.read")
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.accounts(uow.conn, runtime, reading)))


@router.post("/channel-accounts", response_model=shapes.ChannelAccount, status_code=201, summary="Connect an account")
async def post_account(
    body: ChannelAccountPost, actor: ActorDep, runtime: RuntimeDep, reading: ReadingDep, once: OnceDep
) -> Answer:
    actor.require("accounts.manage")

    async def create(uow: UnitOfWork) -> Answer:
        account_id = await service.create_account(uow, runtime, actor, NewAccount(**body.model_dump()))
        uow.enqueue("connect_webhook", str(account_id))
        (account,) = await queries.accounts(uow.conn, runtime, reading, account_id=account_id)
        return Answer(account, 201)

    return await once.run(create)


@router.get(
    "/channel-accounts/figures",
    response_model=shapes.Page[shapes.AccountFigures],
    summary="How each account did in the last day",
)
async def list_figures(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.manage")
    async with runtime.database.begin() as uow:
        return Answer(page(await figures(uow.conn)))


@router.get("/channel-accounts/{account_id}", response_model=shapes.ChannelAccount, summary="One account")
async def get_account(account_id: UUID, actor: ActorDep, runtime: RuntimeDep, reading: ReadingDep) -> Answer:
    actor.require("accounts.read")
    async with runtime.database.begin() as uow:
        found = await queries.accounts(uow.conn, runtime, reading, account_id=account_id)
    if not found:
        raise service.no_account()
    return Answer(found[0])


@router.patch(
    "/channel-accounts/{account_id}",
    response_model=shapes.ChannelAccount,
    summary="Change name, state, settings or credentials",
)
async def patch_account(
    account_id: UUID, body: ChannelAccountPatch, actor: ActorDep, runtime: RuntimeDep, reading: ReadingDep
) -> Answer:
    actor.require("accounts.manage")
    changes = body.model_dump(exclude_unset=True)
    if empty := {name: "leave it out, or write a value" for name, value in changes.items() if value is None}:
        raise Invalid("Some of this cannot be cleared: see `fields`.", fields=empty)
    async with runtime.database.begin() as uow:
        await service.change_account(uow, runtime, actor, account_id, changes)
        if "credentials" in changes:
            uow.enqueue("connect_webhook", str(account_id))
        (account,) = await queries.accounts(uow.conn, runtime, reading, account_id=account_id)
    return Answer(account)


@router.post(
    "/channel-accounts/{account_id}/check",
    response_model=shapes.ChannelAccount,
    summary="Talk to the platform, connect the webhook, and report the health",
)
async def post_check(account_id: UUID, actor: ActorDep, runtime: RuntimeDep, reading: ReadingDep) -> Answer:
    actor.require("accounts.manage")
    await connect_webhook(runtime, account_id)
    return await get_account(account_id, actor, runtime, reading)


@router.delete(
    "/channel-accounts/{account_id}",
    status_code=204,
    summary="Disconnect: the history stays, the credentials are wiped",
)
async def delete_account(account_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("accounts.manage")
    account = await service.account_view(runtime, account_id)
    await disconnect_webhook(runtime, account)
    async with runtime.database.begin() as uow:
        await service.remove_account(uow, runtime, actor, account_id)
    return Response(status_code=204)
