"""Compose the customer service message of an Official Account, by kind.

Source: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html (read Nov 2026).
Whole bodies: tests/channels/wechat/golden/.
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Json, MessageInvalid, OutboundMessage
from channels.kit.tolerant import objects, text, without_empty

UPLOADS = {"image": "image", "audio": "voice", "video": "video", "music": "thumb", "mini_program": "image"}
"""Kinds with a file, and the type under which it is uploaded."""


def body_of(message: OutboundMessage, openid: str, media_id: str = "", service_account: str = "") -> Json:
    """Return the JSON for `POST /cgi-bin/message/custom/send`. Raises MessageInvalid for a kind that WeChat has not."""
    compose = _KINDS.get(message.kind)
    if compose is None:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    body = {"touser": openid, **compose(message, media_id)}
    if service_account:
        body["customservice"] = {"kf_account": service_account}
    return body


def _text(message: OutboundMessage, _media_id: str) -> Json:
    return {"msgtype": "text", "text": {"content": message.text}}


def _image(_message: OutboundMessage, media_id: str) -> Json:
    return {"msgtype": "image", "image": {"media_id": media_id}}


def _audio(_message: OutboundMessage, media_id: str) -> Json:
    return {"msgtype": "voice", "voice": {"media_id": media_id}}


def _video(message: OutboundMessage, media_id: str) -> Json:
    content = message.content
    words = {
        "thumb_media_id": text(content.get("thumb_media_id")),
        "title": text(content.get("title")),
        "description": message.text,
    }
    return {"msgtype": "video", "video": {"media_id": media_id, **without_empty(words)}}


def _music(message: OutboundMessage, media_id: str) -> Json:
    content = message.content
    music = {
        "title": text(content.get("title")),
        "description": text(content.get("description")),
        "musicurl": text(content.get("url")),
        "hqmusicurl": text(content.get("hd_url")) or text(content.get("url")),
        "thumb_media_id": media_id,
    }
    return {"msgtype": "music", "music": without_empty(music)}


def _cards(message: OutboundMessage, _media_id: str) -> Json:
    """The platform takes one article (45008 for more); several cards are several messages."""
    cards = objects(message.content.get("cards"))
    if len(cards) != 1:
        raise MessageInvalid("one card is taken", code="articles_count")
    card = cards[0]
    article = {
        "title": text(card.get("title")),
        "description": text(card.get("subtitle")),
        "url": text(card.get("url")),
        "picurl": text(card.get("image_url")),
    }
    return {"msgtype": "news", "news": {"articles": [article]}}


def _article(message: OutboundMessage, _media_id: str) -> Json:
    """Send an article that was published by its id, or one of the account's material by its media id."""
    article_id = text(message.content.get("article_id"))
    if article_id:
        return {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": article_id}}
    return {"msgtype": "mpnews", "mpnews": {"media_id": text(message.content.get("media_id"))}}


def _buttons(message: OutboundMessage, _media_id: str) -> Json:
    """A tap on an option comes back as a text with the option's id."""
    options = [
        {"id": text(button.get("id")), "content": text(button.get("title"))}
        for button in objects(message.content.get("buttons"))
    ]
    menu = {"head_content": message.text, "list": options, "tail_content": text(message.content.get("foot"))}
    return {"msgtype": "msgmenu", "msgmenu": menu}


def _coupon(message: OutboundMessage, _media_id: str) -> Json:
    return {"msgtype": "wxcard", "wxcard": {"card_id": text(message.content.get("card_id"))}}


def _mini_program(message: OutboundMessage, media_id: str) -> Json:
    content = message.content
    page = {
        "title": text(content.get("title")) or message.text,
        "appid": text(content.get("app_id")),
        "pagepath": text(content.get("path")),
        "thumb_media_id": media_id,
    }
    return {"msgtype": "miniprogrampage", "miniprogrampage": page}


_KINDS: dict[str, Callable[[OutboundMessage, str], Json]] = {
    "text": _text,
    "image": _image,
    "audio": _audio,
    "video": _video,
    "music": _music,
    "cards": _cards,
    "article": _article,
    "buttons": _buttons,
    "coupon": _coupon,
    "mini_program": _mini_program,
}
KINDS = frozenset(_KINDS)
