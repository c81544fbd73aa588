"""A socket's other end."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import FastAPI

Frame = dict[str, Any]


class Reader:
    """A browser's end of a socket, without a network: frames come into `frames` unless `stuck`."""

    def __init__(self, app: FastAPI, headers: dict[str, str], query: str = "", path: str = "/ws") -> None:
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.texts: list[str] = []
        self.stuck = asyncio.Event()
        self.stuck.set()
        self._inbox: asyncio.Queue[Frame] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "ws",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "subprotocols": [],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        self.task = asyncio.create_task(app(scope, self._inbox.get, self._take))

    async def _take(self, message: Any) -> None:
        await self.stuck.wait()
        if message["type"] == "websocket.send":
            self.texts.append(message["text"])
            self.frames.put_nowait(orjson.loads(message["text"]))
        elif message["type"] == "websocket.close" and not self.closed.done():
            self.closed.set_result(message["code"])

    async def next(self, kind: str = "") -> Frame:
        """Return the next frame, or the next of a kind."""
        while True:
            frame = await asyncio.wait_for(self.frames.get(), 10)
            if kind in ("", frame["type"]):
                return frame

    def say(self, **word: Any) -> None:
        self._inbox.put_nowait({"type": "websocket.receive", "text": orjson.dumps(word).decode()})

    async def leave(self) -> None:
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, 10)
