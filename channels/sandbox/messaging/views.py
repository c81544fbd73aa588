"""Turns a checked request into the channel-neutral picture that the phone page draws."""

from __future__ import annotations

from collections.abc import Sequence

from channels.sandbox.graph.errors import Json
from channels.sandbox.messaging.sending import Outgoing


def view_of(request: Outgoing, pictures: Sequence[Json]) -> Json:
    """Return the view of a message; `pictures` are its files, in order. Quick replies are its `chips`."""
    message = request.message
    view: Json = {"kind": request.kind, **_body(request, message, pictures)}
    if replies := message.get("quick_replies"):
        view["chips"] = [_chip(reply) for reply in replies]
    return view


def _body(request: Outgoing, message: Json, pictures: Sequence[Json]) -> Json:
    match request.kind:
        case "text":
            return {"text": message["text"]}
        case "image" | "video" | "audio" | "file":
            return {"kind": pictures[0]["kind"], "media": pictures[0]}
        case "images":
            return {"kind": "image", "album": list(pictures)}
        case "sticker":
            return {"kind": "text", "text": "👍" if str(message["sticker_id"]) in THUMBS else "🫖", "big": True}
        case "like_heart":
            return {"kind": "text", "text": "❤️", "big": True}
        case "media_share":
            return {"kind": "share", "share": {"kind": "post", "id": message["attachment"]["payload"]["id"]}}
        case _:
            return _template(message["attachment"]["payload"], pictures)


THUMBS = ("369239263222822", "369239343222814", "369239383222810")
"""The thumb in its three sizes; other stickers have no picture here."""


def _template(payload: Json, pictures: Sequence[Json]) -> Json:
    match payload["template_type"]:
        case "generic":
            return {"kind": "cards", "cards": [_card(element) for element in payload["elements"]]}
        case "button":
            return {"kind": "buttons", "text": payload["text"], "buttons": buttons_of(payload)}
        case "media":
            element = payload["elements"][0]
            return {"kind": "buttons", "media": pictures[0], "buttons": buttons_of(element)}
        case "receipt":
            lines = {
                one["title"]: f"{one.get('quantity', 1)} × {one.get('price', '')}"
                for one in payload.get("elements", [])
            }
            total = f"{payload['currency']} {payload['summary']['total_cost']}"
            return {
                "kind": "receipt",
                "form": {payload["order_number"]: payload["recipient_name"], **lines, "=": total},
            }
        case "product":
            return {"kind": "products", "products": [str(element["id"]) for element in payload["elements"]]}
        case _:
            ask = {"kind": "optin", "id": payload["payload"], "title": "Notify Me"}
            return {"kind": "buttons", "text": payload["title"], "buttons": [ask]}


def _card(element: Json) -> Json:
    card: Json = {"title": element["title"], "text": element.get("subtitle", ""), "buttons": buttons_of(element)}
    if element.get("image_url"):
        card["header"] = {"media": {"kind": "image", "link": element["image_url"], "filename": ""}}
    if action := element.get("default_action"):
        card["url"] = action["url"]
    return card


def buttons_of(holder: Json) -> list[Json]:
    """Return {id, title, kind, url?} of each button, by Meta's own names of the kinds."""
    return [
        {
            "kind": button["type"],
            "id": str(button.get("payload", "")),
            "title": button.get("title") or button["type"].replace("_", " "),
            **({"url": button["url"]} if button["type"] == "web_url" else {}),
        }
        for button in holder.get("buttons", [])
    ]


def _chip(reply: Json) -> Json:
    asks = {"user_phone_number": "📞", "user_email": "✉️"}
    kind = reply["content_type"]
    return {"kind": kind, "id": reply.get("payload", ""), "title": reply.get("title") or asks[kind]}
