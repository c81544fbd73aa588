"""The web application: routers, lifespan, error answers. Nothing else."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from app import health
from app.answers import add_error_answers
from app.channel_accounts.changes import following_changes
from app.channel_accounts.routes import router as channel_accounts
from app.config import Settings, get_settings
from app.contacts.merge_routes import router as merges
from app.contacts.routes import router as contacts
from app.conversations.routes import router as conversations
from app.guards import BodyLimit, SecurityHeaders
from app.hosted.routes import router as hosted
from app.hosted.service import HostedPages, open_hosting
from app.inbound.routes import Webhooks
from app.inbound.service import open_ingest
from app.media.routes import files
from app.media.routes import router as media
from app.people.log_in_routes import router as log_in
from app.people.own_routes import router as own
from app.people.routes import router as people
from app.qr_codes.routes import router as qr_codes
from app.realtime.hub import open_hub
from app.realtime.routes import routes as live_routes
from app.runtime import Runtime, open_runtime
from app.shapes import ErrorAnswer
from app.templates.routes import router as templates
from inbox_ui import pages as inbox_pages
from inbox_ui.i18n import translations

API = "/api/v1"
REFUSALS = (401, 403, 404, 409, 413, 422, 429, 503)


def create_app(settings: Settings | None = None, *, runtime: Runtime | None = None) -> FastAPI:
    """Make the application. With `runtime`, that one is used and left open; else one is opened from the settings."""
    settings = runtime.settings if runtime else settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.runtime = runtime or await stack.enter_async_context(open_runtime(settings))
            await stack.enter_async_context(following_changes(app.state.runtime))
            app.state.ingest = await stack.enter_async_context(open_ingest(app.state.runtime))
            app.state.hub = await stack.enter_async_context(open_hub(app.state.runtime))
            app.state.hosting = await stack.enter_async_context(
                open_hosting(app.state.runtime, app.state.ingest, app.state.hub, translations)
            )
            _work_out_routes(app)
            gc.freeze()  # what is there by now stays: looking through it again took 120 ms of every full collection
            yield

    app = FastAPI(
        title="Hawker",
        description="Shared inbox and broadcasts over the channels that customers write on.",
        docs_url=None,  # ours is in the pages: nothing is loaded from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    for router in (
        log_in,
        own,
        people,
        conversations,
        merges,
        contacts,
        channel_accounts,
        qr_codes,
        media,
        templates,
        hosted,
    ):
        app.include_router(router, prefix=API, responses={status: {"model": ErrorAnswer} for status in REFUSALS})
    app.include_router(files)
    app.include_router(health.router)
    app.router.routes[:0] = live_routes
    app.mount("/chat", HostedPages())
    app.state.translations = translations
    inbox_pages.mount(app)
    add_error_answers(app)
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Webhooks)
    return app


def _work_out_routes(app: FastAPI) -> None:
    """Have FastAPI do now what it leaves to the first request, which would hold up webhooks and sockets for a second."""
    nowhere = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
    for route in app.router.routes:
        route.matches(nowhere)
