"""The answer that never comes: closes the caller's connection, or holds it in silence, without a byte."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SILENCE_S = 120
TRANSPORT = "sandbox.transport"


class CutLine(Response):
    """Cut at the transport, so that the caller cannot tell whether its request was carried out.

    A server without a transport (an in-process test) sees ConnectionResetError instead.
    """

    def __init__(self, *, silent: bool = False) -> None:
        super().__init__()
        self.silent = silent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.silent:
            await _wait_until_gone(receive)
        transport = scope.get(TRANSPORT)
        if transport is None:
            raise ConnectionResetError("the line was cut")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def transport_of(send: Send) -> Any:
    """Return the socket's transport behind uvicorn's `send`, or None on another server."""
    return getattr(getattr(send, "__self__", None), "transport", None)


async def _wait_until_gone(receive: Receive) -> None:
    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), SILENCE_S)
    except TimeoutError:
        return
