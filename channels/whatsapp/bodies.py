"""Turn the content of one WhatsApp message object into a Body: used for messages, edits, echoes and history alike.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages (read Mar 2026).
Examples: tests/channels/whatsapp/fixtures/.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson

from channels.contract import Body, InboundKind, Json, MediaRef
from channels.kit.orders import order_content, order_line
from channels.kit.tolerant import identifier, integer, items, kept, number, obj, objects, rfc3339, text, without_empty


def body_of(message: Json) -> Body:
    """Return what a message object says. What is unknown or broken becomes `unsupported` with its raw content."""
    read = _READERS.get(text(message.get("type")))
    return _with_context(message, (read and read(message)) or unsupported(message))


def unsupported(message: Json) -> Body:
    """Keep a message that cannot be shown: `kind` is what the platform calls it, `code` its error code."""
    kind = text(obj(message.get("unsupported")).get("type")) or text(message.get("type")) or "unknown"
    error = next(iter(objects(message.get("errors"))), {})
    return Body("unsupported", content={"kind": kind, "code": text(error.get("code")), "raw": kept(message)})


def _text(message: Json) -> Body | None:
    said = text(obj(message.get("text")).get("body"))
    return Body("text", said) if said else None


def _media(kind: InboundKind) -> Callable[[Json], Body | None]:
    def read(message: Json) -> Body | None:
        media = obj(message.get(kind))
        found = MediaRef(
            external_id=identifier(media.get("id")),
            url=text(media.get("url")),
            mime=text(media.get("mime_type")),
            filename=text(media.get("filename")),
            sha256=text(media.get("sha256")),
            size_bytes=integer(media.get("file_size")),
            voice=media.get("voice") is True,
            animated=media.get("animated") is True,
        )
        if not (found.external_id or found.url):
            return None
        return Body(kind, text(media.get("caption")), media=(found,))

    return read


def _location(message: Json) -> Body | None:
    place = obj(message.get("location"))
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    words = {name: text(place.get(name)) for name in ("name", "address", "url")}
    return Body("location", content={"latitude": latitude, "longitude": longitude, **without_empty(words)})


def _contacts(message: Json) -> Body | None:
    cards = [_card(card) for card in objects(message.get("contacts"))]
    if not cards:
        return None
    return Body("contacts", content=without_empty({"contacts": cards, "origin": text(message.get("origin"))}))


def _card(card: Json) -> Json:
    name, org = obj(card.get("name")), obj(card.get("org"))
    parts = (text(name.get(part)) for part in ("prefix", "first_name", "middle_name", "last_name", "suffix"))
    return {
        "name": text(name.get("formatted_name")) or " ".join(part for part in parts if part),
        **without_empty(
            {
                "phones": [
                    without_empty({field: text(phone.get(field)) for field in ("phone", "wa_id", "type")})
                    for phone in objects(card.get("phones"))
                ],
                "emails": [found for email in objects(card.get("emails")) if (found := text(email.get("email")))],
                "org": ", ".join(
                    found for part in ("title", "department", "company") if (found := text(org.get(part)))
                ),
                "urls": [found for url in objects(card.get("urls")) if (found := text(url.get("url")))],
                "addresses": [found for address in objects(card.get("addresses")) if (found := _address(address))],
                "birthday": text(card.get("birthday")),
                "vcard": text(card.get("vcard")),
            }
        ),
    }


def _address(address: Json) -> str:
    return ", ".join(
        found for part in ("street", "city", "state", "zip", "country") if (found := text(address.get(part)))
    )


def _button(message: Json) -> Body | None:
    button = obj(message.get("button"))
    title = text(button.get("text"))
    return Body("button_reply", title, {"id": text(button.get("payload")), "title": title}) if title else None


def _interactive(message: Json) -> Body | None:
    interactive = obj(message.get("interactive"))
    kind = text(interactive.get("type"))
    read = _REPLIES.get(kind)
    return read(obj(interactive.get(kind))) if read else None


def _button_reply(reply: Json) -> Body | None:
    title = text(reply.get("title"))
    return Body("button_reply", title, {"id": text(reply.get("id")), "title": title}) if title else None


def _list_reply(reply: Json) -> Body | None:
    title = text(reply.get("title"))
    words = {"id": text(reply.get("id")), "title": title, "description": text(reply.get("description"))}
    return Body("list_reply", title, words) if title else None


def _form_reply(reply: Json) -> Body | None:
    """Read a flow or address form: its answers are a JSON string that the customer's phone made, so anything may be in it."""
    if not reply:
        return None
    answers = text(reply.get("response_json"))
    try:
        values = orjson.loads(answers)
    except orjson.JSONDecodeError:
        values = {"value": answers} if answers else {}
    return Body("form_reply", text(reply.get("body")), {"name": text(reply.get("name")), "values": kept(values)})


def _call_permission(reply: Json) -> Body | None:
    response = text(reply.get("response"))
    if response not in ("accept", "reject"):
        return None
    params = {
        "expires_at": rfc3339(reply.get("expiration_timestamp")),
        "source": text(reply.get("response_source")),
        "permanent": reply.get("is_permanent") is True,
    }
    return Body("system", content={"code": f"call_permission_{response}ed", "params": without_empty(params)})


def _order(message: Json) -> Body | None:
    order = obj(message.get("order"))
    lines = [_order_line(item) for item in objects(order.get("product_items"))]
    if not lines or len(lines) != len(items(order.get("product_items"))):
        return None
    return Body("order", text(order.get("text")), order_content(text(order.get("catalog_id")), lines))


def _order_line(item: Json) -> Json:
    return order_line(
        product_id=text(item.get("product_retailer_id")),
        quantity=item.get("quantity"),
        price=item.get("item_price"),
        currency=item.get("currency"),
    )


def _with_context(message: Json, body: Body) -> Body:
    """Add what may accompany any kind: an advertisement, a product page, a forwarding mark."""
    context, referral = message.get("context"), message.get("referral")
    if not context and not referral:
        return body
    extra = {**_context(obj(context)), **_referral(obj(referral))}
    return Body(body.kind, body.text, {**body.content, **extra}, body.media) if extra else body


def _context(context: Json) -> Json:
    product = obj(context.get("referred_product"))
    often = context.get("frequently_forwarded") is True
    return without_empty(
        {
            "forwarded": "often" if often else "once" if context.get("forwarded") is True else "",
            "product": without_empty(
                {"catalog_id": text(product.get("catalog_id")), "product_id": text(product.get("product_retailer_id"))}
            ),
        }
    )


def _referral(referral: Json) -> Json:
    fields = {name: text(referral.get(name)) for name in _REFERRAL_FIELDS}
    fields["media_url"] = text(referral.get("image_url")) or text(referral.get("video_url"))
    fields["click_id"] = text(referral.get("ctwa_clid"))
    fields["welcome_text"] = text(obj(referral.get("welcome_message")).get("text"))
    found = without_empty(fields)
    return {"referral": found} if found else {}


_REFERRAL_FIELDS = ("source_url", "source_id", "source_type", "headline", "body", "media_type", "thumbnail_url")

_REPLIES: dict[str, Callable[[Json], Body | None]] = {
    "button_reply": _button_reply,
    "list_reply": _list_reply,
    "nfm_reply": _form_reply,
    "call_permission_reply": _call_permission,
}

_READERS: dict[str, Callable[[Json], Body | None]] = {
    "text": _text,
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "document": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
}
