"""Who is reading a page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Reader:
    """What a page must know before its first paint, so that nothing flashes."""

    language: str
    theme: str
    density: str


async def reader_of(request: Request) -> Reader | None:
    """Return the agent whose session the request carries, or None."""
    find = getattr(request.app.state, "reader_of", None)
    return await find(request) if find else None
