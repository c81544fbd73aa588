"""Send one message to many followers in one request.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends.html (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Call, Json, MessageInvalid, OutboundMessage, OutcomeUnknown, SendMany, Sent
from channels.kit.graph import read_object
from channels.kit.tolerant import identifier, text
from channels.wechat import media
from channels.wechat.api import Api
from channels.wechat.errors import answer_of
from channels.wechat.people import OPENID, address_of
from channels.wechat.results import mass_id

_PATH, _VIDEO = "/cgi-bin/message/mass/send", "/cgi-bin/media/uploadvideo"
_LEAST, _MOST, _LONGEST_KEY_BYTES = 2, 10_000, 64
_ALREADY_SENT = "45065"
_UPLOADS = {"image": "image", "audio": "voice", "video": "video"}


def send(intent: SendMany, api: Api) -> Call:
    """Hand the message in; the platform sends it later and tells what became of it. The same key sends once."""
    message = intent.message
    openids = [address_of(person, OPENID) for person in intent.to]
    if not _LEAST <= len(openids) <= _MOST:
        raise MessageInvalid(f"{len(openids)} people", code="recipients_invalid")
    if not 0 < len(intent.key.encode()) <= _LONGEST_KEY_BYTES:
        raise MessageInvalid("the key is not 1 to 64 bytes", code="parameter_invalid")
    media_id = yield from _media_id(message, api)
    body = {"touser": openids, **_body_of(message, media_id), "clientmsgid": intent.key}
    response = yield api.post(_PATH, body, delivers=True)
    answer = read_object(response) or {}
    if text(answer.get("errcode")) != _ALREADY_SENT:
        answer = answer_of(response, delivers=True)
    external_id = mass_id(answer.get("msg_id"))
    if not external_id:
        raise OutcomeUnknown("the answer names no message")
    return Sent(external_id)


def _media_id(message: OutboundMessage, api: Api) -> media.Uploading:
    file = message.media
    if message.kind not in _UPLOADS:
        return ""
    if file is None:
        raise MessageInvalid("a media message without a file", code="media_missing")
    uploaded = file.platform_id or (yield from media.upload(file, _UPLOADS[message.kind], api))
    return (yield from _titled(message, uploaded, api)) if message.kind == "video" else uploaded


def _titled(message: OutboundMessage, media_id: str, api: Api) -> media.Uploading:
    """A video for many first becomes a material with title and description, under another id."""
    body = {"media_id": media_id, "title": text(message.content.get("title")), "description": message.text}
    answer = yield from api.ask(api.post(_VIDEO, body))
    return identifier(answer.get("media_id"))


def _body_of(message: OutboundMessage, media_id: str) -> Json:
    compose = _KINDS.get(message.kind)
    if compose is None:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    return compose(message, media_id)


def _text(message: OutboundMessage, _media_id: str) -> Json:
    return {"msgtype": "text", "text": {"content": message.text}}


def _article(message: OutboundMessage, _media_id: str) -> Json:
    article = {"media_id": text(message.content.get("media_id"))}
    return {"msgtype": "mpnews", "mpnews": article, "send_ignore_reprint": 0}


def _coupon(message: OutboundMessage, _media_id: str) -> Json:
    return {"msgtype": "wxcard", "wxcard": {"card_id": text(message.content.get("card_id"))}}


def _audio(_message: OutboundMessage, media_id: str) -> Json:
    return {"msgtype": "voice", "voice": {"media_id": media_id}}


def _image(_message: OutboundMessage, media_id: str) -> Json:
    return {"msgtype": "image", "image": {"media_id": media_id}}


def _video(_message: OutboundMessage, media_id: str) -> Json:
    return {"msgtype": "mpvideo", "mpvideo": {"media_id": media_id}}


_KINDS: dict[str, Callable[[OutboundMessage, str], Json]] = {
    "text": _text,
    "article": _article,
    "coupon": _coupon,
    "audio": _audio,
    "image": _image,
    "video": _video,
}
