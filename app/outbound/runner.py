"""Drive an adapter's generator: make each request it yields, hand it the answer, return its result.

Files go out of the store and come into temporary files as streams. What did not simply succeed is logged, redacted, in `exchange`.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from app.channel_accounts.directory import AccountView
from app.hosted.transport import answer as hosted_answer
from app.hosted.transport import is_hosted
from app.media.remote import StorageAway
from app.media.storage import file_of, path_of, storage_key
from app.outbound.exchanges import Attempt, log_exchanges
from app.runtime import Runtime
from channels.contract import (
    ConnectionFailed,
    Downloaded,
    Intent,
    MessageInvalid,
    PlatformRequest,
    PlatformResponse,
    Rejected,
    Result,
    Send,
    SendError,
)

CHUNK_BYTES = 256 * 1024
ANSWER_MAX_BYTES = 16 * 1024 * 1024
"""An answer that is no download is held in memory: no platform sends more than some kilobytes."""
BeforeDelivery = Callable[[], Awaitable[None]]


async def run(
    runtime: Runtime, account: AccountView, intent: Intent, *, before_delivery: BeforeDelivery | None = None
) -> Result:
    """Carry out `intent` on `account`. A file that the result names is the caller's to move or delete.

    `before_delivery` is awaited right before each request that may reach a person: pacing and the claim belong there;
    whatever it raises ends the call with that request surely not made. Raises SendError.
    """
    call = account.adapter.call(intent, account.account, account.credentials)
    attempts: list[Attempt] = []
    files: list[Path] = []
    message_id = _message_id(intent)
    try:
        request = next(call)
        while True:
            if request.delivers and before_delivery is not None:
                await before_delivery()
            try:
                response = await _make(runtime, account, request, attempts, files)
            except SendError as error:
                request = call.throw(error)
            else:
                request = call.send(response)
    except StopIteration as stop:
        result: Result = stop.value
        _delete([path for path in files if not _is_in(result, path)])
        await log_exchanges(runtime, account, message_id, [attempt for attempt in attempts if attempt.failed])
        return result
    except SendError as error:
        _delete(files)
        if attempts:
            attempts[-1].error = error
        await log_exchanges(runtime, account, message_id, [attempt for attempt in attempts if attempt.failed])
        raise
    except BaseException:
        _delete(files)
        raise
    finally:
        call.close()


async def _make(
    runtime: Runtime, account: AccountView, request: PlatformRequest, attempts: list[Attempt], files: list[Path]
) -> PlatformResponse:
    if request.delivers and request.method != "POST":
        raise ValueError("a request that delivers must be a POST: the client repeats others on a stale connection")
    attempt = Attempt(request, started=time.monotonic())
    attempts.append(attempt)
    try:
        if is_hosted(account):
            attempt.response = await hosted_answer(runtime, account, request, files)
            return attempt.response
        await _bring_files(runtime, request)
        with ExitStack() as open_files:
            target = _target(account, request)
            async with runtime.http.exchange(
                _http_request(runtime, request, target.url, open_files),
                delivers=request.delivers,
                total_s=request.timeout_s,
                public=target.public,
            ) as answer:
                attempt.response = await _read(runtime, request, answer, files)
    except SendError as error:
        attempt.error = error
        raise
    finally:
        attempt.duration_s = time.monotonic() - attempt.started
    return attempt.response


@dataclass(frozen=True, slots=True)
class _Target:
    url: str
    public: bool


def _target(account: AccountView, request: PlatformRequest) -> _Target:
    """Return where a request goes: below the account's base address, or anywhere public. Nothing else can be reached."""
    if request.url.startswith("/"):
        return _Target(account.account.base_url + request.url, public=False)
    own, asked = urlsplit(account.account.base_url), urlsplit(request.url)
    is_own = (own.scheme, own.hostname, own.port) == (asked.scheme, asked.hostname, asked.port)
    if not is_own and (request.delivers or request.method != "GET"):
        raise MessageInvalid(code="address_refused")
    return _Target(request.url, public=not is_own)


def _http_request(runtime: Runtime, request: PlatformRequest, url: str, open_files: ExitStack) -> httpx.Request:
    parts = {
        part.name: (part.media.filename or "file", _opened(runtime, part.media.sha256, open_files), part.media.mime)
        for part in request.files
    }
    if request.body is not None:
        return httpx.Request(
            request.method,
            url,
            params=dict(request.query) or None,
            headers={**request.headers, "content-length": str(request.body.size_bytes)},
            content=_chunks(_opened(runtime, request.body.sha256, open_files)),
        )
    return httpx.Request(
        request.method,
        url,
        params=dict(request.query) or None,
        headers=dict(request.headers),
        json=request.json,
        data=dict(request.form) if request.form is not None else None,
        files=parts or None,
    )


async def _bring_files(runtime: Runtime, request: PlatformRequest) -> None:
    """Have on the disk what the request sends. Raises MessageInvalid, ConnectionFailed: it surely was not sent."""
    if runtime.settings.media_url is None:
        return
    for media in (*(part.media for part in request.files), *([request.body] if request.body else [])):
        try:
            await asyncio.to_thread(file_of, runtime.settings, storage_key(media.sha256))
        except FileNotFoundError:
            raise MessageInvalid(code="media_missing") from None
        except StorageAway as error:
            raise ConnectionFailed(str(error)) from error


def _opened(runtime: Runtime, sha256: str, open_files: ExitStack) -> IO[bytes]:
    try:
        return open_files.enter_context(path_of(runtime.settings, sha256).open("rb"))
    except FileNotFoundError:
        raise MessageInvalid(code="media_missing") from None


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


async def _read(
    runtime: Runtime, request: PlatformRequest, answer: httpx.Response, files: list[Path]
) -> PlatformResponse:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    is_file = answer.is_success and _media_type(headers) not in request.not_files
    if request.download_max_bytes is None or not is_file:
        return PlatformResponse(answer.status_code, headers, await _body(answer))
    with _temporary(runtime, files) as file:
        downloaded = await _download(answer, file, request.download_max_bytes)
    return PlatformResponse(answer.status_code, headers, downloaded=downloaded)


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > ANSWER_MAX_BYTES:
            break
    return bytes(body)


async def _download(answer: httpx.Response, file: IO[bytes], max_bytes: int) -> Downloaded:
    digest, size = hashlib.sha256(), 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > max_bytes:
            raise Rejected(f"more than {max_bytes} bytes", code="media_too_large")
        digest.update(chunk)
        file.write(chunk)
    return Downloaded(file.name, size, digest.hexdigest())


@contextmanager
def _temporary(runtime: Runtime, files: list[Path]) -> Iterator[IO[bytes]]:
    directory = runtime.settings.data_dir / "tmp"
    directory.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=directory, prefix="download-", delete=False) as file:
        files.append(Path(file.name))
        yield file


def _delete(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _is_in(result: Result, path: Path) -> bool:
    file = getattr(result, "file", None)
    return isinstance(file, Downloaded) and file.path == str(path)


def _message_id(intent: Intent) -> UUID | None:
    if not isinstance(intent, Send) or not intent.callback:
        return None
    return UUID(intent.callback)
