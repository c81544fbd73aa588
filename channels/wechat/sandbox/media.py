"""Temporary files: three days, both ways.

Source: https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html, …/api_getmedia.html and
https://developer.work.weixin.qq.com/document/path/96484 (2026).
"""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from channels.sandbox.host import Host
from channels.sandbox.world import Account, MediaFile
from channels.wechat.sandbox.calls import Call
from channels.wechat.sandbox.errors import WeChatError, answer
from channels.wechat.sandbox.platform import KF, Platform, flavour_of, opaque

LIVES_S = 3 * 86_400
MEGABYTE = 1024 * 1024
FILES = "/sandbox-files/"
OFFICIAL_TYPES: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (("image/jpeg", "image/png", "image/gif", "image/bmp"), 10 * MEGABYTE),
    "voice": (("audio/amr", "audio/mpeg", "audio/mp3"), 2 * MEGABYTE),
    "video": (("video/mp4",), 10 * MEGABYTE),
    "thumb": (("image/jpeg",), 64 * 1024),
}
WECOM_TYPES: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (("image/jpeg", "image/png"), 2 * MEGABYTE),
    "voice": (("audio/amr",), 2 * MEGABYTE),
    "video": (("video/mp4",), 10 * MEGABYTE),
    "file": ((), 20 * MEGABYTE),
}
MAGIC = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
    b"#!AMR": "audio/amr",
    b"ID3": "audio/mpeg",
    b"\xff\xfb": "audio/mpeg",
    b"\xff\xf3": "audio/mpeg",
}


async def upload(call: Call) -> Response:
    """Take a multipart upload of the field `media`, which needs a file name. Raises WeChatError."""
    kind = call.query.get("type", "")
    types = WECOM_TYPES if flavour_of(call.account) == KF else OFFICIAL_TYPES
    if kind not in types:
        raise WeChatError(40004)
    if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise WeChatError(41005)
    async with call.request.form() as form:
        sent = form.get("media")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise WeChatError(41005)
        filename, declared, data = sent.filename, sent.content_type or "", await sent.read()
    mime = _checked(kind, types, declared, data)
    media_id = keep(call.host, call.platform, call.account, kind, data, mime=mime, filename=filename)
    created = int(call.host.now())
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    if flavour_of(call.account) == KF:
        return answer(errcode=0, errmsg="ok", type=kind, media_id=media_id, created_at=str(created))
    return answer(type=kind, **{name: media_id}, created_at=created, item=[])


def _checked(kind: str, types: dict[str, tuple[tuple[str, ...], int]], declared: str, data: bytes) -> str:
    """Look at the first bytes, as the platform does, not at the name. Raises WeChatError."""
    mimes, most = types[kind]
    if not data:
        raise WeChatError(44001)
    mime = next((found for start, found in MAGIC.items() if data.startswith(start)), "")
    if not mime and data[4:8] == b"ftyp":
        mime = "video/mp4"
    if mimes and mime not in mimes:
        raise WeChatError(40005, f"hint: [{kind}]")
    if len(data) > most:
        raise WeChatError(40009 if kind == "image" else 45001)
    return mime or declared


def keep(host: Host, platform: Platform, account: Account, kind: str, data: bytes, *, mime: str, filename: str) -> str:
    """Store a file for three days, and return its media id."""
    file = host.keep_file(data, account=account, mime=mime, filename=filename, lives_s=LIVES_S)
    media_id = opaque()
    platform.shelf("media")[media_id] = {"file_id": file.id, "type": kind, "app_id": account.credentials["app_id"]}
    return media_id


def find(host: Host, platform: Platform, account: Account, media_id: object) -> tuple[MediaFile, str]:
    """Return file and type of a media id that is the app's and still lives. Raises WeChatError 40007."""
    kept = platform.shelf("media").get(media_id) if isinstance(media_id, str) else None
    file = host.world.files.get(kept["file_id"]) if kept else None
    if not kept or file is None or kept["app_id"] != account.credentials["app_id"] or file.expires_at < host.now():
        raise WeChatError(40007)
    return file, str(kept["type"])


async def get(call: Call) -> Response:
    """Return the file; of a video on an Official Account, where it lies. Raises WeChatError, which is JSON with status 200."""
    file, kind = find(call.host, call.platform, call.account, call.query.get("media_id", ""))
    if kind == "video" and flavour_of(call.account) != KF:
        return answer(video_url=f"{call.host.base_url}{FILES}{file.id}", down_url="")
    return download(call.host, file)


def download(host: Host, file: MediaFile) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file.filename or file.id}"'}
    return Response(host.read_file(file), media_type=file.mime, headers=headers)
