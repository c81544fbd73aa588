"""Checks what a business wants to send, member by member, against Meta's documented schema and limits.

Source: Meta's "Send a Message" (5 May 2026), "Send API reference", "Sender Actions" (21 Jan 2026), and "Send Messages" of the
Instagram Platform (2026). Where a limit is confirmed by no page, the strictest that clients are known to meet is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.sandbox.graph.errors import Json
from channels.sandbox.graph.shape import Shape, refuse
from channels.sandbox.messaging.attachments import check_attachment, check_images
from channels.sandbox.messaging.flavour import Flavour

TOP_LEVEL = (
    "recipient", "messaging_type", "tag", "message", "sender_action", "payload", "notification_type", "persona_id",
    "reply_to", "thread_control", "access_token", "appsecret_proof", "platform",
)  # fmt: skip
RECIPIENTS = ("id", "user_ref", "comment_id", "post_id", "one_time_notif_token", "notification_messages_token")
TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
DEAD_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
"""Taken away on 27 April 2026 (changelog)."""

ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")
METADATA_MOST = 1000
TITLE_MOST, PAYLOAD_MOST = 20, 1000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that is right in itself; whether it may be sent now is another question. `action` "" = a message."""

    how: str
    to: str
    kind: str
    message: Json
    messaging_type: str
    tag: str
    action: str
    payload: Json
    reply_to: str
    persona_id: str
    metadata: str


def check_outgoing(body: Json, flavour: Flavour) -> Outgoing:
    """Return the checked request. Raises GraphError as Meta does."""
    top = Shape(body, "body").only(*TOP_LEVEL)
    if not top.has("recipient"):
        raise refuse("The parameter recipient is required")
    recipient = Shape(top.data["recipient"], "recipient").only(*RECIPIENTS)
    how = recipient.one_member(*RECIPIENTS)
    if top.has("notification_type"):
        top.one_of("notification_type", ("REGULAR", "SILENT_PUSH", "NO_PUSH"))
    if top.has("sender_action") == top.has("message"):
        raise refuse("A request has either a message or a sender_action")
    if top.has("persona_id") and not flavour.personas:
        raise refuse("Personas are not supported on this channel")
    action = top.one_of("sender_action", ACTIONS) if top.has("sender_action") else ""
    message = None if action else Shape(top.data["message"], "message")
    messaging_type, tag = _purpose(top, flavour)
    return Outgoing(
        how=how,
        to=recipient.identifier(how),
        kind=_message(message, flavour, messaging_type) if message else "",
        message=message.data if message else {},
        messaging_type=messaging_type,
        tag=tag,
        action=action,
        payload=_reaction(top, action) if action in ("react", "unreact") else {},
        reply_to=top.part("reply_to").only("mid").text("mid", most=1000) if top.has("reply_to") else "",
        persona_id=top.identifier("persona_id") if top.has("persona_id") else "",
        metadata=str(message.data.get("metadata", "")) if message else "",
    )


def _purpose(top: Shape, flavour: Flavour) -> tuple[str, str]:
    """Return (messaging_type, tag). Of all tags only the one for words that a person typed is alive."""
    kind = top.one_of("messaging_type", TYPES) if top.has("messaging_type") else "RESPONSE"
    if kind == "UTILITY" and not flavour.utility:
        raise refuse("Param messaging_type must be one of {MESSAGE_TAG, RESPONSE, UPDATE}")
    if not top.has("tag"):
        if kind == "MESSAGE_TAG":
            raise refuse("The parameter tag is required for messaging_type MESSAGE_TAG")
        return kind, ""
    tag = top.text("tag", most=100)
    if tag in DEAD_TAGS:
        raise refuse(f"Message tag {tag} is no longer supported. Use utility messages instead")
    if tag != "HUMAN_AGENT":
        raise refuse(f"Param tag must be one of {{HUMAN_AGENT}} - got {tag!r}")
    if top.has("messaging_type") and kind != "MESSAGE_TAG":
        raise refuse("A tag goes with messaging_type MESSAGE_TAG")
    return "MESSAGE_TAG", tag


def _reaction(top: Shape, action: str) -> Json:
    payload = top.part("payload").only("message_id", "reaction")
    payload.text("message_id", most=1000)
    if action == "react":
        payload.text("reaction", most=40)
    return payload.data


def _message(message: Shape, flavour: Flavour, messaging_type: str) -> str:
    """Check a message and return its kind."""
    message.only("text", "attachment", "attachments", "sticker_id", "template", "quick_replies", "metadata")
    body = message.one_member("text", "attachment", "attachments", "sticker_id", "template")
    message.optional_text("metadata", most=METADATA_MOST)
    if (body == "template") != (messaging_type == "UTILITY"):
        raise refuse("message[template] goes with messaging_type UTILITY, and that with nothing else")
    kind = _BODIES[body](message, flavour)
    if message.has("quick_replies"):
        _quick_replies(message, flavour, body)
    return kind


def _text(message: Shape, flavour: Flavour) -> str:
    message.text("text", most=flavour.text_most, in_bytes=flavour.text_in_bytes)
    return "text"


def _attachment(message: Shape, flavour: Flavour) -> str:
    if isinstance(message.data["attachment"], list):
        raise refuse("Param message[attachment] must be a JSON object")
    return check_attachment(message.part("attachment"), flavour)


def _images(message: Shape, flavour: Flavour) -> str:
    """Several pictures, or one object instead of a list, as Instagram's page shows it."""
    if isinstance(message.data["attachments"], dict):
        message.data["attachments"] = [message.data["attachments"]]
    check_images(message.parts("attachments", most=flavour.images_most), flavour)
    return "images"


def _sticker(message: Shape, flavour: Flavour) -> str:
    if not flavour.stickers:
        raise refuse("Invalid keys were found in param message: sticker_id")
    message.identifier("sticker_id")
    return "sticker"


def _template(message: Shape, flavour: Flavour) -> str:
    template = message.part("template").only("name", "language", "components")
    template.text("name", most=512)
    template.part("language").only("code", "policy").text("code", most=20)
    return "utility"


_BODIES = {
    "text": _text,
    "attachment": _attachment,
    "attachments": _images,
    "sticker_id": _sticker,
    "template": _template,
}


def _quick_replies(message: Shape, flavour: Flavour, body: str) -> None:
    if flavour.text_in_bytes and body != "text":
        raise refuse("Quick replies go with a text")
    for reply in message.parts("quick_replies", most=13):
        reply.only("content_type", "title", "payload", "image_url")
        if reply.one_of("content_type", flavour.quick_replies) == "text":
            reply.text("title", most=TITLE_MOST)
            reply.text("payload", most=PAYLOAD_MOST)
        if reply.data.get("image_url"):
            reply.url("image_url")
