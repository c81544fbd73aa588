"""The resumable upload: files of the app, among them the samples that templates are reviewed by.

Source: https://developers.facebook.com/docs/graph-api/guides/upload (read 2026).
"""

from __future__ import annotations

import base64
import secrets

from starlette.responses import JSONResponse, Response

from channels.whatsapp.sandbox.calls import Call
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.media import check_file

SESSION = "upload:"


async def about_app(call: Call) -> Response:
    return JSONResponse({"id": call.waba["app_id"], "name": "Hawker"})


async def open_session(call: Call) -> Response:
    """Take `file_length`, `file_type` and `file_name`; the bytes follow to the session's id. Raises GraphError 100."""
    params = await call.params()
    length, mime = str(params.get("file_length", "")), str(params.get("file_type", ""))
    if not length.isdigit() or not mime:
        raise GraphError(100, message="(#100) The parameters file_length and file_type are required.")
    session = SESSION + base64.urlsafe_b64encode(secrets.token_bytes(18)).decode()
    call.waba.setdefault("uploads", {})[session] = {"length": int(length), "mime": mime}
    return JSONResponse({"id": session})


async def receive(call: Call) -> Response:
    """Take all bytes of a session at once and answer with the handle. Raises GraphError 100."""
    session = call.waba["uploads"][call.node.id]
    if call.request.headers.get("file_offset") != "0" or len(call.raw) != session["length"]:
        raise GraphError(100, message="(#100) The file is not as long as the session says.")
    check_file(session["mime"], call.raw)
    kind = base64.b64encode(session["mime"].encode()).decode()
    return JSONResponse({"h": f"4::{kind}:{secrets.token_urlsafe(48)}"})
