"""QR codes over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from app import shapes
from app.api import Answer, RuntimeDep, page
from app.channel_accounts.service import account_view
from app.db import UnitOfWork
from app.idempotency import OnceDep
from app.people.service import ActorDep
from app.qr_codes import service
from app.qr_codes.schemas import QrCodePost
from app.qr_codes.service import NewQrCode

router = APIRouter(tags=["channel accounts"], prefix="/channel-accounts/{account_id}/qr-codes")


@router.get("", response_model=shapes.Page[shapes.QrCode], summary="The codes that lead to this account")
async def list_codes(account_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("accounts.read")
    await account_view(runtime, account_id)
    async with runtime.database.begin() as uow:
        return Answer(page(await service.codes(uow.conn, account_id)))


@router.post("", response_model=shapes.QrCode, status_code=201, summary="Make a code with a scene")
async def post_code(account_id: UUID, body: QrCodePost, actor: ActorDep, runtime: RuntimeDep, once: OnceDep) -> Answer:
    actor.require("accounts.manage")
    account = await account_view(runtime, account_id)
    new = NewQrCode(**body.model_dump())
    made = await service.ask_for_code(runtime, account, new)

    async def keep(uow: UnitOfWork) -> Answer:
        return Answer(await service.keep_code(uow, account, new, made, agent_id=actor.agent_id), 201)

    return await once.run(keep)
