"""Move files: up to WeChat before a send, down from it after a message. Both live there for 3 days.

Source: https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html and …/api_getmedia.html (read Nov 2026).
"""

from __future__ import annotations

import re
from collections.abc import Generator

from channels.contract import (
    Call,
    Downloaded,
    FetchMedia,
    MediaFetched,
    MediaHandle,
    MessageInvalid,
    PlatformRequest,
    PlatformResponse,
    Rejected,
    ResponseUnexpected,
)
from channels.kit.tolerant import identifier, text
from channels.wechat.api import Api, public_download
from channels.wechat.errors import MEDIA_INVALID, answer_of

UPLOAD, GET = "/cgi-bin/media/upload", "/cgi-bin/media/get"
_FILENAME = re.compile(r'filename="?([^";]{1,200})')
_GONE = frozenset((403, 404, 410))

Fetching = Generator[PlatformRequest, PlatformResponse, PlatformResponse]
Uploading = Generator[PlatformRequest, PlatformResponse, str]


def upload(file: MediaHandle, kind: str, api: Api) -> Uploading:
    """Return the id that WeChat keeps the file under. A thumbnail's has a name of its own."""
    answer = yield from api.ask(api.upload(UPLOAD, kind, file))
    media_id = identifier(answer.get("media_id")) or identifier(answer.get("thumb_media_id"))
    if not media_id:
        raise ResponseUnexpected("the upload was answered without an id")
    return media_id


def fetch(intent: FetchMedia, api: Api) -> Call:
    """Download a customer's file by its media id or, when that is gone, a picture from the address in the message.

    Errors come as JSON with status 200, and so does a video: as the address from which to fetch it.
    """
    media = intent.media
    try:
        response = yield from _by_id(intent, api)
    except MessageInvalid as error:
        if error.code != MEDIA_INVALID.code:
            raise
        if not media.url:
            raise Rejected(error.text, code="media_gone", external_code=error.external_code) from error
        response = yield public_download(media.url, intent.max_bytes)
    file = _file(response, intent.max_bytes)
    headers = response.headers
    mime = headers.get("content-type", "").partition(";")[0].strip().lower()
    named = _FILENAME.search(headers.get("content-disposition", ""))
    return MediaFetched(file, media.mime or mime, media.filename or (named[1] if named else ""))


def _by_id(intent: FetchMedia, api: Api) -> Fetching:
    if not intent.media.external_id:
        raise MessageInvalid("the file has no id", code=MEDIA_INVALID.code)
    response = yield api.download(GET, intent.max_bytes, media_id=intent.media.external_id)
    if response.downloaded is not None:
        return response
    url = text(answer_of(response, wecom=api.wecom).get("video_url"))
    if not url:
        raise ResponseUnexpected("the answer is neither a file nor an address", external_code=str(response.status))
    return (yield public_download(url, intent.max_bytes))


def _file(response: PlatformResponse, max_bytes: int) -> Downloaded:
    if response.status in _GONE:
        raise Rejected(f"HTTP {response.status}", code="media_gone", external_code=str(response.status))
    file = response.downloaded
    if file is None or not 200 <= response.status < 300:
        answer_of(response)
        raise ResponseUnexpected("the download has no file", external_code=str(response.status))
    if file.size_bytes > max_bytes:
        raise Rejected(f"{file.size_bytes} bytes", code="media_too_large")
    return file
