"""The pages of the staff: the shell that the inbox runs in, log-in, and the static files of both."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from fastapi import APIRouter, FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.errors import Gone
from app.people.password_links import find_link
from app.transient import is_transient
from inbox_ui import assets, i18n
from inbox_ui.reader import Reader, reader_of, shop_name

TEMPLATES = Path(__file__).parent / "templates"

ONE_YEAR = "public, max-age=31536000, immutable"

ENGINE_AWAY = (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, PoolExhausted, OSError)

LATER = (
    "/static/js/login",
    "/static/js/password",
    "/static/js/sign_in",
    "/static/js/docs",
    "/static/js/settings/channels/",
    "/static/js/settings/people/",
    "/static/js/settings/own/",
    "/static/js/settings/tokens",
    "/static/js/settings/new_token",
    "/static/js/settings/audit",
)
"""Modules that the inbox can do without: other pages', and those that a page loads when it is opened."""

router = APIRouter(include_in_schema=False)
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@cache
def environment(language: str) -> Environment:
    """Return the template engine in one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["asset"] = lambda path: assets.files()[path].url
    return made


@cache
def locale_asset(language: str) -> assets.Asset:
    """Return a language's words as a file for the browser."""
    return assets.asset(f"locale/{language}.json", i18n.as_json(language))


def security_headers(nonce: str) -> dict[str, str]:
    """Return what every page is sent with: nothing but our own files may load, run, frame or receive a form.

    Text from people can only become text: the browser itself refuses markup from strings (trusted types).
    """
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": "'self'",
        "img-src": "'self' blob: data:",
        "media-src": "'self' blob:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
        "Cache-Control": "no-store",
    }


def page(template: str, language: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a page under the security policy. `nonce` marks the import map, our only inline script."""
    nonce = secrets.token_urlsafe(16)
    import_map = orjson.dumps(assets.import_map()).decode()
    shared = {"nonce": nonce, "language": language, "languages": i18n.LANGUAGES, "import_map": import_map}
    text = environment(language).get_template(template).render(**shared, **context)
    return HTMLResponse(text, status, headers=security_headers(nonce))


def language_for(request: Request, reader: Reader | None) -> str:
    """Return the language to answer in: asked for in the address, else the reader's, else the one chosen at log-in, else the browser's."""
    asked = request.query_params.get("lang") or (reader and reader.language) or request.cookies.get("hawker_language")
    return asked if asked in i18n.LANGUAGES else i18n.negotiate(request.headers.get("accept-language", ""))


async def shell(request: Request) -> Response:
    """The inbox: an empty page that the modules fill."""
    try:
        reader = await reader_of(request)
    except ENGINE_AWAY as error:
        if not is_transient(error):
            raise
        return page("error.html", language_for(request, None), 503)
    if reader is None:
        return RedirectResponse("/login", 303)
    language = language_for(request, reader)
    modules = [url for url in assets.modules(["js/"]) if not url.startswith(LATER)]
    return page("shell.html", language, reader=reader, words=locale_asset(language).url, modules=modules)


for path in (
    "/",
    "/inbox",
    "/inbox/{view}",
    "/inbox/{view}/{conversation_id}",
    "/inbox/{view}/{conversation_id}/contact",
    "/contacts",
    "/contacts/{contact_id}",
    "/settings",
    "/settings/{rest:path}",
):
    router.add_api_route(path, shell, methods=["GET"])


@router.get("/api/docs")
async def docs() -> Response:
    """The API's own description, as a page to read and to try it from. Its viewer sets styles and markup by itself."""
    text = environment("en").get_template("docs.html").render()
    return HTMLResponse(text, headers={**security_headers(""), "Content-Security-Policy": DOCS_POLICY})


@router.get("/login")
async def login(request: Request) -> Response:
    """The log-in form; who is logged in already goes on to the inbox."""
    if await reader_of(request) is not None:
        return RedirectResponse("/", 303)
    language = language_for(request, None)
    answer = page(
        "login.html",
        language,
        failed=request.query_params.get("failed", ""),
        done=request.query_params.get("done", ""),
        shop=shop_name(request),
    )
    if request.query_params.get("lang") == language:
        answer.set_cookie("hawker_language", language, max_age=31_536_000, httponly=True, samesite="lax")
    return answer


@router.get("/password/{token}")
async def password(request: Request, token: str) -> Response:
    """Where an invitation or a reset leads: the person sets a password."""
    runtime = request.app.state.runtime
    async with runtime.database.begin() as uow:
        try:
            person = await find_link(uow.conn, runtime, token)
        except Gone:
            person = None
    asked = request.query_params.get("lang")
    language = asked if asked in i18n.LANGUAGES else person.language if person else language_for(request, None)
    status = 200 if person else 410
    return page("password.html", language, status, person=person, token=token, shop=shop_name(request))


@router.get("/static/{path:path}")
async def static(request: Request, path: str) -> Response:
    """A static file. With the version it has now, it may be kept for ever; without, it is asked for again."""
    language = path.removeprefix("locale/").removesuffix(".json")
    found = locale_asset(language) if language in i18n.LANGUAGES else assets.files().get(path)
    if found is None:
        return Response("Not found", 404, media_type="text/plain")
    current = request.query_params.get("v") == found.version
    headers = {
        "Cache-Control": ONE_YEAR if current else "no-cache",
        "ETag": f'"{found.version}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=found.media_type)


def mount(app: FastAPI) -> None:
    """Add the pages to the application. Call it last: the shell answers only addresses of its own."""
    app.include_router(router)
