"""Answers what a hosted channel's adapter asks of "its platform", in this process: no request leaves it.

A message is its own row, which the visitor's page reads once it is recorded as sent; here is only said whether anybody is left
to read it. Asked twice it is the same message.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

import orjson

from app.channel_accounts.directory import AccountView
from app.hosted.sessions import LASTS
from app.hosted.telling import tell_visitors
from app.media.storage import file_of, storage_key
from app.runtime import Runtime
from app.transient import is_transient
from channels.contract import Downloaded, Json, PlatformRequest, PlatformResponse
from channels.hosting import BASE_URL

_IS_LEFT = """
SELECT EXISTS (SELECT 1 FROM visitor_session WHERE channel_account_id = $1 AND visitor = ANY($2::text[])
    AND ended_at IS NULL AND seen_at > now() - $3::interval)
"""
_FILE = "SELECT sha256, size_bytes, mime FROM media WHERE id = $1 AND state = 'ready'"


def is_hosted(account: AccountView) -> bool:
    """Is this server the account's platform?"""
    return account.adapter.base_url(account.settings) == BASE_URL


async def answer(
    runtime: Runtime, account: AccountView, request: PlatformRequest, files: list[Path]
) -> PlatformResponse:
    """Do what a request asks. A file is copied to where the caller may move it from, and noted in `files`."""
    try:
        if request.url == "/messages":
            return await _take_message(runtime, account, request.json or {})
        if request.url in ("/typing", "/read"):
            return await _show(runtime, account, request.url, request.json or {})
        if request.url.startswith("/files/"):
            return await _give_file(runtime, request, files)
    except Exception as error:
        if not is_transient(error):
            raise
        return _status(503)
    return _status(404)


async def _take_message(runtime: Runtime, account: AccountView, body: Json) -> PlatformResponse:
    keys = _keys(body)
    if not any(kind == "shop_user" for kind, _ in keys):
        visitors = [value for kind, value in keys if kind == "visitor"]
        async with runtime.database.begin_lean() as uow:
            if not await uow.conn.fetchval(_IS_LEFT, account.id, visitors, LASTS):
                return _status(404)
    return _status(200, {"id": body["id"]})


async def _show(runtime: Runtime, account: AccountView, url: str, body: Json) -> PlatformResponse:
    frame = {"type": "typing"} if url == "/typing" else {"type": "read", "id": body["id"]}
    await tell_visitors(runtime, account.id, _keys(body), frame)
    return _status(200)


async def _give_file(runtime: Runtime, request: PlatformRequest, files: list[Path]) -> PlatformResponse:
    """Hand out an upload as a download is: a copy, that the store may be emptied meanwhile."""
    async with runtime.database.begin_lean() as uow:
        row = await uow.conn.fetchrow(_FILE, UUID(request.url.removeprefix("/files/")))
    if row is None:
        return _status(410)
    if request.download_max_bytes is not None and row["size_bytes"] > request.download_max_bytes:
        return _status(413)
    try:
        copy = await asyncio.to_thread(_copy, runtime, row["sha256"])
    except FileNotFoundError:
        return _status(410)
    files.append(copy)
    downloaded = Downloaded(str(copy), row["size_bytes"], row["sha256"])
    return PlatformResponse(200, {"content-type": row["mime"]}, downloaded=downloaded)


def _copy(runtime: Runtime, sha256: str) -> Path:
    directory = runtime.settings.data_dir / "tmp"
    directory.mkdir(parents=True, exist_ok=True)
    source = file_of(runtime.settings, storage_key(sha256))
    with source.open("rb") as opened, NamedTemporaryFile(dir=directory, prefix="hosted-", delete=False) as file:
        shutil.copyfileobj(opened, file)
    return Path(file.name)


def _keys(body: Json) -> list[tuple[str, str]]:
    return [(key["kind"], key["value"]) for key in body["to"]]


def _status(status: int, body: Json | None = None) -> PlatformResponse:
    return PlatformResponse(status, {"content-type": "application/json"}, orjson.dumps(body or {}))
