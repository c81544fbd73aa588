"""Move files: up to WhatsApp before a send, down from it after a message.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media (11 Dec 2025).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Generator

from channels.contract import (
    Call,
    Downloaded,
    FetchMedia,
    Json,
    MediaFetched,
    MediaHandle,
    MediaRef,
    MessageInvalid,
    OutboundMessage,
    PlatformDown,
    PlatformRequest,
    PlatformResponse,
    Rejected,
    ResponseUnexpected,
    SendError,
)
from channels.kit.graph import Graph, read_error, read_object
from channels.kit.tolerant import identifier, integer, text
from channels.whatsapp.errors import answer_of

_GONE = frozenset((33, 100))
"""What Graph answers for an id that never was or is older than 7 days: "Object with ID … does not exist"."""
_EXPIRED = frozenset((404, 410))
_MAY_HAVE_EXPIRED = _EXPIRED | {400, 401, 403}
"""For an address of unknown age. Whether it is the token that is refused, asking for a fresh address will tell."""


def file_of(message: OutboundMessage) -> MediaHandle:
    if message.media is None:
        raise MessageInvalid("a media message without a file", code="media_missing")
    return message.media


def upload(file: MediaHandle, graph: Graph, number: str) -> Generator[PlatformRequest, PlatformResponse, str]:
    """Return the id that WhatsApp keeps the file under, for 30 days."""
    form = {"messaging_product": "whatsapp", "type": file.mime}
    response = yield graph.upload(number, "media", form=form, media=file)
    media_id = identifier(answer_of(response).get("id"))
    if not media_id:
        raise ResponseUnexpected("the upload was answered without an id", external_code=str(response.status))
    return media_id


def fetch(intent: FetchMedia, graph: Graph) -> Call:
    """Download a customer's file from the address in the webhook or, when that has expired (5 minutes), from a fresh one."""
    media = intent.media
    facts: Json = {}
    file: Downloaded | None = None
    if media.url:
        file = yield from _download(media.url, graph, intent.max_bytes, _MAY_HAVE_EXPIRED)
    for _ in range(2):
        if file:
            break
        facts = yield from _facts(media, graph)
        _check_size(integer(facts.get("file_size")), intent.max_bytes)
        file = yield from _download(text(facts.get("url")), graph, intent.max_bytes, _EXPIRED)
    if file is None:
        raise Rejected("the file is not there", code="media_gone", external_code="404")
    _check_digest(file, media.sha256 or text(facts.get("sha256")))
    return MediaFetched(file, text(facts.get("mime_type")) or media.mime, media.filename)


def _facts(media: MediaRef, graph: Graph) -> Generator[PlatformRequest, PlatformResponse, Json]:
    """Return `{"url", "mime_type", "sha256", "file_size"}` of a media id."""
    if not media.external_id:
        raise Rejected("the file's address has expired", code="media_gone")
    response = yield graph.get(media.external_id)
    error = read_error(read_object(response))
    if error and error.code in _GONE:
        raise Rejected(error.message, code="media_gone", external_code=str(error.code))
    facts = answer_of(response)
    if not text(facts.get("url")):
        raise ResponseUnexpected("the media has no address", external_code=str(response.status))
    return facts


def _download(
    url: str, graph: Graph, max_bytes: int, expired: frozenset[int]
) -> Generator[PlatformRequest, PlatformResponse, Downloaded | None]:
    """Return the file, None when the HTTP status says that the address has expired."""
    response = yield graph.download(url, max_bytes)
    if response.status in expired:
        return None
    if not 200 <= response.status < 300:
        raise _download_error(response)
    if response.downloaded is None:
        raise ResponseUnexpected("the download has no file", external_code=str(response.status))
    _check_size(response.downloaded.size_bytes, max_bytes)
    return response.downloaded


def _download_error(response: PlatformResponse) -> SendError:
    try:
        answer_of(response)
    except SendError as error:
        return error
    return ResponseUnexpected(f"HTTP {response.status}", external_code=str(response.status))


def _check_size(size_bytes: int | None, max_bytes: int) -> None:
    if size_bytes is not None and size_bytes > max_bytes:
        raise Rejected(f"{size_bytes} bytes", code="media_too_large")


def _check_digest(file: Downloaded, expected: str) -> None:
    """Compare digests. Webhooks give base64, the media endpoint hex or base64."""
    digest = _hex_digest(expected)
    if digest and digest != file.sha256.lower():
        raise PlatformDown("the file is not the one announced", code="media_damaged")


def _hex_digest(value: str) -> str:
    """Return a SHA-256 in lower-case hex; "" for what is none."""
    if len(value) == 64:
        return value.lower()
    try:
        raw = base64.b64decode(
            value + "=" * (-len(value) % 4), altchars=b"-_" if "-" in value or "_" in value else None
        )
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""
