"""Checks what a business wants to send, kind by kind, against Meta's documented schema and limits.

Source: Meta's "Messages" reference and the interactive and media pages of the WhatsApp Business Platform (Dec 2025 – Mar 2026).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json, Part
from channels.whatsapp.sandbox.interactive import check_interactive

TOP_LEVEL = (
    "messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data",
    "recipient_identity_key_hash", "ttl",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request body that is right in itself; whether it may be sent now is another question."""

    kind: str
    to: str
    recipient: str
    payload: Part
    reply_to: str
    callback: str
    body: Json


def check_outgoing(body: object) -> Outgoing:
    """Return the checked message. Raises GraphError with the code that Meta documents."""
    top = Part(body, "$")
    if top.data.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if top.has("recipient_type"):
        top.one_of("recipient_type", ("individual", "group"), code=100)
    kind = top.one_of("type", CHECKS, code=100) if top.has("type") else "text"
    top.only(*TOP_LEVEL, kind)
    if not top.data.get("to") and not top.data.get("recipient"):
        raise GraphError(100, message="(#100) The parameter to is required.")
    callback = top.optional_text("biz_opaque_callback_data", most=512)
    if not top.has(kind):
        raise GraphError(131008, f"Parameter '{kind}' is mandatory for type '{kind}'")
    context = top.optional_part("context")
    reply_to = context.text("message_id", most=512) if context else ""
    payload = Part({"contacts": top.data["contacts"]}, "$") if kind == "contacts" else top.part(kind)
    CHECKS[kind](payload)
    if kind == "reaction" and reply_to:
        raise GraphError(131009, "A reaction cannot be a contextual reply.")
    return Outgoing(
        kind=kind,
        to=str(top.data.get("to") or ""),
        recipient=str(top.data.get("recipient") or ""),
        payload=payload,
        reply_to=reply_to,
        callback=callback,
        body=top.data,
    )


def _text(part: Part) -> None:
    part.only("body", "preview_url")
    part.text("body", most=4096, code=100)
    part.flag("preview_url")


def check_media(part: Part, *extra: str) -> None:
    """A file is named by `id` or `link`, never by both."""
    part.only("id", "link", *extra)
    if part.has("id") == part.has("link"):
        raise GraphError(131008 if not part.has("id") else 131009, f"{part.path} takes either 'id' or 'link'.")
    if part.has("link") and not str(part.data["link"]).startswith(("http://", "https://")):
        raise GraphError(131009, f"Param {part.path}['link'] is not a valid URI.")
    if "caption" in extra:
        part.optional_text("caption", most=1024, code=100)
    if "filename" in extra:
        part.optional_text("filename", most=240)


def _audio(part: Part) -> None:
    check_media(part, "voice")
    part.flag("voice")


def _location(part: Part) -> None:
    part.only("latitude", "longitude", "name", "address")
    part.number("latitude", least=-90, most=90)
    part.number("longitude", least=-180, most=180)
    part.optional_text("name", most=1000)
    part.optional_text("address", most=1000)


def _contacts(part: Part) -> None:
    for contact in part.parts("contacts", most=257):
        contact.only("name", "phones", "emails", "addresses", "org", "urls", "birthday", "vcard")
        name = contact.part("name")
        name.text("formatted_name", most=1000)
        if not any(name.has(key) for key in ("first_name", "last_name", "middle_name", "prefix", "suffix")):
            raise GraphError(131008, "At least one name part is needed along with formatted_name.")


def _reaction(part: Part) -> None:
    part.only("message_id", "emoji")
    part.text("message_id", most=512)
    emoji = part.text("emoji", most=40, least=0)
    if emoji and any(char.isalnum() and char.isascii() and len(emoji) == 1 for char in emoji):
        raise GraphError(131009, "Param reaction['emoji'] is not an emoji.")


def _template(part: Part) -> None:
    part.only("name", "language", "components", "namespace")
    part.text("name", most=512)
    language = part.part("language")
    language.only("code", "policy")
    language.text("code", most=20)


CHECKS: dict[str, Callable[[Part], None]] = {
    "text": _text,
    "image": lambda part: check_media(part, "caption"),
    "video": lambda part: check_media(part, "caption"),
    "audio": _audio,
    "document": lambda part: check_media(part, "caption", "filename"),
    "sticker": check_media,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": check_interactive,
    "template": _template,
}
