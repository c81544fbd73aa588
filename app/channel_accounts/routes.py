"""Channel accounts over HTTP: connected by pasting credentials, which never come back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app import shapes
from app.api import Answer, RuntimeDep, page
from app.channel_accounts import queries, service
from app.channel_accounts.check import connect_webhook, disconnect_webhook
from app.channel_accounts.schemas import ChannelAccountPatch, ChannelAccountPost
from app.channel_accounts.service import NewAccount
from app.db import UnitOfWork
from app.errors import Invalid
from app.idempotency import OnceDep
from app.people.service import ActorDep

router = APIRouter(tags=["channel accounts"], prefix="/channel-accounts")


@router.get(
    "", response_model=shapes.Page[shapes.ChannelAccount], summary="The connected accounts, with what each can do"
)
async def list_accounts(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.read")
    async with runtime.database.begin() as uow:
        return Answer(page(await queries.accounts(uow.conn, base_url=runtime.settings.base_url)))


@router.post("", response_model=shapes.ChannelAccount, status_code=201, summary="Connect an account")
async def post_account(body: ChannelAccountPost, actor: ActorDep, runtime: RuntimeDep, once: OnceDep) -> Answer:
    actor.require("accounts.manage")

    async def create(uow: UnitOfWork) -> Answer:
        account_id = await service.create_account(uow, runtime, actor, NewAccount(**body.model_dump()))
        uow.enqueue("connect_webhook", str(account_id))
        (account,) = await queries.accounts(uow.conn, base_url=runtime.settings.base_url, account_id=account_id)
        return Answer(account, 201)

    return await once.run(create)


@router.get("/{account_id}", response_model=shapes.ChannelAccount, summary="One account")
async def get_account(account_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.read")
    async with runtime.database.begin() as uow:
        found = await queries.accounts(uow.conn, base_url=runtime.settings.base_url, account_id=account_id)
    if not found:
        raise service.no_account()
    return Answer(found[0])


@router.patch(
    "/{account_id}", response_model=shapes.ChannelAccount, summary="Change name, state, settings or credentials"
)
async def patch_account(account_id: UUID, body: ChannelAccountPatch, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.manage")
    changes = body.model_dump(exclude_unset=True)
    if empty := {name: "leave it out, or write a value" for name, value in changes.items() if value is None}:
        raise Invalid("Some of this cannot be cleared: see `fields`.", fields=empty)
    async with runtime.database.begin() as uow:
        await service.change_account(uow, runtime, actor, account_id, changes)
        (account,) = await queries.accounts(uow.conn, base_url=runtime.settings.base_url, account_id=account_id)
    return Answer(account)


@router.post(
    "/{account_id}/check",
    response_model=shapes.ChannelAccount,
    summary="Talk to the platform, connect the webhook, and report the health",
)
async def post_check(account_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.manage")
    await connect_webhook(runtime, account_id)
    return await get_account(account_id, actor, runtime)


@router.delete("/{account_id}", status_code=204, summary="Disconnect: the history stays, the credentials are wiped")
async def delete_account(account_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("accounts.manage")
    account = await service.account_view(runtime, account_id)
    await disconnect_webhook(runtime, account)
    async with runtime.database.begin() as uow:
        await service.remove_account(uow, runtime, actor, account_id)
    return Response(status_code=204)
