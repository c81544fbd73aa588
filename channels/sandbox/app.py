"""Puts the laboratory together: the platforms that plug in, the `/sandbox` API, the phone page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from channels.sandbox import api
from channels.sandbox.courier import ClientCourier, SocketCourier
from channels.sandbox.cut import TRANSPORT, transport_of
from channels.sandbox.host import Host
from channels.sandbox.plugins import furnish, page_parts
from channels.sandbox.poster import ANSWER_WITHIN_S, RETRY_AFTER_S
from channels.sandbox.scripts import Scripts
from channels.sandbox.store import Store

STATIC = Path(__file__).parent / "static"
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Sandbox(Starlette):
    """Starlette that remembers the socket behind each request, so that an answer can be lost on purpose."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = transport_of(send)
        if scope["type"] == "http" and hasattr(self.state, "host"):
            self.state.host.base_url = str(Request(scope).base_url).rstrip("/")
        await super().__call__(scope, receive, send)


def create_sandbox(
    state_dir: Path,
    css_dir: Path | None = None,
    *,
    webhook_transport: httpx.AsyncBaseTransport | None = None,
    retry_after_s: tuple[float, ...] = RETRY_AFTER_S,
) -> Starlette:
    """Return the ASGI app over the state kept in `state_dir`; `css_dir` is served at /css (tokens, base, phone).

    `webhook_transport` and `retry_after_s` are for tests. Binding to an address, loopback unless asked, is the caller's.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(transport=webhook_transport, trust_env=False) as client:
            courier = ClientCourier(client) if webhook_transport else SocketCourier(timeout_s=ANSWER_WITHIN_S)
            host = furnish(Host(Store(state_dir), client, courier, retry_after_s=retry_after_s))
            app.state.host = host
            app.state.scripts = Scripts(host)
            keeper = asyncio.create_task(host.store.keep(host.world))
            yield
            await host.close()
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    pages: list[BaseRoute] = [
        Route("/", page),
        Mount("/static", StaticFiles(directory=STATIC)),
        *(Mount(f"/apps/{name}", StaticFiles(directory=folder)) for name, folder in page_parts().items()),
        *([Mount("/css", StaticFiles(directory=css_dir))] if css_dir else []),
    ]
    platforms = Route("/{path:path}", platform, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return Sandbox(routes=[*api.routes(), *pages, platforms], lifespan=lifespan)


async def page(request: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers=PAGE_HEADERS)


async def platform(request: Request) -> Response:
    """Ask each emulator in turn; platforms of one family share their paths."""
    host: Host = request.app.state.host
    for emulator in host.emulators.values():
        response = await emulator.answer(request)
        if response is not None:
            return response
    for emulator in host.emulators.values():
        refusal = emulator.unknown(request)
        if refusal is not None:
            return refusal
    return JSONResponse({"error": {"code": "not_found", "message": "No platform here has such an address."}}, 404)
