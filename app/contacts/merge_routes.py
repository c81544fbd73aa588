"""Contacts that are one person, over HTTP: suggestions, preview, merge, undo, history, and the one timeline."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app import shapes
from app.api import Answer, Cursor, Limit, RuntimeDep
from app.contacts import merge_queries, queries, service
from app.contacts.schemas import MergePost
from app.conversations import wording
from app.conversations.queries import list_timeline
from app.db import UnitOfWork
from app.errors import NotFound
from app.idempotency import OnceDep
from app.people.service import ActorDep

router = APIRouter(tags=["contacts"], prefix="/contacts")


@router.get(
    "/suggestions",
    response_model=shapes.Page[shapes.ContactSuggestion],
    summary="Pairs of contacts that may be one person",
)
async def list_suggestions(actor: ActorDep, runtime: RuntimeDep, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        return Answer(await merge_queries.list_suggestions(uow.conn, limit=limit, cursor=cursor))


@router.get(
    "/{contact_id}/suggestions",
    response_model=shapes.Page[shapes.ContactSuggestion],
    summary="Who else this contact may be",
)
async def suggestions_of(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        contact = await queries.get_brief(uow.conn, contact_id)
        return Answer(await merge_queries.list_suggestions(uow.conn, contact_id=UUID(contact["id"])))


@router.delete(
    "/{contact_id}/suggestions/{suggestion_id}", status_code=204, summary="These two are different people, for good"
)
async def dismiss(contact_id: UUID, suggestion_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("contacts.write")
    async with runtime.database.begin() as uow:
        await service.dismiss_suggestion(uow, contact_id, suggestion_id, actor=actor)
    return Response(status_code=204)


@router.post(
    "/{contact_id}/merge/preview", response_model=shapes.MergePreview, summary="What a merge would do; changes nothing"
)
async def preview(contact_id: UUID, body: MergePost, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.write")
    pair = service.Pair(contact_id, body.contact_id)
    choices = merge_queries.choices_of(pair, body.choices)
    async with runtime.database.begin() as uow:
        return Answer(await merge_queries.preview(uow.conn, actor, pair, choices))


@router.post(
    "/{contact_id}/merge",
    response_model=shapes.ContactMerged,
    summary="Make another contact part of this one; can be undone",
)
async def merge(contact_id: UUID, body: MergePost, actor: ActorDep, once: OnceDep) -> Answer:
    actor.require("contacts.write")
    pair = service.Pair(contact_id, body.contact_id)
    choices = merge_queries.choices_of(pair, body.choices)

    async def act(uow: UnitOfWork) -> Answer:
        merge_id = await service.merge_contacts(uow, pair, actor=actor, reason="by_hand", choices=choices)
        contact = await queries.get_contact(uow.conn, actor, contact_id)
        return Answer(contact | {"merge_id": str(merge_id)})

    return await once.run(act)


@router.get(
    "/{contact_id}/merges", response_model=shapes.Page[shapes.ContactMerge], summary="What this contact was made of"
)
async def list_merges(contact_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        contact = await queries.get_brief(uow.conn, contact_id)
        return Answer(await merge_queries.list_merges(uow.conn, UUID(contact["id"])))


@router.post(
    "/{contact_id}/merges/{merge_id}/undo",
    response_model=shapes.ContactInFull,
    summary="Make two of one again; answers the contact in the path",
)
async def undo(contact_id: UUID, merge_id: UUID, actor: ActorDep, once: OnceDep) -> Answer:
    actor.require("contacts.write")

    async def act(uow: UnitOfWork) -> Answer:
        if contact_id not in await service.undo_merge(uow, merge_id, actor=actor):
            raise NotFound("This contact has no such merge.")
        return Answer(await queries.get_contact(uow.conn, actor, contact_id))

    return await once.run(act)


@router.get(
    "/{contact_id}/history", response_model=shapes.Page[shapes.HistoryEntry], summary="Who did what to this contact"
)
async def list_history(
    contact_id: UUID, actor: ActorDep, runtime: RuntimeDep, limit: Limit = 50, cursor: Cursor = None
) -> Answer:
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        contact = await queries.get_brief(uow.conn, contact_id)
        found = await merge_queries.list_history(uow.conn, UUID(contact["id"]), limit=limit, cursor=cursor)
    return Answer(found)


@router.get(
    "/{contact_id}/timeline",
    response_model=shapes.Page[shapes.Message],
    summary="What was said with this person in all threads that one may see, newest first",
)
async def timeline(
    contact_id: UUID,
    request: Request,
    actor: ActorDep,
    runtime: RuntimeDep,
    limit: Limit = 50,
    cursor: Cursor = None,
    before: Annotated[UUID | None, Query(description="Only what stands before this message")] = None,
) -> Answer:
    actor.require("conversations.read")
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        contact = await queries.get_brief(uow.conn, contact_id)
        found = await list_timeline(uow.conn, actor, UUID(contact["id"]), limit=limit, cursor=cursor, before=before)
        await wording.put_into_words(uow.conn, found["items"], wording.gettext_for(request, actor))
    return Answer(found)
