"""Media: upload, five-minute addresses, download with the token, deletion.

Source: Meta's "Media" page of the WhatsApp Business Platform (11 Dec 2025).
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from channels.sandbox.graph.errors import no_such_object
from channels.sandbox.host import Host
from channels.whatsapp.sandbox.calls import Call
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.platform import Platform

UPLOAD_LIVES_S = 30 * 86_400
ADDRESS_LIVES_S = 300
DOWNLOAD_PATH = "/whatsapp_business/attachments/"
MEGABYTE = 1_048_576

SIZES = {
    "audio": 16 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "image": 5 * MEGABYTE,
    "sticker": 500 * 1024,
    "document": 100 * MEGABYTE,
}
MIMES = {
    "audio/aac": "audio", "audio/amr": "audio", "audio/mpeg": "audio", "audio/mp4": "audio", "audio/ogg": "audio",
    "video/mp4": "video", "video/3gpp": "video", "video/3gp": "video", "image/jpeg": "image", "image/png": "image",
    "image/webp": "sticker", "text/plain": "document", "application/pdf": "document", "application/msword": "document",
    "application/vnd.ms-excel": "document", "application/vnd.ms-powerpoint": "document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "document",
}  # fmt: skip


async def upload(call: Call) -> Response:
    """Take a multipart upload {messaging_product, file, type?}. Raises GraphError 100 or 131053."""
    if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise GraphError(100, message="(#100) The parameter file is required.")
    async with call.request.form() as form:
        if form.get("messaging_product") != "whatsapp":
            raise GraphError(100, message="(#100) The parameter messaging_product is required.")
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise GraphError(100, message="(#100) The parameter file is required.")
        mime = str(form.get("type") or upload.content_type or "").strip()
        filename, data = upload.filename or "", await upload.read()
    check_file(mime, data)
    file = call.host.keep_file(data, account=call.account, mime=mime, filename=filename, lives_s=UPLOAD_LIVES_S)
    return JSONResponse({"id": file.id})


def check_file(mime: str, data: bytes) -> None:
    """Want a known type and a size that its kind allows. Raises GraphError 100 or 131053."""
    bare = mime.split(";")[0].strip().lower()
    if bare not in MIMES:
        types = ", ".join(MIMES)
        raise GraphError(
            100,
            message=f"(#100) Param file must be a file with one of the following types: {types}. Received file of type '{bare}'.",
        )
    most = SIZES[MIMES[bare]]
    if not data:
        raise GraphError(131053, "The file is empty.")
    if len(data) > most:
        raise GraphError(131053, f"The file is larger than {most // 1024} KB, the most for {MIMES[bare]}.")


async def read(call: Call) -> Response:
    file = call.node.file
    if file is None or file.expires_at < call.host.now():
        raise no_such_object("get", call.node.id)
    wanted = call.query.get("phone_number_id")
    if wanted and wanted != call.account.external_id:
        raise no_such_object("get", call.node.id)
    return JSONResponse(
        {
            "messaging_product": "whatsapp",
            "url": address(call.host, call.platform, file.id),
            "mime_type": file.mime,
            "sha256": file.sha256,
            "file_size": file.size_bytes,
            "id": file.id,
        }
    )


async def delete(call: Call) -> Response:
    if call.node.file is None:
        raise no_such_object("delete", call.node.id)
    call.host.drop_file(call.node.file)
    return JSONResponse({"success": True})


def address(host: Host, platform: Platform, file_id: str) -> str:
    """Return a signed address that lives for five minutes, or "" while nobody has told us our own host yet."""
    if not host.base_url:
        return ""
    expires = str(int(host.now()) + ADDRESS_LIVES_S)
    query = {"mid": file_id, "source": "getMedia", "ext": expires, "hash": _signature(platform, file_id, expires)}
    return f"{host.base_url}{DOWNLOAD_PATH}?{urlencode(query)}"


def download(host: Host, platform: Platform, request: Request, token: str) -> Response:
    """Answer the address: 401 without the token, 404 when it is old or false."""
    query = request.query_params
    file_id, expires = query.get("mid", ""), query.get("ext", "")
    node = platform.node(file_id)
    waba = platform.whose_token(token)
    if waba is None or (node and node.waba["id"] != waba["id"]):
        return Response("", 401)
    good = hmac.compare_digest(query.get("hash", ""), _signature(platform, file_id, expires))
    if not good or node is None or node.file is None or not expires.isdigit() or int(expires) < host.now():
        return Response("", 404)
    headers = {"Content-Disposition": f"attachment; filename={node.file.id}"}
    return Response(host.read_file(node.file), media_type=node.file.mime, headers=headers)


def _signature(platform: Platform, file_id: str, expires: str) -> str:
    key = next(iter(platform.wabas.values()))["app_secret"]
    return hmac.new(key.encode(), f"{file_id}.{expires}".encode(), hashlib.sha256).hexdigest()[:40]
