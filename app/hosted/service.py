"""Serves the pages of the channels that are hosted here, below `/chat/{account_id}`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from gettext import NullTranslations
from uuid import UUID

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from app.hosted.host import AppHost
from app.hosted.live import Visitors, open_visitors
from app.inbound.lanes import Ingest
from app.realtime.hub import Hub
from app.runtime import Runtime
from channels import registry
from channels.hosting import Hosted


@dataclass(frozen=True, slots=True)
class Hosting:
    """The pages of each hosted channel, and who has them open in this process."""

    runtime: Runtime
    visitors: Visitors
    pages: Mapping[str, ASGIApp]


@asynccontextmanager
async def open_hosting(
    runtime: Runtime, ingest: Ingest, hub: Hub, translations: Callable[[str], NullTranslations]
) -> AsyncIterator[Hosting]:
    """Serve visitors for the life of a web process."""
    async with open_visitors(runtime, hub) as visitors:
        host = AppHost(runtime, ingest, hub, visitors, translations)
        adapters = registry.all_adapters().items()
        pages = {name: adapter.hosted(host) for name, adapter in adapters if isinstance(adapter, Hosted)}
        yield Hosting(runtime, visitors, pages)


class HostedPages:
    """Leads a request to the pages of its account's channel. Needs `app.state.hosting`: see `open_hosting`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosting: Hosting = scope["app"].state.hosting
        channel = await _channel_of(hosting, scope)
        pages = hosting.pages.get(channel)
        if pages is not None:
            await pages(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(4404)(scope, receive, send)
        else:
            await Response("unknown_account", 404)(scope, receive, send)


async def _channel_of(hosting: Hosting, scope: Scope) -> str:
    first = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/").partition("/")[0]
    try:
        view = await hosting.runtime.accounts.get(UUID(first))
    except ValueError:
        return ""
    return "" if view is None else view.channel
