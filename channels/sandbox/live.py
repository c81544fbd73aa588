"""Tells every open phone page what changed, in bundles, so that a rush cannot drown a browser."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

Json = dict[str, Any]

BUNDLE_EVERY_S = 0.06
BUNDLE_MOST = 400


class Live:
    """One queue per page. A page that reads too slowly is told to load anew instead of growing a queue."""

    def __init__(self) -> None:
        self._queues: list[_Queue] = []

    def tell(self, kind: str, data: Json) -> None:
        for queue in self._queues:
            queue.put({"type": kind, **data})

    async def serve(self, socket: WebSocket) -> None:
        """Stream bundles (JSON arrays of frames) until the page leaves."""
        await socket.accept()
        queue = _Queue()
        self._queues.append(queue)
        sender = asyncio.create_task(_stream(socket, queue))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self._queues.remove(queue)
            sender.cancel()


class _Queue:
    def __init__(self) -> None:
        self.frames: list[Json] = []
        self.filled = asyncio.Event()

    def put(self, frame: Json) -> None:
        if len(self.frames) >= BUNDLE_MOST:
            self.frames = [{"type": "reset"}]
        self.frames.append(frame)
        self.filled.set()


async def _stream(socket: WebSocket, queue: _Queue) -> None:
    while True:
        await queue.filled.wait()
        queue.filled.clear()
        frames, queue.frames = queue.frames, []
        await socket.send_text(json.dumps(frames))
        await asyncio.sleep(BUNDLE_EVERY_S)
