"""What stands before every request: a bound on its body, and the headers that every answer is sent with."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import Answer
from app.config import Settings
from app.errors import TooLarge

JSON_MAX_BYTES = 1024 * 1024
UPLOAD_PATH = "/api/v1/media"
UPLOAD_FRAME_BYTES = 64 * 1024
"""What multipart adds to a file."""
OWN_BOUNDS = ("/chat/",)
"""Where hosted channels bound their bodies themselves; webhooks never come here."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_API_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class BodyLimit:
    """Refuses bodies that are too large with 413, by their declared length or by what really comes.

    Hosted channels have bounds of their own.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._upload_max_bytes = settings.upload_max_bytes + UPLOAD_FRAME_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_BOUNDS):
            await self._app(scope, receive, send)
            return
        most = self._upload_max_bytes if scope["path"] == UPLOAD_PATH else JSON_MAX_BYTES
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > most:
            await _refuse(most, scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), send)


def _counted(receive: Receive, most: int) -> Receive:
    taken = 0

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:  # not an error of ours: FastAPI would answer 400 for one that is raised while it reads
            raise HTTPException(TooLarge.http_status, _too_large(most).message)
        return message

    return count


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"Send at most {most} bytes.")


async def _refuse(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    error = _too_large(most)
    await Answer(error.as_json(), error.http_status, headers={"Connection": "close"})(scope, receive, send)


class SecurityHeaders:
    """Adds the headers that no answer should lack; an answer that sets one of them itself keeps its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = dict(_HEADERS)
        if scope["path"].startswith("/api/"):
            wanted |= _API_HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
