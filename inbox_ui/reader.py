"""Who is reading a page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from app.api import runtime_of
from app.people.queries import me
from app.people.service import find_actor


@dataclass(frozen=True, slots=True)
class Reader:
    """What a page must know before its first paint, so that nothing flashes."""

    language: str
    theme: str
    density: str


def shop_name(request: Request) -> str:
    """Return the business's name, for those who are not logged in yet."""
    return runtime_of(request).settings.business_name


async def reader_of(request: Request) -> Reader | None:
    """Return the agent whose session the request carries, or None."""
    runtime = runtime_of(request)
    actor = await find_actor(runtime, request)
    if actor is None or actor.agent_id is None:
        return None
    async with runtime.database.begin() as uow:
        person = await me(uow.conn, actor, runtime.settings)
    return Reader(language=person["language"], theme=person["theme"], density=person["density"])
