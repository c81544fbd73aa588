"""One reader's socket: a bounded buffer between the hub, which never waits, and the network, which may."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

from app.conversations.queries import Place
from app.ids import uuid7
from app.people.permissions import Actor

MOST_FRAMES = 1000
MOST_CHARACTERS = 4_000_000
TOO_SLOW = 4408
NOT_ALLOWED = 4403
NOT_AUTHENTICATED = 4401
RESTARTING = 1012
TRY_LATER = 1013

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Socket:
    """A connected reader. `closed` is done when it has to end, with the close code."""

    def __init__(self, actor: Actor, send: Send) -> None:
        self.id: UUID = uuid7()
        self.actor = actor
        self.viewing: Place | None = None
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._send = send
        self._buffer: deque[str] = deque()
        self._characters = 0
        self._filled = asyncio.Event()

    def offer(self, frame: str) -> None:
        """Take a frame to send. A reader that lets the buffer fill up is dropped, and resumes by `since`."""
        if self.closed.done():
            return
        self._buffer.append(frame)
        self._characters += len(frame)
        if len(self._buffer) > MOST_FRAMES or self._characters > MOST_CHARACTERS:
            self.close(TOO_SLOW)
        self._filled.set()

    def close(self, code: int) -> None:
        """End the socket; what is buffered is forgotten."""
        if not self.closed.done():
            self.closed.set_result(code)
            self._buffer.clear()

    async def send(self, frame: str) -> None:
        """Send past the buffer: what comes before the live frames."""
        await self._send({"type": "websocket.send", "text": frame})

    async def write(self) -> None:
        """Send what is offered, for as long as the socket lives."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._buffer:
                frame = self._buffer.popleft()
                self._characters -= len(frame)
                await self._send({"type": "websocket.send", "text": frame})
