"""GET /chat/{account_id}/ws: the page's socket. Its first frame is {type: hello, token, after}; then both sides talk.

What the page says is what it could POST (talk.py), answered with the same objects; a refusal is {type: error, code, client_id}.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from channels.contract import Json
from channels.hosting import Host, Refused
from channels.kit.tolerant import text
from channels.webchat.hosted import door, shown
from channels.webchat.hosted.talk import Talk

HELLO_WITHIN_S = 10.0
LONGEST_FRAME = 64 * 1024
CLOSED = {401: 4401, 403: 4403, 404: 4404, 429: 4429, 503: 1013}
"""HTTP status of a refusal → close code."""


class Socket:
    """One page after the other comes in here."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        try:
            talk, hello = await self._let_in(socket)
            await _converse(socket, talk, text(hello.get("after")))
        except Refused as refused:
            await _close(socket, CLOSED.get(refused.status, 4400), refused.code)
        except TimeoutError:
            await _close(socket, 4400, "hello_missing")
        except WebSocketDisconnect:
            return

    async def _let_in(self, socket: WebSocket) -> tuple[Talk, Json]:
        account = await door.account_of(self._host, socket)
        door.check_origin(self._host, account, socket)
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = _word(await socket.receive_text())
        talk = await door.talk_of(self._host, account, socket, text(hello.get("token")))
        await talk.limit("socket")
        return talk, hello


async def _converse(socket: WebSocket, talk: Talk, after: str) -> None:
    """Tell what was missed, then what happens, and take what the page says, until one side ends it."""
    async with talk.host.follow(talk.visitor) as frames:
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(_tell(socket, talk, frames, after)),
            asyncio.create_task(_hear(socket, talk)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception) and not isinstance(result, OSError | WebSocketDisconnect):
            raise result


async def _tell(socket: WebSocket, talk: Talk, frames: AsyncIterator[Json], after: str) -> None:
    newest = await _catch_up(socket, talk, after)
    async for frame in frames:
        if frame["type"] == "closed":
            raise Refused(401, frame["code"])
        if frame["type"] == "sync":
            newest = await _catch_up(socket, talk, newest)
        elif frame["type"] == "message":
            newest = frame["message"]["id"]
            await _send(socket, frame | {"message": shown.message(talk.host, talk.visitor, frame["message"])})
        else:
            await _send(socket, frame)


async def _catch_up(socket: WebSocket, talk: Talk, after: str) -> str:
    """Send the history since `after`; return the newest message."""
    history = await talk.host.history(talk.visitor, after=after)
    await _send(socket, shown.history_frame(talk.host, talk.visitor, history))
    return str(history.messages[-1]["id"]) if history.messages else after


async def _hear(socket: WebSocket, talk: Talk) -> None:
    while True:
        word = _word(await socket.receive_text())
        try:
            answer = await talk.take(word)
        except Refused as refused:
            if refused.status == 401:
                raise
            answer = {"type": "error", "code": refused.code, "retry_after_s": refused.retry_after_s}
        if "client_id" in word:
            answer = {"client_id": word["client_id"], **answer}
        if answer["type"] != "ok":
            await _send(socket, answer)


async def _send(socket: WebSocket, frame: Json) -> None:
    await socket.send_text(orjson.dumps(frame).decode())


def _word(raw: str) -> Json:
    """Raises Refused 422 for what no page of ours says."""
    try:
        word = orjson.loads(raw) if len(raw) <= LONGEST_FRAME else None
    except orjson.JSONDecodeError:
        word = None
    if not isinstance(word, dict):
        raise Refused(422, "not_json")
    return word


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code, reason)
