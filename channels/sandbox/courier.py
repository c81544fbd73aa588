"""Carries webhooks over HTTP/1.1 on kept connections: a third of the work of a full client, which counts at 300 a second."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx

BODY_MOST = 65_536


class NotDelivered(ConnectionError):
    """No whole answer came back."""


class Courier(Protocol):
    async def post(self, url: str, headers: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        """Return (status, body). Raises NotDelivered."""

    async def close(self) -> None: ...


class SocketCourier:
    """Plain sockets. A kept connection that turns out to be closed is replaced once by a new one."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._idle: dict[tuple[str, int, bool], list[Connection]] = {}

    async def post(self, url: str, headers: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        key = (parts.hostname or "", parts.port or (443 if secure else 80), secure)
        request = _request(parts, headers, raw)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(key, request)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise NotDelivered(f"{type(error).__name__} {error}".strip()) from error

    async def close(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                await connection.closed()
        self._idle.clear()

    async def _exchange(self, key: tuple[str, int, bool], request: bytes) -> tuple[int, bytes]:
        idle = self._idle.setdefault(key, [])
        while idle:
            connection = idle.pop()
            try:
                answer = await connection.exchange(request)
            except (ConnectionError, EOFError):
                connection.close()
                continue
            except BaseException:
                connection.close()
                raise
            return self._keep(idle, connection, answer)
        connection = await Connection.open(*key)
        try:
            answer = await connection.exchange(request)
        except BaseException:
            connection.close()
            raise
        return self._keep(idle, connection, answer)

    @staticmethod
    def _keep(idle: list[Connection], connection: Connection, answer: tuple[int, bytes]) -> tuple[int, bytes]:
        if connection.reusable:
            idle.append(connection)
        else:
            connection.close()
        return answer


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.reusable = True

    @classmethod
    async def open(cls, host: str, port: int, secure: bool) -> Connection:
        context = ssl.create_default_context() if secure else None
        return cls(*await asyncio.open_connection(host, port, ssl=context))

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Write one request and read its answer. Raises ConnectionError, EOFError, ValueError."""
        self._writer.write(request)
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("connection", "").lower() == "close":
            self.reusable = False
        return int(status_line.split(" ", 2)[1]), await self._body(headers)

    def close(self) -> None:
        self._writer.close()

    async def closed(self) -> None:
        self.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return await self._chunks()
        if "content-length" in headers:
            return await self._reader.readexactly(int(headers["content-length"]))
        self.reusable = False
        return await self._reader.read(BODY_MOST)

    async def _chunks(self) -> bytes:
        body = b""
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            body += await self._reader.readexactly(size)
            await self._reader.readline()
        while (await self._reader.readline()).strip():
            continue
        return body


class ClientCourier:
    """The same over an httpx client: for in-process transports."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def post(self, url: str, headers: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        try:
            response = await self._client.post(url, content=raw, headers=headers)
        except httpx.HTTPError as error:
            raise NotDelivered(f"{type(error).__name__} {error}") from error
        return response.status_code, response.content

    async def close(self) -> None:
        return None


def _request(parts: SplitResult, headers: dict[str, str], raw: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(raw)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + raw
