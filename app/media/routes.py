"""Files over HTTP: agents upload and look at them, platforms fetch them by signed links."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import UUID

import filetype
import orjson
from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app import shapes
from app.api import Answer, RuntimeDep, storable_text
from app.db import UnitOfWork
from app.errors import Invalid, TooLarge
from app.idempotency import once_for
from app.ids import uuid7
from app.media.links import linked_media
from app.media.pictures import measure
from app.media.queries import File, find_file, find_linked_file, no_file
from app.media.storage import Stored, file_of, incoming
from app.people.service import Actor, ActorDep
from app.runtime import Runtime

router = APIRouter(tags=["media"])
files = APIRouter(tags=["media"])

CHUNK_BYTES = 256 * 1024
LONGEST_NAME = 240
_INLINE = frozenset({"application/pdf", "text/plain"})
_SHOWN = ("image/", "video/", "audio/")
_ACTIVE = frozenset({"image/svg+xml"})
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post(
    "/media", response_model=shapes.Uploaded, status_code=201, summary="Upload a file to send", openapi_extra=_UPLOAD
)
async def post_media(request: Request, actor: ActorDep, runtime: RuntimeDep) -> Answer:
    """The file's type is what its bytes show. It belongs to its uploader until it is sent, and is forgotten after a day."""
    actor.require("conversations.write")
    try:
        async with request.form(max_files=1, max_fields=1) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise _no_upload()
            return await _keep(request, runtime, actor, upload)
    except HTTPException as error:
        if error.status_code == TooLarge.http_status:
            raise
        raise _no_upload() from None


def _no_upload() -> Invalid:
    return Invalid("Send one file as multipart/form-data.", fields={"file": "the file"})


async def _keep(request: Request, runtime: Runtime, actor: Actor, upload: UploadFile) -> Answer:
    filename = clean_name(upload.filename or "")
    stored = await _store(runtime, upload)
    size = await asyncio.to_thread(measure, file_of(runtime.settings, stored.storage_key), stored.mime)

    async def act(uow: UnitOfWork) -> Answer:
        media_id = uuid7()
        await uow.conn.execute(
            """INSERT INTO media (id, state, mime, filename, size_bytes, sha256, storage_key, uploaded_by_id, uploaded_by_token_id,
                width, height)
            VALUES ($1, 'ready', $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            media_id,
            stored.mime,
            filename,
            stored.size_bytes,
            stored.sha256,
            stored.storage_key,
            actor.agent_id,
            actor.token_id,
            size and size.width,
            size and size.height,
        )
        if size is not None:
            uow.enqueue("look_at_media", str(media_id), queue="bulk")
        return Answer(_uploaded(media_id, filename, stored), 201)

    same = orjson.dumps([stored.sha256, filename])
    return await once_for(request, actor, runtime, body=same).run(act)


def clean_name(filename: str) -> str:
    """Return the file's name without its path and without what a name may not hold."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    printable = "".join(char for char in name if char.isprintable())
    try:
        return storable_text(printable)[-LONGEST_NAME:]
    except ValueError:
        return ""


async def _store(runtime: Runtime, upload: UploadFile) -> Stored:
    """Take the upload into the store. Raises TooLarge, Invalid for an empty file."""
    most = runtime.settings.upload_max_bytes
    with incoming(runtime.settings) as receiving:
        while chunk := await upload.read(CHUNK_BYTES):
            await asyncio.to_thread(receiving.write, chunk)
            if receiving.size_bytes > most:
                raise TooLarge(f"Send a file of at most {most} bytes.")
        if receiving.size_bytes == 0:
            raise Invalid("Send a file that is not empty.", fields={"file": "at least one byte"})
        return await asyncio.to_thread(receiving.keep, declared_mime=upload.content_type or "")


def _uploaded(media_id: UUID, filename: str, stored: Stored) -> dict[str, Any]:
    return {
        "media_id": str(media_id),
        "mime": stored.mime,
        "filename": filename,
        "size_bytes": stored.size_bytes,
        "sha256": stored.sha256,
        "kind": kind_of(stored.mime),
    }


def kind_of(mime: str) -> str:
    """Return the message kind that fits a file: image, video, audio or document."""
    family = mime.partition("/")[0]
    return family if family in ("image", "video", "audio") and mime not in _ACTIVE else "document"


@files.get(
    "/media/{media_id}", response_class=FileResponse, summary="A file, for staff who may see a conversation that has it"
)
async def get_media(media_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    async with runtime.database.begin() as uow:
        file = await find_file(uow.conn, actor, media_id)
    return await serve_file(runtime, file, cache="private, max-age=3600")


@files.get("/media/{media_id}/thumb", response_class=FileResponse, summary="Its small picture")
async def get_thumb(media_id: UUID, actor: ActorDep, runtime: RuntimeDep) -> Response:
    async with runtime.database.begin() as uow:
        file = await find_file(uow.conn, actor, media_id, thumb=True)
    return await serve_file(runtime, file, cache="private, max-age=3600")


@files.get("/m/{token}", response_class=FileResponse, summary="A file, for a platform that was given the link")
async def get_linked(token: str, runtime: RuntimeDep) -> Response:
    media_id = linked_media(runtime.vault, token)
    if media_id is None:
        raise no_file()
    async with runtime.database.begin() as uow:
        file = await find_linked_file(uow.conn, media_id)
    return await serve_file(runtime, file, cache="private, no-store")


async def serve_file(runtime: Runtime, file: File, *, cache: str, readers: str = "same-origin") -> Response:
    """Send a file, or the range that is asked for, so that nothing in it can run on our address.

    `readers`: whose pages may show it, as Cross-Origin-Resource-Policy says it.
    """
    try:
        path = await asyncio.to_thread(file_of, runtime.settings, file.key)
    except FileNotFoundError:
        raise no_file() from None
    if not await asyncio.to_thread(path.is_file):
        raise no_file()
    mime = file.mime or await asyncio.to_thread(filetype.guess_mime, str(path)) or "application/octet-stream"
    shown = (mime.startswith(_SHOWN) and mime not in _ACTIVE) or mime in _INLINE
    headers = {
        "Content-Disposition": _disposition("inline" if shown else "attachment", file.filename),
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'",
        "Cross-Origin-Resource-Policy": readers,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": cache,
    }
    return FileResponse(path, media_type=mime, headers=headers)


def _disposition(kind: str, filename: str) -> str:
    return f"{kind}; filename*=UTF-8''{quote(filename, safe='')}" if filename else kind
