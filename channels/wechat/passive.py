"""Put an automatic answer into the response to the customer's own delivery: it costs none of the messages that a window allows.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from channels.contract import HttpAnswer, Json, MessageInvalid, OutboundMessage, PassiveReply
from channels.kit.text import length
from channels.kit.tolerant import objects, text, without_empty
from channels.wechat.crypto import Box, signature
from channels.wechat.xml import written

_LONGEST_BYTES = 2048
_RANDOM, _NONCE = 16, 8


def answer(reply: PassiveReply, payload: Json, token: str, box: Box | None) -> HttpAnswer:
    """Return the XML that answers `payload`, encrypted if `box` is given. Raises MessageInvalid for what cannot go this way."""
    message = written(
        {
            "ToUserName": text(payload.get("FromUserName")),
            "FromUserName": text(payload.get("ToUserName")),
            "CreateTime": int(reply.at.timestamp()),
            **_body_of(reply.message),
        }
    )
    if box is not None:
        message = _encrypted(message, reply, token, box)
    return HttpAnswer(body=message.encode(), content_type="text/xml; charset=utf-8")


def _encrypted(message: str, reply: PassiveReply, token: str, box: Box) -> str:
    encrypted = box.encrypt(message.encode(), reply.randomness[:_RANDOM])
    nonce, moment = reply.randomness[_RANDOM : _RANDOM + _NONCE].hex(), int(reply.at.timestamp())
    signed = signature(token, str(moment), nonce, encrypted)
    return written({"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": moment, "Nonce": nonce})


def _body_of(message: OutboundMessage) -> dict[str, Any]:
    compose = _KINDS.get(message.kind)
    if compose is None:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    return compose(message)


def _text(message: OutboundMessage) -> dict[str, Any]:
    if not message.text or length(message.text, "utf8_bytes") > _LONGEST_BYTES:
        raise MessageInvalid(f"not 1 to {_LONGEST_BYTES} bytes", code="text_too_long")
    return {"MsgType": "text", "Content": message.text}


def _media(kind: str, element: str) -> Callable[[OutboundMessage], dict[str, Any]]:
    def compose(message: OutboundMessage) -> dict[str, Any]:
        return {"MsgType": kind, element: {"MediaId": _media_id(message)}}

    return compose


def _video(message: OutboundMessage) -> dict[str, Any]:
    words = {"Title": text(message.content.get("title")), "Description": message.text}
    return {"MsgType": "video", "Video": {"MediaId": _media_id(message), **without_empty(words)}}


def _music(message: OutboundMessage) -> dict[str, Any]:
    content = message.content
    words = {"Title": content.get("title"), "Description": content.get("description")}
    links = {"MusicUrl": content.get("url"), "HQMusicUrl": content.get("hd_url")}
    return {"MsgType": "music", "Music": {**without_empty(words | links), "ThumbMediaId": _media_id(message)}}


def _cards(message: OutboundMessage) -> dict[str, Any]:
    articles = [
        {
            "Title": text(card.get("title")),
            "Description": text(card.get("subtitle")),
            "PicUrl": text(card.get("image_url")),
            "Url": text(card.get("url")),
        }
        for card in objects(message.content.get("cards"))
    ]
    if len(articles) != 1:
        raise MessageInvalid("one card is taken", code="articles_count")
    return {"MsgType": "news", "ArticleCount": 1, "Articles": articles}


def _media_id(message: OutboundMessage) -> str:
    """Return the id of a file that is up there already: nothing can be uploaded while the platform waits."""
    if message.media is None or not message.media.platform_id:
        raise MessageInvalid("the file is not on the platform", code="media_missing")
    return message.media.platform_id


_KINDS: dict[str, Callable[[OutboundMessage], dict[str, Any]]] = {
    "text": _text,
    "image": _media("image", "Image"),
    "audio": _media("voice", "Voice"),
    "video": _video,
    "music": _music,
    "cards": _cards,
}
