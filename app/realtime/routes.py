"""GET /ws: the socket of one reader, as a plain ASGI endpoint that sends every event's one text as it is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from app.people.origin import is_ours
from app.people.service import Actor, find_actor
from app.realtime.frames import control
from app.realtime.hub import Hub
from app.realtime.resume import TooLongAgo, missed
from app.realtime.socket import NOT_ALLOWED, NOT_AUTHENTICATED, TRY_LATER, Socket
from app.runtime import Runtime
from app.transient import is_transient

LONGEST_WORD = 1000
"""Characters of the longest frame that a client has reason to send."""
WORDS_PER_S = 5
GREATEST_ID = 2**63 - 1


class LiveEndpoint:
    """One reader after the other comes in here; what they share is the hub of the process."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        runtime: Runtime = connection.app.state.runtime
        await receive()  # websocket.connect
        actor, refused = await _let_in(runtime, connection)
        await send({"type": "websocket.accept"})
        if actor is None:  # after accept, because only then a page is told the code
            await send({"type": "websocket.close", "code": refused})
            return
        hub: Hub = connection.app.state.hub
        async with hub.attached(actor, send) as socket:
            await _serve(hub, runtime, socket, receive, since=_since(connection))
            if socket.closed.done():
                with suppress(TimeoutError):  # a reader that reads nothing does not take this either
                    await asyncio.wait_for(send({"type": "websocket.close", "code": socket.closed.result()}), 1)


async def _let_in(runtime: Runtime, connection: HTTPConnection) -> tuple[Actor | None, int | None]:
    """Return who comes in, or the close code for someone who does not."""
    try:
        actor = await find_actor(runtime, connection)
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if not is_transient(error):
            raise
        return None, TRY_LATER
    if actor is None:
        return None, NOT_AUTHENTICATED
    if actor.session_id and not is_ours(connection, runtime.settings):
        return None, NOT_ALLOWED
    return actor, None


def _since(connection: HTTPConnection) -> int | None:
    text = connection.query_params.get("since", "")
    return min(int(text), GREATEST_ID) if text.isascii() and text.isdigit() and len(text) < 40 else None


async def _serve(hub: Hub, runtime: Runtime, socket: Socket, receive: Receive, *, since: int | None) -> None:
    """Talk until one side ends it."""
    talk: list[asyncio.Future[Any]] = [
        asyncio.create_task(_tell(hub, runtime, socket, since)),
        asyncio.create_task(_hear(hub, socket, receive)),
    ]
    try:
        await asyncio.wait([*talk, socket.closed], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in talk:
            task.cancel()
        ended = await asyncio.gather(*talk, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception) and not isinstance(result, OSError):  # OSError: the reader is gone
            raise result


async def _tell(hub: Hub, runtime: Runtime, socket: Socket, since: int | None) -> None:
    """Say hello, then what was missed, then what happens. Live events wait in the buffer meanwhile."""
    agent_id = socket.actor.agent_id
    newest = hub.newest
    await socket.send(control("hello", id=newest, agent_id=str(agent_id) if agent_id else None))
    if since is not None:
        try:
            async for frame in missed(runtime.database, socket.actor, since):
                await socket.send(frame)
            await socket.send(control("caught_up", id=newest))
        except TooLongAgo:
            await socket.send(control("reset", id=newest))
    await socket.write()


async def _hear(hub: Hub, socket: Socket, receive: Receive) -> None:
    """Take the reader's typing, viewing and pings, no more than WORDS_PER_S; what is not understood is ignored."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        word = _word(message.get("text") or "")
        if word.get("type") == "ping":
            socket.offer(control("pong"))
        elif word.get("type") == "viewing":
            await hub.view(socket, _conversation(word))
        elif word.get("type") == "typing":
            await hub.type_in(socket, _conversation(word))
        await asyncio.sleep(1 / WORDS_PER_S)


def _word(text: str) -> dict[str, Any]:
    try:
        word = orjson.loads(text) if len(text) <= LONGEST_WORD else None
    except orjson.JSONDecodeError:
        return {}
    return word if isinstance(word, dict) else {}


def _conversation(word: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(word.get("conversation_id")))
    except ValueError:
        return None


routes = [WebSocketRoute("/ws", LiveEndpoint())]
