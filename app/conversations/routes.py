"""Conversations and their messages over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.api import Answer, Cursor, Limit, RuntimeDep, Text
from app.conversations import queries
from app.conversations.queries import Filter, Sort, Status
from app.people.service import ActorDep

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


@router.get("/conversations", summary="A list of conversations")
async def list_conversations(
    wanted: Annotated[Filter, Depends(_filter)],
    actor: ActorDep,
    runtime: RuntimeDep,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        return Answer(await queries.list_conversations(uow.conn, actor, wanted, limit=limit, cursor=cursor))


@router.get("/conversations/counts", summary="How many each view holds; 1000 means 1000 or more")
async def count_conversations(actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        return Answer(await queries.counts(uow.conn, actor))


@router.get("/conversations/{conversation_id}", summary="One conversation")
async def get_conversation(conversation_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        return Answer(await queries.get_conversation(uow.conn, actor, conversation_id))


@router.get("/conversations/{conversation_id}/messages", summary="The thread, newest first")
async def list_messages(
    conversation_id: UUID,
    actor: ActorDep,
    runtime: RuntimeDep,
    limit: Limit = 50,
    before: Annotated[UUID | None, Query(description="Only what stands before this message")] = None,
    after: Annotated[UUID | None, Query(description="Only what stands after this message")] = None,
    cursor: Annotated[UUID | None, Query(description="The same as `before`")] = None,
) -> Answer:
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        found = await queries.list_messages(
            uow.conn, actor, conversation_id, limit=limit, before=before or cursor, after=after
        )
    return Answer(found)
