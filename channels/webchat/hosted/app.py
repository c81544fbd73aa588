"""The addresses below `/chat/{account_id}`: widget.js, its API, its socket, and files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import unquote

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from channels.contract import Json
from channels.hosting import Host, HostedAccount, Refused
from channels.kit.tolerant import integer, text
from channels.webchat import settings
from channels.webchat.capabilities import UPLOADS
from channels.webchat.hosted import door, shown
from channels.webchat.hosted.socket import Socket
from channels.webchat.hosted.talk import needs_form
from channels.webchat.widget import script
from channels.webchat.words import WORDS

LONGEST_BODY = 64 * 1024
LONGEST_WAIT_S = 25
_MIB = 1024 * 1024
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "authorization, content-type, x-file-name",
    "Access-Control-Max-Age": "600",
}
Handler = Callable[[Host, HostedAccount, Request], Awaitable[Json]]


def create(host: Host) -> Starlette:
    """Return the application of all web chats."""
    pages = Pages(host)
    api = [
        Route(f"/{{account_id}}/api/{name}", pages.answering(handler), methods=[*methods, "OPTIONS"])
        for name, methods, handler in _API
    ]
    return Starlette(
        routes=[
            Route("/{account_id}/widget.js", pages.widget),
            *api,
            Route("/{account_id}/files/{token}", pages.file),
            WebSocketRoute("/{account_id}/ws", Socket(host)),
        ]
    )


class Pages:
    """The addresses, on a host."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def widget(self, request: Request) -> Response:
        """Every shop loads the same script; which account it is for, it reads from its own address."""
        body, tag = script()
        headers = {
            "Cache-Control": "public, max-age=300",
            "ETag": tag,
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/javascript", headers=headers)

    async def file(self, request: Request) -> Response:
        try:
            return await self._host.file(request.path_params["token"])
        except Refused as refused:
            return _refusal(refused)

    def answering(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that answers the account's own pages, and refuses others in their hearing."""

        async def endpoint(request: Request) -> Response:
            headers = {"Vary": "Origin", "Cache-Control": "no-store"}
            try:
                account = await door.account_of(self._host, request)
                origin = door.check_origin(self._host, account, request)
                headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "retry-after"}
                if request.method == "OPTIONS":
                    return Response(status_code=204, headers=headers | _PREFLIGHT)
                return _json(await handler(self._host, account, request), headers)
            except Refused as refused:
                return _refusal(refused, headers)

        return endpoint


async def _looks(host: Host, account: HostedAccount, request: Request) -> Json:
    language = shown.language_of(request.query_params.get("language", ""))
    return shown.looks(account, host, language, datetime.now(UTC))


async def _session(host: Host, account: HostedAccount, request: Request) -> Json:
    """POST opens or goes on with a session; DELETE ends it."""
    if request.method == "DELETE":
        await host.end(await host.enter(account.id, door.token_of(request)))
        return {"type": "ok"}
    visitor, token = await door.enter(host, account, request, await _body(request))
    asked = needs_form(account) and not await host.is_known(visitor)
    return {"token": token, "asked": asked, "user": visitor.user}


async def _words(host: Host, account: HostedAccount, request: Request) -> Json:
    talk = await door.talk_of(host, account, request, door.token_of(request))
    return await talk.take(await _body(request))


async def _messages(host: Host, account: HostedAccount, request: Request) -> Json:
    """Answer the newest messages or, where the socket is blocked, wait up to `wait` seconds for something after `after`."""
    talk = await door.talk_of(host, account, request, door.token_of(request))
    await talk.limit("word")
    after, wait_s = request.query_params.get("after", ""), integer(request.query_params.get("wait")) or 0
    async with host.follow(talk.visitor) as frames:
        history = await host.history(talk.visitor, after=after)
        if wait_s and after and not history.reset and (not history.messages or history.messages[-1]["id"] == after):
            with suppress(TimeoutError):
                async with asyncio.timeout(min(wait_s, LONGEST_WAIT_S)):
                    await anext(frames)
            history = await host.history(talk.visitor, after=after)
    return shown.history_frame(host, talk.visitor, history)


async def _files(host: Host, account: HostedAccount, request: Request) -> Json:
    """Take a file: the body is its bytes, its name comes percent-encoded in X-File-Name."""
    if not settings.setting(account.settings, "uploads"):
        raise Refused(403, "uploads_off")
    talk = await door.talk_of(host, account, request, door.token_of(request))
    await talk.limit("upload")
    upload = await host.upload(
        talk.visitor,
        request.stream(),
        filename=unquote(request.headers.get("x-file-name", "")),
        mime=request.headers.get("content-type", ""),
        mimes=UPLOADS,
        max_bytes=int(settings.setting(account.settings, "upload_max_mib") * _MIB),
    )
    return {"file": upload.token, "mime": upload.mime, "name": upload.filename, "size": upload.size_bytes}


async def _hand_over(host: Host, account: HostedAccount, request: Request) -> Json:
    talk = await door.talk_of(host, account, request, door.token_of(request))
    await talk.limit("hand_over")
    number = text(settings.setting(account.settings, "whatsapp_number"))
    if not number:
        raise Refused(404, "no_number")
    words = host.words(talk.visitor.language)(WORDS["whatsapp_text"])
    offered = await host.hand_over(talk.visitor, number=number, words=words)
    return {"url": offered.url, "code": offered.code, "qr": {"path": offered.qr_path, "size": offered.qr_size}}


_API: tuple[tuple[str, tuple[str, ...], Handler], ...] = (
    ("looks", ("GET",), _looks),
    ("session", ("POST", "DELETE"), _session),
    ("words", ("POST",), _words),
    ("messages", ("GET",), _messages),
    ("files", ("POST",), _files),
    ("hand-over", ("POST",), _hand_over),
)


async def _body(request: Request) -> Json:
    """Return the JSON object of a body. Raises Refused 413, 422."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LONGEST_BODY:
            raise Refused(413, "too_large")
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refused(422, "not_json")
    return found


def _json(body: Json, headers: dict[str, str], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, headers, "application/json")


def _refusal(refused: Refused, headers: dict[str, str] | None = None) -> Response:
    more = {"Retry-After": str(refused.retry_after_s)} if refused.retry_after_s else {}
    error = {"code": refused.code} | ({"detail": refused.detail} if refused.detail else {})
    return _json({"error": error}, {**(headers or {}), **more}, refused.status)
