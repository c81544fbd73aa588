"""Conversations and their messages over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app import shapes
from app.api import Answer, Cursor, Limit, RuntimeDep, Text, page
from app.assignment.service import assign_soon
from app.channel_accounts.directory import AccountView
from app.conversations import bulk, listing, queries, service, wording
from app.conversations.bulk import Chosen
from app.conversations.finding import find_conversations
from app.conversations.listing import Filter, Sort, Status
from app.conversations.locks import lock
from app.conversations.present import Json
from app.conversations.schemas import (
    AssignmentPut,
    BulkPost,
    ConversationPatch,
    DraftPut,
    MediaPost,
    MessagePost,
    NotePost,
    ReadPut,
    ResendPost,
    Sent,
    TagPost,
    UndoPost,
)
from app.conversations.tags import list_tags, make_tag, tag_json
from app.db import UnitOfWork
from app.errors import Conflict, NotFound
from app.idempotency import OnceDep
from app.media.fitting import fitting_file
from app.outbound.service import cancel, queue_message, resend, send_typing
from app.people.permissions import Actor
from app.people.service import ActorDep
from app.runtime import Runtime

router = APIRouter(tags=["conversations"])


def _filter(
    status: Status = "all",
    assignee: Annotated[Text | None, Query(max_length=40, description="me, none, or an agent's id")] = None,
    team: Annotated[Text | None, Query(max_length=40, description="none, or a team's id")] = None,
    channel: Annotated[Text | None, Query(max_length=40)] = None,
    channel_account_id: UUID | None = None,
    tag: Annotated[Text | None, Query(max_length=100, description="A tag's id or name")] = None,
    priority: Annotated[Text | None, Query(max_length=20)] = None,
    q: Annotated[Text, Query(max_length=200, description="In contacts' names and phones, and in messages")] = "",
    sort: Annotated[Sort, Query(description="`waiting` lists only those that wait for an answer")] = "newest",
) -> Filter:
    return Filter(
        status=status,
        assignee=assignee,
        team=team,
        channel=channel,
        channel_account_id=channel_account_id,
        tag=tag,
        priority=priority,
        q=q,
        sort=sort,
    )


@router.get(
    "/conversations", response_model=shapes.ConversationPage, summary="A list of conversations, or what `q` finds"
)
async def list_conversations(
    wanted: Annotated[Filter, Depends(_filter)],
    actor: ActorDep,
    runtime: RuntimeDep,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    """With `q`: people by name and phone, then messages, newest first. A page looks through three months; `sort` is not asked."""
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        if wanted.q.strip():
            return Answer(await find_conversations(uow.conn, actor, wanted, limit=limit, cursor=cursor))
        return Answer(await listing.list_conversations(uow.conn, actor, wanted, limit=limit, cursor=cursor))


@router.get(
    "/conversations/counts", response_model=shapes.Counts, summary="How many each view holds; 1000 means 1000 or more"
)
async def count_conversations(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        return Answer(await queries.counts(uow.conn, actor))


@router.post(
    "/conversations/bulk",
    response_model=shapes.BulkAct,
    status_code=201,
    summary="Close, open, snooze, assign or tag many; `undo_token` takes it back",
)
async def post_bulk(body: BulkPost, actor: ActorDep, runtime: RuntimeDep, once: OnceDep) -> Answer:
    """The first 200 are done when this answers; ask for the act until it is no more `running`."""
    actor.require("conversations.write")
    wanted = None if body.filter is None else Filter(**body.filter.model_dump())
    action = body.action.model_dump(mode="json", exclude_unset=True)

    async def act(uow: UnitOfWork) -> Answer:
        return Answer({"id": await bulk.begin(uow, actor, Chosen(ids=body.ids or (), wanted=wanted), action)}, 201)

    begun = await once.run(act)
    if begun.status_code >= 400:
        return begun
    act_id = UUID(orjson.loads(begun.body)["id"])
    await bulk.go_on(runtime, act_id, most=1)
    return await _act(runtime, actor, act_id, 201)


@router.get("/conversations/bulk/{act_id}", response_model=shapes.BulkAct, summary="How far an act on many is")
async def get_bulk(act_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.write")
    return await _act(runtime, actor, act_id)


@router.post("/conversations/bulk/undo", response_model=shapes.BulkAct, summary="Take back what an act changed")
async def post_undo(body: UndoPost, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.write")
    await bulk.undo(runtime, actor, body.undo_token)
    return await _act(runtime, actor, body.undo_token)


async def _act(runtime: Runtime, actor: Actor, act_id: UUID, status: int = 200) -> Answer:
    async with runtime.database.begin() as uow:
        return Answer(await bulk.progress(uow.conn, actor, act_id), status)


@router.get("/conversations/{conversation_id}", response_model=shapes.Conversation, summary="One conversation")
async def get_conversation(conversation_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        return Answer(await queries.get_conversation(uow.conn, actor, conversation_id))


@router.get(
    "/conversations/{conversation_id}/messages",
    response_model=shapes.MessagePage,
    summary="The thread, newest first",
)
async def list_messages(
    conversation_id: UUID,
    request: Request,
    actor: ActorDep,
    runtime: RuntimeDep,
    limit: Limit = 50,
    before: Annotated[UUID | None, Query(description="Only what stands before this message")] = None,
    after: Annotated[UUID | None, Query(description="Only what stands after this message")] = None,
    around: Annotated[UUID | None, Query(description="This message, with what stands before and after it")] = None,
    cursor: Annotated[UUID | None, Query(description="The same as `before`")] = None,
) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        found = await queries.list_messages(
            uow.conn, actor, conversation_id, limit=limit, before=before or cursor, after=after, around=around
        )
        await wording.put_into_words(uow.conn, found["items"], wording.gettext_for(request, actor))
    return Answer(found)


@router.patch(
    "/conversations/{conversation_id}",
    response_model=shapes.Conversation,
    summary="Open, snooze, close; priority; tags",
)
async def patch_conversation(
    conversation_id: UUID, body: ConversationPatch, actor: ActorDep, runtime: RuntimeDep
) -> Answer:
    actor.require("conversations.write")
    async with runtime.database.begin() as uow:
        await service.change(uow, actor, conversation_id, _change(body))
        changed = await queries.get_conversation(uow.conn, actor, conversation_id)
    assign_soon(runtime)
    return Answer(changed)


def _change(body: ConversationPatch) -> service.Change:
    """Return the change; `snoozed_until: null` opens."""
    ends_snooze = "snoozed_until" in body.model_fields_set and body.snoozed_until is None
    status = "open" if ends_snooze and body.status is None else body.status
    return service.Change(status=status, priority=body.priority, snoozed_until=body.snoozed_until, tags=body.tags)


@router.put(
    "/conversations/{conversation_id}/assignment",
    response_model=shapes.Conversation,
    summary="Give it to an agent, a team, or nobody",
)
async def put_assignment(conversation_id: UUID, body: AssignmentPut, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    """Answers the conversation, also when it is out of one's own sight from now on."""
    actor.require("conversations.write")
    async with runtime.database.begin() as uow:
        await service.assign(uow, actor, conversation_id, body.model_dump(exclude_unset=True))
        changed = await queries.whole_conversations(uow.conn, [conversation_id])
    assign_soon(runtime)
    return Answer(changed[conversation_id])


@router.put(
    "/conversations/{conversation_id}/read", response_model=shapes.Read, summary="All up to this message was read"
)
async def put_read(conversation_id: UUID, body: ReadPut, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.write")
    async with runtime.database.begin() as uow:
        unread = await service.mark_read(uow, actor, conversation_id, body.message_id)
    return Answer({"id": conversation_id, "unread_count": unread})


@router.post(
    "/conversations/{conversation_id}/typing", status_code=204, summary="Somebody types: colleagues and customer see it"
)
async def post_typing(conversation_id: UUID, request: Request, actor: ActorDep, runtime: RuntimeDep) -> Response:
    actor.require("conversations.write")
    async with runtime.database.begin() as uow:
        place = await queries.place_of(uow.conn, actor, conversation_id)
        if place is None:
            raise queries.no_conversation()
        send_typing(uow, conversation_id)
    await request.app.state.hub.tell(actor, "typing", place, {"name": actor.name})
    return Response(status_code=204)


@router.put(
    "/conversations/{conversation_id}/draft",
    response_model=shapes.Drafted,
    summary="Keep what one has typed, across devices",
)
async def put_draft(conversation_id: UUID, body: DraftPut, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.write")
    async with runtime.database.begin() as uow:
        draft = await service.save_draft(uow, actor, conversation_id, body.text)
    return Answer({"draft": draft})


@router.post(
    "/conversations/{conversation_id}/messages",
    response_model=shapes.Message,
    status_code=201,
    summary="Send a message, or leave a note",
)
async def post_message(
    conversation_id: UUID, body: MessagePost, request: Request, actor: ActorDep, runtime: RuntimeDep, once: OnceDep
) -> Answer:
    """A reaction answers the message that it is put on."""
    actor.require("conversations.write")
    if isinstance(body, MediaPost):
        fitting = await fitting_file(runtime, actor, conversation_id, body.media_id, body.kind)
        body = body.model_copy(update={"media_id": fitting})

    async def act(uow: UnitOfWork) -> Answer:
        if isinstance(body, NotePost):
            note = await service.add_note(
                uow, actor, conversation_id, text=body.text, mentions=body.mentions, client_id=body.client_id
            )
            return Answer(note, 201)
        queued = await _queue(uow, runtime, actor, conversation_id, body)
        return await _in_words(uow, queued, request, actor, 201)

    return await once.run(act)


async def _queue(uow: UnitOfWork, runtime: Runtime, actor: Actor, conversation_id: UUID, body: Sent) -> Json:
    """Queue and return the message; of a text that is cut into several, the first."""
    queued = await queue_message(
        uow,
        await _account_of(uow, runtime, actor, conversation_id),
        conversation_id=conversation_id,
        outgoing=body.outgoing(),
        agent_id=actor.agent_id,
        token_id=actor.token_id,
        client_id=body.client_id,
    )
    await service.forget_draft(uow, actor, conversation_id)
    return queued[0]


async def _in_words(uow: UnitOfWork, message: Json, request: Request, actor: Actor, status: int = 200) -> Answer:
    await wording.put_into_words(uow.conn, [message], wording.gettext_for(request, actor))
    return Answer(message, status)


async def _account_of(uow: UnitOfWork, runtime: Runtime, actor: Actor, conversation_id: UUID) -> AccountView:
    row = await lock(uow, actor, conversation_id)
    account = await runtime.accounts.get(row["channel_account_id"])
    if account is None:
        raise Conflict("This number or page was disconnected. Connect it again to write.", code="account_removed")
    return account


@router.post(
    "/messages/{message_id}/resend",
    response_model=shapes.Message,
    status_code=201,
    summary="Send again what failed or may not have arrived",
)
async def post_resend(
    message_id: UUID, body: ResendPost, request: Request, actor: ActorDep, runtime: RuntimeDep, once: OnceDep
) -> Answer:
    actor.require("conversations.write")

    async def act(uow: UnitOfWork) -> Answer:
        account = await _account_of(uow, runtime, actor, await _conversation_of(uow, message_id))
        again = await resend(uow, account, message_id=message_id, agent_id=actor.agent_id, client_id=body.client_id)
        return await _in_words(uow, again, request, actor, 201)

    return await once.run(act)


@router.post(
    "/messages/{message_id}/cancel", response_model=shapes.Message, summary="Take back a message that still waits"
)
async def post_cancel(message_id: UUID, request: Request, actor: ActorDep, once: OnceDep) -> Answer:
    actor.require("conversations.write")

    async def act(uow: UnitOfWork) -> Answer:
        await lock(uow, actor, await _conversation_of(uow, message_id))
        return await _in_words(uow, await cancel(uow, message_id=message_id), request, actor)

    return await once.run(act)


async def _conversation_of(uow: UnitOfWork, message_id: UUID) -> UUID:
    conversation_id: UUID | None = await uow.conn.fetchval(
        "SELECT conversation_id FROM message WHERE id = $1", message_id
    )
    if conversation_id is None:
        raise NotFound("No message has this id, or it is not yours to see.")
    return conversation_id


@router.get("/tags", response_model=shapes.Page[shapes.Tag], summary="The tags of contacts and conversations")
async def get_tags(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("contacts.read")
    async with runtime.database.begin() as uow:
        return Answer(page(await list_tags(uow.conn)))


@router.post("/tags", response_model=shapes.Tag, status_code=201, summary="Add a tag, or get the one of that name")
async def post_tag(body: TagPost, actor: ActorDep, once: OnceDep) -> Answer:
    actor.require("tags.write")

    async def act(uow: UnitOfWork) -> Answer:
        return Answer(tag_json(await make_tag(uow, name=body.name, hue=body.hue)), 201)

    return await once.run(act)
