"""Compose the request body of a message, by kind.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (read Dec 2025).
Whole bodies: tests/channels/whatsapp/golden/.
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import ContactUnreachable, Json, MessageInvalid, OutboundMessage, Person, Send
from channels.kit.tolerant import objects, text, without_empty

MEDIA_KINDS = frozenset(("image", "video", "audio", "document", "sticker"))


def body_of(send: Send, platform_media_id: str = "") -> Json:
    """Return the JSON for `POST /{phone_number_id}/messages`.

    Raises MessageInvalid for a kind that WhatsApp has not, ContactUnreachable for a person without phone and BSUID.
    """
    message = send.message
    compose = _KINDS.get(message.kind)
    if compose is None:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(send.to),
        **compose(message, platform_media_id),
    }
    if message.reply_to and message.kind != "reaction":
        body["context"] = {"message_id": message.reply_to}
    if send.callback:
        body["biz_opaque_callback_data"] = send.callback
    return body


def recipient(person: Person) -> Json:
    """Return `to` (E.164 with +: without it Meta puts the business's own country code before) or, without a phone, `recipient`."""
    known = {key.kind: key.value for key in reversed(person.keys)}  # the first of a kind is the one in use
    if phone := known.get("phone"):
        return {"to": f"+{phone}"}
    bsuid = known.get("bsuid") or known.get("parent_bsuid")
    if not bsuid:
        raise ContactUnreachable(code="address_missing")
    return {"recipient": bsuid}


def _text(message: OutboundMessage, _media_id: str) -> Json:
    return {"type": "text", "text": {"body": message.text, "preview_url": message.link_preview}}


def _media(message: OutboundMessage, media_id: str) -> Json:
    captioned = message.kind in ("image", "video", "document")
    filename = message.media.filename if message.media and message.kind == "document" else ""
    media = without_empty({"id": media_id, "caption": message.text if captioned else "", "filename": filename})
    if message.kind == "audio" and message.voice:
        media["voice"] = True
    return {"type": message.kind, message.kind: media}


def _location(message: OutboundMessage, _media_id: str) -> Json:
    place = {name: message.content.get(name) for name in ("latitude", "longitude", "name", "address")}
    return {"type": "location", "location": without_empty(place)}


def _contacts(message: OutboundMessage, _media_id: str) -> Json:
    return {"type": "contacts", "contacts": [_card(card) for card in objects(message.content.get("contacts"))]}


def _card(card: Json) -> Json:
    """Turn our contact card into WhatsApp's. It wants one name part besides the formatted name."""
    name = text(card.get("name"))
    org = text(card.get("org"))
    return without_empty(
        {
            "name": {"formatted_name": name, "first_name": name.partition(" ")[0]},
            "phones": [
                without_empty({field: phone.get(field) for field in ("phone", "wa_id", "type")})
                for phone in objects(card.get("phones"))
            ],
            "emails": [{"email": email} for email in card.get("emails") or ()],
            "org": {"company": org} if org else {},
            "urls": [{"url": url} for url in card.get("urls") or ()],
            "birthday": card.get("birthday"),
        }
    )


def _reaction(message: OutboundMessage, _media_id: str) -> Json:
    """An empty emoji takes the reaction back."""
    emoji = text(message.content.get("emoji"))
    return {"type": "reaction", "reaction": {"message_id": message.reply_to, "emoji": emoji}}


def _buttons(message: OutboundMessage, _media_id: str) -> Json:
    buttons = [
        {"type": "reply", "reply": {"id": text(button.get("id")), "title": text(button.get("title"))}}
        for button in objects(message.content.get("buttons"))
    ]
    return _interactive("button", message.text, {"buttons": buttons})


def _list(message: OutboundMessage, _media_id: str) -> Json:
    sections = [
        without_empty(
            {"title": section.get("title"), "rows": [without_empty(row) for row in objects(section.get("rows"))]}
        )
        for section in objects(message.content.get("sections"))
    ]
    return _interactive("list", message.text, {"button": text(message.content.get("button")), "sections": sections})


def _interactive(kind: str, said: str, action: Json) -> Json:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": said}, "action": action}}


def _template(message: OutboundMessage, _media_id: str) -> Json:
    """Pass every kind of component on as it is: header, body, button, carousel, limited_time_offer …"""
    content = message.content
    template = {
        "name": text(content.get("name")),
        "language": {"code": text(content.get("language"))},
        "components": objects(content.get("components")),
    }
    return {"type": "template", "template": without_empty(template)}


_KINDS: dict[str, Callable[[OutboundMessage, str], Json]] = {
    "text": _text,
    **dict.fromkeys(MEDIA_KINDS, _media),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "buttons": _buttons,
    "list": _list,
    "template": _template,
}
