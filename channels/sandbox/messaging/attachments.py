"""Checks `message.attachment`: files, templates with their buttons, and what Instagram has of its own.

Source: Meta's "Attachment", "Generic", "Button", "Media", "Receipt" and "Product template" references (2026) and "Buttons" (22 Apr 2026).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.graph.shape import Shape, refuse
from channels.sandbox.messaging.flavour import Flavour

TITLE_MOST, PAYLOAD_MOST = 20, 1000
BUTTON_TEXT_MOST, CARD_TEXT_MOST = 640, 80


def check_attachment(attachment: Shape, flavour: Flavour) -> str:
    """Check one attachment and return the kind of message that it makes. Raises GraphError 100."""
    attachment.only("type", "payload")
    kind = attachment.one_of("type", {*flavour.files, *flavour.extras, "template"})
    if kind == "template":
        payload = attachment.part("payload")
        name = payload.one_of("template_type", flavour.templates)
        TEMPLATES[name](payload, flavour)
        return name
    if kind in flavour.extras:
        return _extra(attachment, kind)
    check_file(attachment.part("payload"))
    return kind


def check_file(payload: Shape, *, uploaded: bool = False) -> None:
    """A file is named by `url` or `attachment_id`; one that comes with the request by neither."""
    payload.only("url", "attachment_id", "is_reusable")
    payload.flag("is_reusable")
    if uploaded:
        return
    if payload.one_member("url", "attachment_id") == "url":
        payload.url("url")
    else:
        payload.identifier("attachment_id")


def check_images(images: list[Shape], flavour: Flavour) -> None:
    for image in images:
        image.only("type", "payload").one_of("type", ("image",))
        check_file(image.part("payload"))


def _extra(attachment: Shape, kind: str) -> str:
    if kind.lower() == "media_share":
        attachment.part("payload").only("id").identifier("id")
    return kind.lower()


def _generic(payload: Shape, flavour: Flavour) -> None:
    payload.only("template_type", "elements", "sharable", "image_aspect_ratio")
    for element in payload.parts("elements", most=10):
        element.only("title", "subtitle", "image_url", "default_action", "buttons")
        element.text("title", most=CARD_TEXT_MOST)
        element.optional_text("subtitle", most=CARD_TEXT_MOST)
        if not any(element.has(key) for key in ("subtitle", "image_url", "default_action", "buttons")):
            raise refuse(f"Param {element.path} needs at least one property beside its title")
        if element.has("image_url"):
            element.url("image_url")
        if element.has("default_action"):
            action = element.part("default_action")
            action.only("type", "url", "webview_height_ratio", "messenger_extensions", "fallback_url").one_of(
                "type", ("web_url",)
            )
            action.url("url")
        if element.has("buttons"):
            check_buttons(element, flavour)


def _button(payload: Shape, flavour: Flavour) -> None:
    payload.only("template_type", "text", "buttons", "sharable")
    payload.text("text", most=BUTTON_TEXT_MOST)
    check_buttons(payload, flavour)


def _media(payload: Shape, flavour: Flavour) -> None:
    payload.only("template_type", "elements", "sharable")
    (element,) = payload.parts("elements", most=1)
    element.only("media_type", "url", "attachment_id", "buttons").one_of("media_type", ("image", "video"))
    if element.one_member("url", "attachment_id") == "url":
        element.url("url")
    if element.has("buttons"):
        check_buttons(element, flavour)


def _receipt(payload: Shape, flavour: Flavour) -> None:
    payload.only(
        "template_type", "recipient_name", "merchant_name", "order_number", "currency", "payment_method", "order_url",
        "timestamp", "address", "summary", "adjustments", "elements", "sharable",
    )  # fmt: skip
    for key in ("recipient_name", "order_number", "payment_method"):
        payload.text(key, most=200)
    payload.text("currency", most=3, least=3)
    if "total_cost" not in payload.part("summary").data:
        raise refuse("The parameter summary[total_cost] is required")
    if payload.has("elements"):
        for element in payload.parts("elements", most=100):
            element.text("title", most=200)


def _product(payload: Shape, flavour: Flavour) -> None:
    payload.only("template_type", "elements")
    for element in payload.parts("elements", most=10):
        element.only("id").identifier("id")


def _one_time_request(payload: Shape, flavour: Flavour) -> None:
    payload.only("template_type", "title", "payload")
    payload.text("title", most=65)
    payload.text("payload", most=PAYLOAD_MOST)


TEMPLATES: dict[str, Callable[[Shape, Flavour], None]] = {
    "generic": _generic,
    "button": _button,
    "media": _media,
    "receipt": _receipt,
    "product": _product,
    "one_time_notif_req": _one_time_request,
}


def check_buttons(holder: Shape, flavour: Flavour) -> None:
    for button in holder.parts("buttons", most=3):
        kind = button.one_of("type", flavour.buttons)
        BUTTONS[kind](button)


def _web_url(button: Shape) -> None:
    button.only(
        "type", "url", "title", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button"
    )
    button.text("title", most=TITLE_MOST)
    button.url("url")


def _postback(button: Shape) -> None:
    button.only("type", "title", "payload")
    button.text("title", most=TITLE_MOST)
    button.text("payload", most=PAYLOAD_MOST)


def _phone_number(button: Shape) -> None:
    button.only("type", "title", "payload")
    button.text("title", most=TITLE_MOST)
    if not button.text("payload", most=30).startswith("+"):
        raise refuse(f"Param {button.path}[payload] must be a phone number with + and country code")


def _account_link(button: Shape) -> None:
    button.only("type", "url").url("url")


def _game_play(button: Shape) -> None:
    button.only("type", "title", "payload", "game_metadata")
    button.text("title", most=TITLE_MOST)


BUTTONS: dict[str, Callable[[Shape], object]] = {
    "web_url": _web_url,
    "postback": _postback,
    "phone_number": _phone_number,
    "account_link": _account_link,
    "account_unlink": lambda button: button.only("type"),
    "game_play": _game_play,
}
