"""Fetch a customer's file from Meta's content network.

Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages (1 Jun 2026).
"""

from __future__ import annotations

from collections.abc import Generator

from channels.contract import (
    Call,
    Downloaded,
    FetchMedia,
    Json,
    MediaFetched,
    MessageInvalid,
    PlatformDown,
    PlatformRequest,
    PlatformResponse,
    Rejected,
    ResponseUnexpected,
    Throttled,
)
from channels.kit.graph import Graph
from channels.kit.graph_errors import MeaningOf, answer_of
from channels.kit.tolerant import obj, objects, text

_EXPIRED = frozenset((400, 403, 404, 410))
_TRANSFER_TIMEOUT_S = 60.0
_FIELDS = "attachments{id,mime_type,name,size,image_data,video_data,file_url}"


def fetch(intent: FetchMedia, graph: Graph, meaning_of: MeaningOf) -> Call:
    """Download a file from the address in the webhook or, when that has expired, from one that the message is asked for."""
    media = intent.media
    file = (yield from _download(media.url, intent.max_bytes)) if media.url else None
    if file:
        return MediaFetched(file, media.mime, media.filename)
    raw = yield from _attachment(media.external_id, graph, meaning_of)
    file = yield from _download(_address(raw), intent.max_bytes)
    if file is None:
        raise Rejected("the file is not there", code="media_gone")
    return MediaFetched(file, text(raw.get("mime_type")) or media.mime, text(raw.get("name")) or media.filename)


def _attachment(
    external_id: str, graph: Graph, meaning_of: MeaningOf
) -> Generator[PlatformRequest, PlatformResponse, Json]:
    """Return the attachment that `<message id>#<place>` names, as the message has it now."""
    mid, _, place = external_id.rpartition("#")
    if not mid or not place.isdigit():
        raise Rejected("the file's address has expired", code="media_gone")
    try:
        answer = answer_of((yield graph.get(mid, fields=_FIELDS)), meaning_of)
    except (Rejected, MessageInvalid) as error:
        raise Rejected(error.text, code="media_gone", external_code=error.external_code) from error
    found = objects(obj(answer.get("attachments")).get("data"))[int(place) : int(place) + 1]
    if not found or not _address(found[0]):
        raise Rejected("the message has no such file", code="media_gone")
    return found[0]


def _address(raw: Json) -> str:
    data = obj(raw.get("image_data")) or obj(raw.get("video_data"))
    return text(data.get("url")) or text(raw.get("file_url"))


def _download(url: str, max_bytes: int) -> Generator[PlatformRequest, PlatformResponse, Downloaded | None]:
    """Return the file, None when the address has expired. The address is signed: it must not get our token."""
    response = yield PlatformRequest(method="GET", url=url, download_max_bytes=max_bytes, timeout_s=_TRANSFER_TIMEOUT_S)
    if response.status in _EXPIRED:
        return None
    if response.status == 429:
        raise Throttled(f"HTTP {response.status}", external_code="429")
    if response.status >= 500:
        raise PlatformDown(f"HTTP {response.status}", external_code=str(response.status))
    if response.downloaded is None:
        raise ResponseUnexpected("the download has no file", external_code=str(response.status))
    if response.downloaded.size_bytes > max_bytes:
        raise Rejected(f"{response.downloaded.size_bytes} bytes", code="media_too_large")
    return response.downloaded
