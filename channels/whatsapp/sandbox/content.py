"""What a customer's message says, kind by kind: the webhook's object, and the picture for the phone page.

Source: Meta's "messages" webhook reference pages (2025–2026); pywa 4.5 where Meta's pages are silent.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass

from channels.sandbox import samples
from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.views import contact_view

WEBHOOK_MEDIA_S = 7 * 86_400
LINK_S = 300
MEDIA_KINDS = ("image", "video", "audio", "voice", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Content:
    """`type` and its object as they stand in `messages[]`, and the view. `parts` is merged into the message."""

    type: str
    parts: Json
    view: Json


@dataclass(frozen=True, slots=True)
class Desk:
    """What a builder may need besides the wish."""

    host: Host
    account: Account
    customer: Customer
    file_url: Callable[[str], str]


def build(desk: Desk, kind: str, wish: Json) -> Content:
    """Return the content of a wish. Raises WishRefused for a kind that customers cannot send."""
    if kind in MEDIA_KINDS:
        return _media(desk, kind, wish)
    if kind not in BUILDERS:
        raise WishRefused(
            f"kind is one of: {', '.join(sorted([*BUILDERS, *MEDIA_KINDS]))}, or a doing of the customer (see README)."
        )
    return BUILDERS[kind](desk, wish)


def _text(desk: Desk, wish: Json) -> Content:
    text = str(wish.get("text") or "你好，請問有冇鐵觀音？")
    return Content("text", {"text": {"body": text}}, {"kind": "text", "text": text})


def _media(desk: Desk, kind: str, wish: Json) -> Content:
    """A file from the wish (`data` in base64, `mime`, `filename`) or the built-in sample."""
    shape = "audio" if kind == "voice" else kind
    mime, filename, data = samples.make(shape)
    if wish.get("data"):
        try:
            data = base64.b64decode(str(wish["data"]), validate=True)
        except binascii.Error:
            raise WishRefused("data is not base64.") from None
        mime, filename = str(wish.get("mime") or mime), str(wish.get("filename") or filename)
    filename = str(wish.get("filename") or filename)
    file = desk.host.keep_file(data, account=desk.account, mime=mime, filename=filename, lives_s=WEBHOOK_MEDIA_S)
    sha256 = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    body: Json = {"id": file.id, "mime_type": mime, "sha256": sha256}
    if url := desk.file_url(file.id):
        body["url"] = url
    caption = str(wish.get("caption") or wish.get("text") or "")
    if shape == "audio":
        body["voice"] = kind == "voice" or bool(wish.get("voice"))
    elif shape == "sticker":
        body["animated"] = bool(wish.get("animated"))
    elif caption:
        body["caption"] = caption
    if shape == "document":
        body["filename"] = filename
    media = {
        "kind": shape, "file_id": file.id, "mime": mime, "filename": filename,
        "sha256": sha256, "size_bytes": file.size_bytes, "voice": body.get("voice", False),
    }  # fmt: skip
    return Content(shape, {shape: body}, {"kind": shape, "text": caption, "media": media})


def _location(desk: Desk, wish: Json) -> Content:
    place: Json = {
        "latitude": float(wish.get("latitude", 22.3128)),
        "longitude": float(wish.get("longitude", 114.2257)),
    }
    defaults = (
        {}
        if wish.get("latitude")
        else {"name": "APM 觀塘", "address": "觀塘道 418 號", "url": "https://foursquare.com/v/4b05881ff964a520"}
    )
    for key in ("name", "address", "url"):
        if value := wish.get(key, defaults.get(key)):
            place[key] = str(value)
    return Content("location", {"location": place}, {"kind": "location", "location": place})


def _contacts(desk: Desk, wish: Json) -> Content:
    contacts = wish.get("contacts") or [
        {
            "name": {"formatted_name": "陳大文", "first_name": "大文", "last_name": "陳"},
            "phones": [{"phone": "+852 5550 1888", "wa_id": "85255501888", "type": "CELL"}],
            "emails": [{"email": "taiman@example.com", "type": "HOME"}],
            "org": {"company": "文記茶樓"},
        }
    ]
    parts: Json = {"contacts": contacts}
    if wish.get("origin"):
        parts["origin"] = str(wish["origin"])
    return Content("contacts", parts, {"kind": "contacts", "contacts": [contact_view(contact) for contact in contacts]})


def _order(desk: Desk, wish: Json) -> Content:
    items = wish.get("items") or [
        {
            "product_retailer_id": "GAIWAN-CELADON",
            "quantity": 1,
            "item_price": 348,
            "currency": "HKD",
            "title": "青瓷蓋碗",
        },
        {
            "product_retailer_id": "TGY-100",
            "quantity": 2,
            "item_price": 214,
            "currency": "HKD",
            "title": "安溪鐵觀音 100 g",
        },
    ]
    text = str(wish.get("text") or "")
    sent = [{key: value for key, value in item.items() if key != "title"} for item in items]
    order: Json = {"catalog_id": str(wish.get("catalog_id") or "600100200300"), "product_items": sent}
    if text:
        order["text"] = text
    return Content("order", {"order": order}, {"kind": "order", "text": text, "order": {"items": items}})


def _button(desk: Desk, wish: Json) -> Content:
    text = str(wish.get("title") or wish.get("text") or "星期六")
    body = {"payload": str(wish.get("payload") or wish.get("id") or text), "text": text}
    return Content("button", {"button": body}, {"kind": "text", "text": text, "tapped": True})


def _interactive(reply: str, body: Json, view: Json) -> Content:
    return Content("interactive", {"interactive": {"type": reply, reply: body}}, view)


def _button_reply(desk: Desk, wish: Json) -> Content:
    title = str(wish.get("title") or "星期六")
    body = {"id": str(wish.get("id") or "sat"), "title": title}
    return _interactive("button_reply", body, {"kind": "text", "text": title, "tapped": True})


def _list_reply(desk: Desk, wish: Json) -> Content:
    title, description = str(wish.get("title") or "下午 2–6 時"), str(wish.get("description") or "")
    body = {"id": str(wish.get("id") or "pm"), "title": title}
    if description:
        body["description"] = description
    return _interactive("list_reply", body, {"kind": "text", "text": title, "note": description, "tapped": True})


def _form_reply(desk: Desk, wish: Json) -> Content:
    values = dict(wish.get("values") or {"size": "M", "wrapping": "gift"})
    if wish.get("flow_token"):
        values = {"flow_token": str(wish["flow_token"]), **values}
    body = {"name": "flow", "body": "Sent", "response_json": json.dumps(values, ensure_ascii=False)}
    return _interactive("nfm_reply", body, {"kind": "form", "form": values})


def _address_reply(desk: Desk, wish: Json) -> Content:
    values = dict(wish.get("values") or {"name": desk.customer.name, "phone_number": desk.customer.phone, **ADDRESS})
    text = "\n".join(str(value) for value in values.values())
    body = {
        "name": "address_message",
        "body": text,
        "response_json": json.dumps({"values": values}, ensure_ascii=False),
    }
    return _interactive("nfm_reply", body, {"kind": "form", "form": values})


def _call_permission(desk: Desk, wish: Json) -> Content:
    response = "reject" if wish.get("response") == "reject" else "accept"
    body: Json = {"response": response, "response_source": "user_action"}
    if response == "accept":
        body["expiration_timestamp"] = int(desk.host.now()) + 7 * 86_400
    return _interactive("call_permission_reply", body, {"kind": "notice", "notice": f"call_{response}"})


def _unsupported(desk: Desk, wish: Json) -> Content:
    kind = str(wish.get("type") or "poll")
    error = GraphError(131060 if wish.get("unavailable") else 131051, "Message type is currently not supported.")
    view = {"kind": "notice", "notice": "unsupported", "detail": kind}
    return Content("unsupported", {"errors": [error.in_webhook()], "unsupported": {"type": kind}}, view)


def _empty_interactive(desk: Desk, wish: Json) -> Content:
    view = {"kind": "notice", "notice": "unsupported", "detail": "interactive"}
    return Content("interactive", {"errors": [GraphError(131000).in_webhook()]}, view)


def _too_big(desk: Desk, wish: Json) -> Content:
    error = GraphError(131052, "Unable to download the media sent by the user: it is larger than 100 MB.")
    view = {"kind": "notice", "notice": "too_big"}
    return Content("unsupported", {"errors": [error.in_webhook()], "unsupported": {"type": "video"}}, view)


def _request_welcome(desk: Desk, wish: Json) -> Content:
    return Content("request_welcome", {}, {"kind": "notice", "notice": "opened_chat"})


BUILDERS: dict[str, Callable[[Desk, Json], Content]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "order": _order,
    "button": _button,
    "button_reply": _button_reply,
    "list_reply": _list_reply,
    "form_reply": _form_reply,
    "nfm_reply": _form_reply,
    "address_reply": _address_reply,
    "call_permission_reply": _call_permission,
    "unsupported": _unsupported,
    "interactive_empty": _empty_interactive,
    "too_big": _too_big,
    "request_welcome": _request_welcome,
}

ADDRESS: Json = {
    "building_name": "Kwun Tong Plaza",
    "floor_number": "8",
    "address": "68 Hoi Yuen Road",
    "city": "Hong Kong",
    "in_pin_code": "400083",
}

REFERRAL: Json = {
    "source_url": "https://fb.me/3tinkettle",
    "source_id": "120210000000000123",
    "source_type": "ad",
    "headline": "秋茶新到：安溪鐵觀音",
    "body": "兩罐起本地免運費",
    "media_type": "image",
    "image_url": "https://scontent.example/autumn-oolong.jpg",
    "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwFF4XvnO2E4Nx0-eM-GABDLOPaOdRMv-_zfUQ2a",
    "welcome_message": {"text": "你好！想了解邊款茶？"},
}
"""A click-to-WhatsApp advertisement, as it comes with the first message."""
