"""Visitors' files: taken in with their type sniffed, and shown to the browsers of those in whose thread they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from starlette.responses import Response

from app.errors import AppError
from app.ids import uuid7
from app.media.links import link_path, linked_media
from app.media.queries import find_linked_file
from app.media.routes import clean_name, serve_file
from app.media.storage import Stored, incoming
from app.runtime import Runtime
from channels.contract import Json
from channels.hosting import Refused, Upload, Visitor

_INSERT = """
INSERT INTO media (id, state, mime, filename, size_bytes, sha256, storage_key) VALUES ($1, 'ready', $2, $3, $4, $5, $6)
"""
_FIND = "SELECT id, mime, filename, size_bytes FROM media WHERE id = $1 AND state = 'ready'"


async def take(
    runtime: Runtime,
    visitor: Visitor,
    chunks: AsyncIterator[bytes],
    *,
    filename: str,
    mime: str,
    mimes: frozenset[str],
    max_bytes: int,
) -> Upload:
    """Keep a file; one that is not sent is forgotten after a day. Raises Refused 413, 415, 422."""
    name = clean_name(filename)
    stored = await _store(runtime, chunks, mime, mimes, max_bytes)
    media_id = uuid7()
    async with runtime.database.begin_lean() as uow:
        await uow.conn.execute(
            _INSERT, media_id, stored.mime, name, stored.size_bytes, stored.sha256, stored.storage_key
        )
    return Upload(_token(runtime, visitor, media_id), stored.mime, name, stored.size_bytes)


async def _store(
    runtime: Runtime, chunks: AsyncIterator[bytes], mime: str, mimes: frozenset[str], max_bytes: int
) -> Stored:
    with incoming(runtime.settings) as receiving:
        async for chunk in chunks:
            await asyncio.to_thread(receiving.write, chunk)
            if receiving.size_bytes > max_bytes:
                raise Refused(413, "file_too_large")
        if receiving.size_bytes == 0:
            raise Refused(422, "file_empty")
        if (await asyncio.to_thread(receiving.sniff, mime)) not in mimes:
            raise Refused(415, "file_type_refused")
        return await asyncio.to_thread(receiving.keep, declared_mime=mime)


async def find(runtime: Runtime, visitor: Visitor, token: str) -> Json:
    """Return the visitor's own upload. Raises Refused 422."""
    media_id = _named(token)
    if media_id is None or not runtime.vault.is_signed(_claim(visitor, media_id), token.partition(".")[2]):
        raise Refused(422, "file_unknown")
    async with runtime.database.begin_lean() as uow:
        row = await uow.conn.fetchrow(_FIND, media_id)
    if row is None:
        raise Refused(422, "file_unknown")
    return {"id": str(row["id"]), **{name: row[name] for name in ("mime", "filename", "size_bytes")}}


def path_of(runtime: Runtime, media_id: str) -> str:
    """Return the path of a file below its account's address, good for a day."""
    return "files/" + link_path(runtime.vault, UUID(media_id)).rpartition("/")[2]


async def serve(runtime: Runtime, token: str) -> Response:
    """Answer with the file of such a path, also to the shop's page, whose origin is another. Raises Refused 404."""
    media_id = linked_media(runtime.vault, token)
    if media_id is None:
        raise Refused(404, "file_unknown")
    try:
        async with runtime.database.begin() as uow:
            file = await find_linked_file(uow.conn, media_id)
        return await serve_file(runtime, file, cache="private, max-age=3600", readers="cross-origin")
    except AppError as error:
        raise Refused(404, "file_unknown") from error


def _token(runtime: Runtime, visitor: Visitor, media_id: UUID) -> str:
    return f"{media_id}.{runtime.vault.sign(_claim(visitor, media_id))}"


def _claim(visitor: Visitor, media_id: UUID) -> str:
    return f"upload {visitor.account_id} {visitor.name} {media_id}"


def _named(token: str) -> UUID | None:
    try:
        return UUID(token.partition(".")[0]) if token.isascii() else None
    except ValueError:
        return None
