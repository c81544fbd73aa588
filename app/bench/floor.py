"""The bare floor: what the same server, signature check and group commit cost when nothing is understood or derived."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections import deque

import asyncpg
from starlette.types import Receive, Scope, Send

LANES = 2
TABLE = "CREATE TABLE bench_floor (id uuid PRIMARY KEY, body bytea NOT NULL)"


class Floor:
    """ASGI: HMAC over the body, then one row in a plain table, committed in groups on two lanes; then 200."""

    def __init__(self, database_url: str, secret: str) -> None:
        self._url = database_url
        self._secret = secret.encode()
        self._waiting: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()
        self._lanes: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = (await receive())["body"]
        signature = dict(scope["headers"]).get(b"x-hub-signature-256", b"")
        expected = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        right = hmac.compare_digest(signature, b"sha256=" + expected.encode())
        if right:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((body, done))
            self._wake.set()
            await done
        await send(
            {"type": "http.response.start", "status": 200 if right else 401, "headers": [(b"content-length", b"0")]}
        )
        await send({"type": "http.response.body", "body": b""})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with asyncpg.create_pool(self._url, min_size=LANES, max_size=LANES) as pool:
            lanes = [asyncio.create_task(self._lane(pool)) for _ in range(LANES)]
            await send({"type": "lifespan.startup.complete"})
            await receive()
            for lane in lanes:
                lane.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _lane(self, pool: asyncpg.Pool) -> None:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), 256))]
            await pool.execute(
                "INSERT INTO bench_floor SELECT * FROM unnest($1::uuid[], $2::bytea[])",
                [os.urandom(16).hex() for _ in group],
                [body for body, _ in group],
            )
            for _, done in group:
                done.set_result(None)
