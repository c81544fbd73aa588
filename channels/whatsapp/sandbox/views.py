"""Turns a checked request into the channel-neutral picture that the phone page draws."""

from __future__ import annotations

from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.sending import Outgoing

ASKS = {
    "location_request_message": "location",
    "address_message": "address",
    "request_contact_info": "contacts",
    "call_permission_request": "call",
    "voice_call": "call",
}


def view_of(message: Outgoing) -> Json:
    """Return the view of any kind but `template` and `reaction`, which need more than the request."""
    data = message.payload.data
    match message.kind:
        case "text":
            return {"kind": "text", "text": data["body"], "preview": bool(data.get("preview_url"))}
        case "image" | "video" | "audio" | "document" | "sticker":
            return {"kind": message.kind, "text": data.get("caption", ""), "media": media_view(message.kind, data)}
        case "location":
            return {"kind": "location", "location": dict(data)}
        case "contacts":
            return {"kind": "contacts", "contacts": [contact_view(contact) for contact in data["contacts"]]}
        case _:
            return _interactive(data)


def media_view(kind: str, data: Json) -> Json:
    """Return {kind, file_id | link, filename, voice}."""
    view: Json = {"kind": kind, "voice": bool(data.get("voice")), "filename": data.get("filename", "")}
    return {**view, "file_id": str(data["id"])} if data.get("id") else {**view, "link": data["link"]}


def contact_view(contact: Json) -> Json:
    name = contact.get("name") or {}
    return {
        "name": name.get("formatted_name", ""),
        "phones": [phone.get("phone", "") for phone in contact.get("phones") or []],
    }


def _interactive(data: Json) -> Json:
    kind, action = data["type"], data["action"]
    view: Json = {"kind": "interactive", "text": (data.get("body") or {}).get("text", "")}
    if header := data.get("header"):
        view["header"] = (
            {"text": header["text"]}
            if header["type"] == "text"
            else {"media": media_view(header["type"], header[header["type"]])}
        )
    if footer := data.get("footer"):
        view["footer"] = footer["text"]
    return view | _action(kind, action)


def _action(kind: str, action: Json) -> Json:
    parameters = action.get("parameters") or {}
    match kind:
        case "button":
            return {
                "kind": "buttons",
                "buttons": [{"kind": "reply", **button["reply"]} for button in action["buttons"]],
            }
        case "list":
            return {"kind": "list", "list": {"button": action["button"], "sections": action["sections"]}}
        case "cta_url":
            button = {"kind": "url", "id": "0", "title": parameters["display_text"], "url": parameters["url"]}
            return {"kind": "buttons", "buttons": [button]}
        case "product":
            return {"kind": "products", "products": [action["product_retailer_id"]], "catalog_id": action["catalog_id"]}
        case "product_list":
            skus = [item["product_retailer_id"] for section in action["sections"] for item in section["product_items"]]
            return {"kind": "products", "products": skus, "catalog_id": action["catalog_id"]}
        case "catalog_message":
            return {"kind": "catalog"}
        case "carousel":
            return {"kind": "cards", "cards": [_card(card) for card in action["cards"]]}
        case "flow":
            button = {"kind": "flow", "id": parameters.get("flow_token", ""), "title": parameters["flow_cta"]}
            return {"kind": "buttons", "buttons": [button]}
        case "order_details":
            return {"kind": "payment", "payment": parameters}
        case "order_status":
            return {"kind": "payment", "payment": parameters}
        case _:
            return {"kind": "ask", "ask": ASKS[kind]}


def _card(card: Json) -> Json:
    view: Json = {"text": (card.get("body") or {}).get("text", "")}
    if header := card.get("header"):
        view["header"] = {"media": media_view(header["type"], header[header["type"]])}
    action = card["action"]
    if "buttons" in action:
        view["buttons"] = [{"kind": "reply", **button["quick_reply"]} for button in action["buttons"]]
    elif "parameters" in action:
        view["buttons"] = [
            {
                "kind": "url",
                "id": "0",
                "title": action["parameters"]["display_text"],
                "url": action["parameters"]["url"],
            }
        ]
    else:
        view["product"] = action["product_retailer_id"]
    return view
