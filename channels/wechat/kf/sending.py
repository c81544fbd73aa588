"""Send from a customer service account of WeCom.

Source: https://developer.work.weixin.qq.com/document/path/94677 (read Nov 2026); on an event: …/95122.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import replace
from hashlib import blake2b

from channels.contract import (
    Call,
    Json,
    MessageInvalid,
    OutboundMessage,
    PlatformRequest,
    PlatformResponse,
    Send,
    SendError,
    Sent,
)
from channels.kit.tolerant import identifier, objects, text, without_empty
from channels.wechat import media
from channels.wechat.api import Api
from channels.wechat.errors import MEDIA_INVALID
from channels.wechat.people import EXTERNAL_USERID, address_of

_SEND, _SEND_ON_EVENT = "/cgi-bin/kf/send_msg", "/cgi-bin/kf/send_msg_on_event"
_UPLOADS = {
    "image": "image",
    "audio": "voice",
    "video": "video",
    "document": "file",
    "cards": "image",
    "mini_program": "image",
}
_MESSAGE_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
_COMPLAINT = re.compile(r"(?i)\bmsgid\b")

Sending = Generator[PlatformRequest, PlatformResponse, Sent]


def send(intent: Send, api: Api, open_kfid: str) -> Call:
    """Send a message under our own id. Raises SendError."""
    message = intent.message
    if message.kind not in _KINDS:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    to = {"touser": address_of(intent.to, EXTERNAL_USERID), "open_kfid": open_kfid}
    if code := text(message.content.get("reply_code")):
        return (yield from _post(_SEND_ON_EVENT, {"code": code}, intent, "", api))
    if message.kind not in _UPLOADS:
        return (yield from _post(_SEND, to, intent, "", api))
    if message.media is None:
        raise MessageInvalid("a message without its file or picture", code="media_missing")
    if message.media.platform_id:
        try:
            return (yield from _post(_SEND, to, intent, message.media.platform_id, api))
        except MessageInvalid as error:
            if error.code != MEDIA_INVALID.code:
                raise
    uploaded = yield from media.upload(message.media, _UPLOADS[message.kind], api)
    sent = yield from _post(_SEND, to, intent, uploaded, api)
    return replace(sent, uploaded_media_id=uploaded)


def _post(path: str, address: Json, intent: Send, media_id: str, api: Api) -> Sending:
    """Make the request. A complaint about its id, which is always well formed, means that it went out before."""
    body = {**address, **_KINDS[intent.message.kind](intent.message, media_id)}
    msgid = message_id(intent.callback)
    if msgid:
        body["msgid"] = msgid
    try:
        answer = yield from api.ask(api.post(path, body, delivers=True))
    except SendError as error:
        if msgid and error.external_code.isdigit() and _COMPLAINT.search(error.text):
            return Sent(msgid)
        raise
    return Sent(identifier(answer.get("msgid")) or msgid)


def message_id(callback: str) -> str:
    """Return our message id as WeCom takes it: up to 32 letters, digits, `_` and `-`. A UUID loses its dashes."""
    if not callback:
        return ""
    short = callback.replace("-", "")
    return short if _MESSAGE_ID.fullmatch(short) else blake2b(callback.encode(), digest_size=16).hexdigest()


def _text(message: OutboundMessage, _media_id: str) -> Json:
    return {"msgtype": "text", "text": {"content": message.text}}


def _media(kind: str) -> Callable[[OutboundMessage, str], Json]:
    return lambda _message, media_id: {"msgtype": kind, kind: {"media_id": media_id}}


def _location(message: OutboundMessage, _media_id: str) -> Json:
    place = {name: message.content.get(name) for name in ("latitude", "longitude", "name", "address")}
    return {"msgtype": "location", "location": without_empty(place)}


def _buttons(message: OutboundMessage, _media_id: str) -> Json:
    options = [_option(button) for button in objects(message.content.get("buttons"))]
    menu = {"head_content": message.text, "list": options, "tail_content": text(message.content.get("foot"))}
    return {"msgtype": "msgmenu", "msgmenu": without_empty(menu)}


def _option(button: Json) -> Json:
    title, url = text(button.get("title")), text(button.get("url"))
    if url:
        return {"type": "view", "view": {"url": url, "content": title}}
    return {"type": "click", "click": {"id": text(button.get("id")), "content": title}}


def _cards(message: OutboundMessage, media_id: str) -> Json:
    cards = objects(message.content.get("cards"))
    if len(cards) != 1:
        raise MessageInvalid("one card is taken", code="articles_count")
    words = {
        "title": text(cards[0].get("title")),
        "desc": text(cards[0].get("subtitle")),
        "url": text(cards[0].get("url")),
    }
    return {"msgtype": "link", "link": {**without_empty(words), "thumb_media_id": media_id}}


def _mini_program(message: OutboundMessage, media_id: str) -> Json:
    content = message.content
    page = {
        "appid": text(content.get("app_id")),
        "title": text(content.get("title")) or message.text,
        "thumb_media_id": media_id,
        "pagepath": text(content.get("path")),
    }
    return {"msgtype": "miniprogram", "miniprogram": page}


_KINDS: dict[str, Callable[[OutboundMessage, str], Json]] = {
    "text": _text,
    "image": _media("image"),
    "audio": _media("voice"),
    "video": _media("video"),
    "document": _media("file"),
    "location": _location,
    "buttons": _buttons,
    "cards": _cards,
    "mini_program": _mini_program,
}
