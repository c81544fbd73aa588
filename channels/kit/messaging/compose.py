"""Compose the request body of a message for Messenger and Instagram, by kind.

Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api (5 May 2026).
Whole bodies: tests/channels/messenger/golden/, tests/channels/instagram/golden/.
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import ContactUnreachable, Json, MessageInvalid, OutboundMessage, Person, Send
from channels.kit.tolerant import identifier, objects, text, without_empty

HUMAN_AGENT = "human_agent"
PRIVATE_REPLY = "private_reply"
MEDIA_TYPES = {"image": "image", "video": "video", "audio": "audio", "document": "file"}
_MOST_BUTTONS = 3


def body_of(send: Send, message: Json, *, person_kind: str, node: str) -> Json:
    """Return the JSON for `POST …/messages` around a composed message.

    Raises ContactUnreachable for a person whom no id of this channel names.
    """
    to, private = recipient(send, person_kind, node)
    body: Json = {"recipient": to, **messaging_type(send), "message": message}
    if send.message.reply_to and not private and not _is_public(send.message.reply_to):
        body["reply_to"] = {"mid": send.message.reply_to}
    return body


def recipient(send: Send, person_kind: str, node: str) -> tuple[Json, bool]:
    """Return `recipient`, and whether this is the one private reply to a comment or post, which is addressed instead of the person.

    The id of what stands on the Page itself begins with the Page's; that of a comment with the post's.
    """
    known = address(send.to, person_kind)
    target = send.message.reply_to
    if _is_public(target) and (send.window == PRIVATE_REPLY or not known):
        return {"post_id" if target.startswith(f"{node}_") else "comment_id": target}, True
    if not known:
        raise ContactUnreachable(code="address_missing")
    return known, False


def _is_public(external_id: str) -> bool:
    """Tell the id of a comment or post, which is digits, from that of a message."""
    return external_id.replace("_", "").isdecimal()


def address(person: Person, person_kind: str) -> Json:
    """Return `{"id"}`, or `{"user_ref"}` for somebody who has not written yet; {} when neither is known."""
    known = {key.kind: key.value for key in person.keys}
    if found := known.get(person_kind):
        return {"id": found}
    if found := known.get("user_ref"):
        return {"user_ref": found}
    return {}


def messaging_type(send: Send) -> Json:
    """Say why we write. Of all tags only the one for words that a person typed is left."""
    if send.message.kind == "template":
        return {"messaging_type": "UTILITY"}
    if send.window == HUMAN_AGENT:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {"messaging_type": "RESPONSE"}


def message_of(message: OutboundMessage) -> Json:
    """Return the `message` member. Raises MessageInvalid for a kind that the platform has not."""
    compose = _KINDS.get(message.kind)
    if compose is None:
        raise MessageInvalid(message.kind, code="kind_unsupported")
    return compose(message)


def media_message(message: OutboundMessage, *, attachment_id: str = "", url: str = "") -> Json:
    payload: Json = {"attachment_id": attachment_id} if attachment_id else {"url": url, "is_reusable": True}
    return {"attachment": {"type": MEDIA_TYPES[message.kind], "payload": payload}}


def upload_message(kind: str) -> Json:
    """Return the `message` part that goes with an uploaded file."""
    return {"attachment": {"type": MEDIA_TYPES[kind], "payload": {"is_reusable": True}}}


def reaction_body(send: Send, person_kind: str) -> Json:
    """Return the sender action that sets a reaction, or takes it back for an empty emoji."""
    to = address(send.to, person_kind)
    if not to:
        raise ContactUnreachable(code="address_missing")
    emoji = text(send.message.content.get("emoji"))
    payload = without_empty({"message_id": send.message.reply_to, "reaction": emoji})
    return {"recipient": to, "sender_action": "react" if emoji else "unreact", "payload": payload}


def _text(message: OutboundMessage) -> Json:
    return {"text": message.text}


def _buttons(message: OutboundMessage) -> Json:
    """Offer quick replies, which vanish when one is tapped; with a link among them, buttons that stay."""
    buttons = objects(message.content.get("buttons"))
    if any(each.get("url") for each in buttons):
        payload = {"template_type": "button", "text": message.text, "buttons": _template_buttons(buttons)}
        return {"attachment": {"type": "template", "payload": payload}}
    replies = [
        {"content_type": "text", "title": text(each.get("title")), "payload": text(each.get("id"))} for each in buttons
    ]
    return {"text": message.text, "quick_replies": replies}


def _cards(message: OutboundMessage) -> Json:
    elements = [_card(card) for card in objects(message.content.get("cards"))]
    return {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": elements}}}


def _card(card: Json) -> Json:
    url = text(card.get("url"))
    return without_empty(
        {
            "title": text(card.get("title")),
            "subtitle": text(card.get("subtitle")),
            "image_url": text(card.get("image_url")),
            "default_action": {"type": "web_url", "url": url} if url else {},
            "buttons": _template_buttons(objects(card.get("buttons"))),
        }
    )


def _template_buttons(buttons: list[Json]) -> list[Json]:
    """Raises MessageInvalid for more than a template shows."""
    if len(buttons) > _MOST_BUTTONS:
        raise MessageInvalid(f"{len(buttons)} buttons", code="too_many_buttons")
    return [
        {"type": "web_url", "url": text(each["url"]), "title": text(each.get("title"))}
        if each.get("url")
        else {"type": "postback", "title": text(each.get("title")), "payload": text(each.get("id"))}
        for each in buttons
    ]


def _template(message: OutboundMessage) -> Json:
    """Pass every kind of component on as it is: header, body, buttons."""
    content = message.content
    template = {
        "name": text(content.get("name")),
        "language": {"code": text(content.get("language"))},
        "components": objects(content.get("components")),
    }
    return {"template": without_empty(template)}


def _sticker(message: OutboundMessage) -> Json:
    sticker_id = identifier(message.content.get("sticker_id"))
    if not sticker_id:
        raise MessageInvalid("a sticker without its id", code="sticker_missing")
    return {"sticker_id": sticker_id}


_KINDS: dict[str, Callable[[OutboundMessage], Json]] = {
    "text": _text,
    "buttons": _buttons,
    "cards": _cards,
    "template": _template,
    "sticker": _sticker,
}
