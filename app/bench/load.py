"""A load generator in a process of its own: ready-made requests over a fixed number of connections, as fast as answers come.

Bare sockets: a client library would take the very CPU that is measured.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

import uvloop

_OK = b"HTTP/1.1 200"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a run. Latencies are of single requests, in seconds, sorted."""

    requests: int
    seconds: float
    latencies_s: Sequence[float]
    failed: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Return the latency that `share` of the requests stayed below."""
        if not self.latencies_s:
            return 0.0
        index = min(len(self.latencies_s) - 1, int(share * len(self.latencies_s)))
        return self.latencies_s[index] * 1000


def run_load(port: int, requests: Sequence[bytes], *, connections: int, seconds: float, warm_up_s: float = 1.0) -> Load:
    """Send `requests` for at most `seconds` after a warm-up; stop early when they are used up."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_generate, args=(sending, port, requests, connections, seconds, warm_up_s))
    process.start()
    sending.close()
    try:
        found: Load = receiving.recv()
    finally:
        process.join()
    return found


def _generate(
    answer: Connection, port: int, requests: Sequence[bytes], connections: int, seconds: float, warm_up_s: float
) -> None:
    answer.send(uvloop.run(_run(port, requests, connections, seconds, warm_up_s)))


async def _run(port: int, requests: Sequence[bytes], connections: int, seconds: float, warm_up_s: float) -> Load:
    loop = asyncio.get_running_loop()
    supply = iter(requests)
    started = time.perf_counter()
    clients = [_Client(supply, started + warm_up_s, started + warm_up_s + seconds) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    latencies = sorted(latency for client in clients for latency in client.latencies_s)
    ended = max(client.last_answer for client in clients)
    return Load(
        requests=len(latencies),
        seconds=max(ended - started - warm_up_s, 1e-9),
        latencies_s=latencies,
        failed=sum(client.failed for client in clients),
    )


class _Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the one before is whole."""

    def __init__(self, supply: Iterator[bytes], measure_from: float, until: float) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies_s: list[float] = []
        self.failed = 0
        self.last_answer = measure_from
        self._supply = supply
        self._measure_from = measure_from
        self._until = until
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._buffer = b""
        now = time.perf_counter()
        if not head.startswith(_OK):
            self.failed += 1
        elif self._sent_at >= self._measure_from:
            self.latencies_s.append(now - self._sent_at)
            self.last_answer = now
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.failed += 1
            self.done.set_result(None)

    def _next(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        request = next(self._supply, None) if self._sent_at < self._until else None
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)


def _content_length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
