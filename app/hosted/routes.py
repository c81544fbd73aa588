"""What agents may ask about visitors."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from app import shapes
from app.api import Answer, RuntimeDep
from app.hosted.queries import visit_of
from app.people.service import ActorDep

router = APIRouter(tags=["conversations"])


@router.get(
    "/conversations/{conversation_id}/visit",
    response_model=shapes.VisitAnswer,
    summary="Which page of the shop the customer looks at",
)
async def get_visit(conversation_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    """`visit` is null for somebody who writes from elsewhere."""
    actor.require("conversations.read")
    async with runtime.database.begin() as uow:
        return Answer({"visit": await visit_of(uow.conn, actor, conversation_id)})
