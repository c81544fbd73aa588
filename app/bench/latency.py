"""How soon after a webhook is posted its message is on an agent's socket, at a steady pace far below the limit."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from app.bench.load import Load

CONNECTIONS = 8
PATIENCE_S = 10.0
"""How long after the last webhook its message may come before it counts as lost."""

Named = tuple[str, bytes]
"""A message's platform id and the request that brings it."""


def run_latency(port: int, token: str, requests: Sequence[Named], *, per_second: float) -> Load:
    """Post `requests` at `per_second` while an agent's socket is open; the latencies are from post to socket."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(sending, port, token, requests, per_second))
    process.start()
    sending.close()
    try:
        found: Load = receiving.recv()
    finally:
        process.join()
    return found


def _measure(answer: Connection, port: int, token: str, requests: Sequence[Named], per_second: float) -> None:
    answer.send(uvloop.run(_run(port, token, requests, per_second)))


async def _run(port: int, token: str, requests: Sequence[Named], per_second: float) -> Load:
    posted: dict[str, float] = {}
    latencies: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(f"ws://127.0.0.1:{port}/ws", additional_headers=headers) as socket:
        await socket.recv()  # hello
        reading = asyncio.create_task(_read(socket, posted, latencies, len(requests)))
        started = time.perf_counter()
        await _post(port, requests, posted, per_second)
        await asyncio.wait({reading}, timeout=PATIENCE_S)
        reading.cancel()
    return Load(
        requests=len(latencies),
        seconds=time.perf_counter() - started,
        latencies_s=sorted(latencies),
        failed=len(requests) - len(latencies),
    )


class _Answers(asyncio.Protocol):
    """Tells how many answers came; latencies are taken at the socket, not here."""

    def __init__(self, came: Callable[[int], None]) -> None:
        self._came = came

    def data_received(self, data: bytes) -> None:
        self._came(data.count(b"HTTP/1.1 "))


async def _post(port: int, requests: Sequence[Named], posted: dict[str, float], per_second: float) -> None:
    loop = asyncio.get_running_loop()
    left, all_answered = len(requests), asyncio.Event()

    def came(count: int) -> None:
        nonlocal left
        left -= count
        if left <= 0:
            all_answered.set()

    made = [await loop.create_connection(lambda: _Answers(came), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    transports = [transport for transport, _ in made]
    started = time.perf_counter()
    for number, (external_id, request) in enumerate(requests):
        await asyncio.sleep(started + number / per_second - time.perf_counter())
        posted[external_id] = time.perf_counter()
        transports[number % CONNECTIONS].write(request)
    with suppress(TimeoutError):
        await asyncio.wait_for(all_answered.wait(), PATIENCE_S)
    for transport in transports:
        transport.close()


async def _read(socket: ClientConnection, posted: dict[str, float], latencies: list[float], count: int) -> None:
    async for frame in socket:
        now = time.perf_counter()
        event = orjson.loads(frame)
        if event["type"] == "message.created" and event["data"]["external_id"] in posted:
            latencies.append(now - posted[event["data"]["external_id"]])
            if len(latencies) == count:
                return
