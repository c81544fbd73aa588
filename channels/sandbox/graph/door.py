"""The Graph API's front door, which all its platforms stand behind: the wire, and words about what nobody has."""

from __future__ import annotations

import json
from typing import Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.cut import CutLine
from channels.sandbox.graph.calls import ADDRESS, token_of
from channels.sandbox.graph.errors import no_such_object, token_refused
from channels.sandbox.host import Host
from channels.sandbox.world import Account


@runtime_checkable
class GraphPlatform(Protocol):
    """An emulator that gives out tokens of the Graph API."""

    def knows_token(self, token: str) -> bool: ...


def unknown(host: Host, request: Request) -> Response | None:
    """Say what Graph says about an object that nobody has, whichever of its platforms the token is for."""
    address = ADDRESS.match(request.url.path)
    if address is None or not address["version"]:
        return None
    token = token_of(request)
    platforms = [emulator for emulator in host.emulators.values() if isinstance(emulator, GraphPlatform)]
    if not any(platform.knows_token(token) for platform in platforms):
        return token_refused().response()
    return no_such_object(request.method, address["id"]).response()


def log_call(
    host: Host, account: Account, label: str, request: Request, raw: bytes, response: Response, took_ms: float
) -> None:
    """Put one exchange on the wire. A file is told by its size."""
    shown = raw if raw[:1] in (b"{", b"[") else f"({len(raw)} bytes)".encode() if raw else b""
    if isinstance(response, CutLine):
        host.wire.log(
            "call", account.id, label, url=request.url.path, status=None, request=shown, took_ms=took_ms, note="answer lost"
        )  # fmt: skip
        return
    body = bytes(response.body)
    host.wire.log(
        "call",
        account.id,
        label,
        url=request.url.path,
        status=response.status_code,
        code=_code(body) if response.status_code >= 400 else None,
        request=shown,
        response=body,
        took_ms=took_ms,
    )


def _code(body: bytes) -> int | None:
    error = json.loads(body).get("error", {}) if body[:1] == b"{" else {}
    return int(error["code"]) if "code" in error else None
