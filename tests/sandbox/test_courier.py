"""The courier over real sockets: kept connections, chunked answers, servers that hang up or keep silent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from channels.sandbox.courier import NotDelivered, SocketCourier

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextlib.asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.current_task())  # type: ignore[arg-type]
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await answer(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook?a=1"
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


@pytest.fixture
async def courier() -> AsyncIterator[SocketCourier]:
    opened = SocketCourier(timeout_s=0.5)
    yield opened
    await opened.close()


async def test_one_connection_carries_many(courier: SocketCourier) -> None:
    requests: list[list[bytes]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append([])
        while True:
            requests[-1].append(await read_request(reader))
            writer.write(PLAIN)

    async with server(answer) as url:
        for _ in range(3):
            assert await courier.post(url, {"X-A": "b"}, b'{"n":1}') == (200, b"ok")
    assert [len(one) for one in requests] == [3]
    assert requests[0][0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert requests[0][0].endswith(b'\r\nX-A: b\r\n\r\n{"n":1}')


async def test_a_kept_connection_that_died_is_replaced(courier: SocketCourier) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(PLAIN)
        await writer.drain()

    async with server(answer) as url:
        for _ in range(3):
            assert (await courier.post(url, {}, b"{}"))[0] == 200


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1;x=y\r\n!\r\n0\r\n\r\n", (200, b"ok!")),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", (503, b"")),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", (200, b"until the end")),
    ],
    ids=["chunked", "closing", "without a length"],
)
async def test_answers_of_every_shape(courier: SocketCourier, raw: bytes, expected: tuple[int, bytes]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(raw)
        await writer.drain()

    async with server(answer) as url:
        assert await courier.post(url, {}, b"{}") == expected


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)


async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    await reader.read()


@pytest.mark.parametrize("answer", [hang_up, keep_silent], ids=["hangs up", "keeps silent"])
async def test_no_whole_answer_is_not_delivered(courier: SocketCourier, answer: Answer) -> None:
    async with server(answer) as url:
        with pytest.raises(NotDelivered):
            await courier.post(url, {}, b"{}")


async def test_nobody_there_is_not_delivered(courier: SocketCourier) -> None:
    async with server(hang_up) as url:
        pass
    with pytest.raises(NotDelivered):
        await courier.post(url, {}, b"{}")
