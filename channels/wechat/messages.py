"""Turn one message that a customer sent to an Official Account into an event.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html (read Nov 2026).
Examples: tests/channels/wechat/fixtures/.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from channels.contract import Body, InboundEvent, InboundKind, Json, MediaRef, MessageReceived
from channels.kit.events import event_key
from channels.kit.tolerant import identifier, kept, moment, number, text, without_empty
from channels.wechat.people import person
from channels.wechat.unknown import unrecognised

_UNSHOWABLE = "【收到不支持的消息类型，暂无法显示】"
"""What arrives, as a text, for stickers, files, calls and whatever else the platform does not pass on."""
_VOICES = {"amr": "audio/amr", "speex": "audio/speex", "mp3": "audio/mpeg"}


def message_event(payload: Json, account: str, received_at: datetime) -> InboundEvent:
    """Return what a payload whose `MsgType` is no event means. The tap on a menu message counts as a menu click, not as writing."""
    sender = person(payload.get("FromUserName"))
    occurred_at = moment(payload.get("CreateTime"), received_at)
    if sender is None:
        return unrecognised("message", payload, account, occurred_at)
    body = _body_of(payload)
    return MessageReceived(
        account=account,
        occurred_at=occurred_at,
        external_id=identifier(payload.get("MsgId")) or event_key(account, kept(payload)),
        sender=sender,
        body=_with_article(payload, body),
        opened_by="menu_click" if body.kind == "button_reply" else "message",
    )


def _body_of(payload: Json) -> Body:
    read = _READERS.get(text(payload.get("MsgType")).lower())
    return (read and read(payload)) or unsupported(payload)


def unsupported(payload: Json) -> Body:
    """Keep a message that cannot be shown."""
    kind = text(payload.get("MsgType")).lower() or "unknown"
    return Body("unsupported", content={"kind": kind, "code": "", "raw": kept(payload)})


def _text(payload: Json) -> Body | None:
    said, option = text(payload.get("Content")), text(payload.get("bizmsgmenuid"))
    if option:
        return Body("button_reply", said, {"id": option, "title": said})
    if not said or said == _UNSHOWABLE:
        return None
    return Body("text", said)


def _media(kind: InboundKind) -> Callable[[Json], Body | None]:
    def read(payload: Json) -> Body | None:
        found = MediaRef(identifier(payload.get("MediaId")), url=text(payload.get("PicUrl")))
        return Body(kind, media=(found,)) if found.external_id or found.url else None

    return read


def _voice(payload: Json) -> Body | None:
    """Read a voice message; `Recognition` are the words that the platform heard, where the account has that switched on."""
    media_id = identifier(payload.get("MediaId"))
    if not media_id:
        return None
    mime = _VOICES.get(text(payload.get("Format")).lower(), "")
    heard = text(payload.get("Recognition"))
    return Body(
        "audio", content=without_empty({"transcript": heard}), media=(MediaRef(media_id, mime=mime, voice=True),)
    )


def _location(payload: Json) -> Body | None:
    latitude, longitude = number(payload.get("Location_X")), number(payload.get("Location_Y"))
    if latitude is None or longitude is None:
        return None
    address = text(payload.get("Label"))
    return Body(
        "location", content={"latitude": latitude, "longitude": longitude, **without_empty({"address": address})}
    )


def _link(payload: Json) -> Body | None:
    url = text(payload.get("Url"))
    return _share("link", {"url": url, "subtitle": text(payload.get("Description"))}, payload) if url else None


def _mini_program(payload: Json) -> Body | None:
    app_id = text(payload.get("AppId"))
    page = {"id": app_id, "path": text(payload.get("PagePath")), "image_url": text(payload.get("ThumbUrl"))}
    return _share("mini_program", page, payload) if app_id else None


def _share(kind: str, fields: Json, payload: Json) -> Body:
    return Body(
        "share", content={"shares": [{"kind": kind, **without_empty({"title": text(payload.get("Title")), **fields})}]}
    )


def _with_article(payload: Json, body: Body) -> Body:
    """Add from which article of ours the customer wrote: its id and its place, from 1, among those sent together."""
    article = text(payload.get("MsgDataId"))
    if not article:
        return body
    referral = {"source_type": "article", "source_id": f"{article}_{text(payload.get('Idx')) or 1}"}
    return Body(body.kind, body.text, {**body.content, "referral": referral}, body.media)


_READERS: dict[str, Callable[[Json], Body | None]] = {
    "text": _text,
    "image": _media("image"),
    "voice": _voice,
    "video": _media("video"),
    "shortvideo": _media("video"),
    "location": _location,
    "link": _link,
    "miniprogrampage": _mini_program,
}
