"""Contacts over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from app import shapes
from app.api import Answer, Cursor, Limit, RuntimeDep, Text
from app.contacts import queries, service
from app.contacts.export import export_contacts
from app.contacts.schemas import ContactPatch, ContactPost
from app.db import UnitOfWork
from app.idempotency import OnceDep
from app.people.service import ActorDep

router = APIRouter(tags=["contacts"], prefix="/contacts")


@router.get("", response_model=shapes.Page[shapes.Contact], summary="Contacts by name")
async def list_contacts(
    actor: ActorDep,
    runtime: RuntimeDep,
    q: Annotated[Text, Query(max_length=200, description="In names and phone numbers")] = "",
    tag: Annotated[Text | None, Query(max_length=100, description="A tag's id or name")] = None,
    channel: Annotated[Text | None, Query(max_length=40, description="Can be reached there")] = None,
    consent: Annotated[Text | None, Query(max_length=40, description="Allows this purpose, such as marketing")] = None,
    alike: Annotated[bool | None, Query(description="Only those that may be one person with another")] = None,
    state: queries.State = "living",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    actor.require("contacts.read")
    wanted = queries.Filter(q=q, tag=tag, channel=channel, consent=consent, alike=alike, state=state)
    async with runtime.database.begin() as uow:
        return Answer(await queries.list_contacts(uow.conn, wanted, limit=limit, cursor=cursor))


@router.get("/export.csv", summary="The same contacts as a CSV file", response_class=StreamingResponse)
async def export(
    actor: ActorDep,
    runtime: RuntimeDep,
    q: Annotated[Text, Query(max_length=200)] = "",
    tag: Annotated[Text | None, Query(max_length=100)] = None,
    channel: Annotated[Text | None, Query(max_length=40)] = None,
    consent: Annotated[Text | None, Query(max_length=40)] = None,
    alike: bool | None = None,
    state: queries.State = "living",
) -> Response:
    actor.require("contacts.export")
    wanted = queries.Filter(q=q, tag=tag, channel=channel, consent=consent, alike=alike, state=state)
    async with runtime.database.begin() as uow:
        await service.note_export(uow, actor)
    headers = {"Content-Disposition": 'attachment; filename="contacts.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(export_contacts(runtime, wanted), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("", response_model=shapes.ContactInFull, status_code=201, summary="Add a contact")
async def post_contact(body: ContactPost, actor: ActorDep, runtime: RuntimeDep, once: OnceDep) -> Answer:
    actor.require("contacts.write")

    async def create(uow: UnitOfWork) -> Answer:
        given = body.model_dump(exclude_unset=True)
        contact_id = await service.create_contact(uow, given, region=runtime.settings.default_region, actor=actor)
        return Answer(await queries.get_contact(uow.conn, actor, contact_id), 201)

    return await once.run(create)


@router.get(
    "/{contact_id}", response_model=shapes.ContactInFull, summary="A contact, with the conversations that one may see"
)
async def get_contact(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        return Answer(await queries.get_contact(uow.conn, actor, contact_id))


@router.patch("/{contact_id}", response_model=shapes.ContactInFull, summary="Change a contact")
async def patch_contact(contact_id: UUID, body: ContactPatch, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.write")
    given = body.model_dump(exclude_unset=True)
    async with runtime.database.begin() as uow:
        await service.change_contact(uow, contact_id, given, region=runtime.settings.default_region, actor=actor)
        return Answer(await queries.get_contact(uow.conn, actor, contact_id))


@router.delete("/{contact_id}", status_code=204, summary="Archive a contact; its history stays")
async def delete_contact(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("contacts.write")
    async with runtime.database.begin() as uow:
        await service.archive_contact(uow, contact_id, actor=actor)
    return Response(status_code=204)


@router.put(
    "/{contact_id}/block", response_model=shapes.ContactInFull, summary="Let what this contact writes call nobody"
)
async def block(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.write")
    async with runtime.database.begin() as uow:
        await service.block_contact(uow, contact_id, blocked=True, actor=actor)
        return Answer(await queries.get_contact(uow.conn, actor, contact_id))


@router.delete("/{contact_id}/block", response_model=shapes.ContactInFull, summary="Let this contact call again")
async def unblock(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.write")
    async with runtime.database.begin() as uow:
        await service.block_contact(uow, contact_id, blocked=False, actor=actor)
        return Answer(await queries.get_contact(uow.conn, actor, contact_id))


@router.post("/{contact_id}/erase", status_code=204, summary="Erase a person for good: cannot be undone")
async def erase(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("contacts.erase")
    await service.erase_contact(runtime, contact_id, actor=actor)
    return Response(status_code=204)
