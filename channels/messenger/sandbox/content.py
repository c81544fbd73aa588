"""What only people on Messenger can send: stickers, places, links, products, bookings.

Source: Meta's `messages` webhook reference (1 Jun 2026); the change of stickers is of 30 August 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

from channels.sandbox.graph.errors import Json
from channels.sandbox.messaging.content import COMMON, Builder, Content, Desk, attach, shared

THUMB = 369239263222822


def sticker(desk: Desk, wish: Json) -> Content:
    """A sticker: the account's setting `stickers` says whether it comes as "sticker", as "image", or as both."""
    picture, part = attach(desk, "image", wish)
    payload = {**part["payload"], "sticker_id": int(wish.get("sticker_id") or 526214684778630)}
    style = desk.account.settings.get("stickers", "sticker")
    kinds = {"sticker": ["sticker"], "image": ["image"], "both": ["image", "sticker"]}[style]
    parts = [{"type": kind, "payload": payload} for kind in kinds]
    return Content({"attachments": parts}, {"kind": "sticker", "media": {**picture, "kind": "sticker"}})


def thumb(desk: Desk, wish: Json) -> Content:
    _, part = attach(desk, "image", {})
    thumb = {"type": "sticker", "payload": {**part["payload"], "sticker_id": THUMB}}
    return Content({"attachments": [thumb]}, {"kind": "text", "text": "👍", "big": True})


def location(desk: Desk, wish: Json) -> Content:
    """A place, as old versions of the app still send it."""
    place = {"latitude": float(wish.get("latitude", 22.3364)), "longitude": float(wish.get("longitude", 114.1747))}
    name = str(wish.get("name") or "Kowloon Tong")
    coordinates = {"lat": place["latitude"], "long": place["longitude"]}
    part = {"type": "location", "title": name, "payload": {"coordinates": coordinates}}
    return Content({"attachments": [part]}, {"kind": "location", "location": {**place, "name": name}})


def link(desk: Desk, wish: Json) -> Content:
    """A link with its preview; `empty`: the preview's payload is null."""
    url = str(wish.get("url") or "https://tinkettle.example/p/tieguanyin")
    part: Json = {"type": "fallback", "payload": {"url": url, "title": "安溪鐵觀音 100g"}}
    if wish.get("empty"):
        part = {"type": "fallback", "payload": None}
    said = str(wish.get("text") or url)
    return Content({"text": said, "attachments": [part]}, {"kind": "text", "text": said})


def product_share(desk: Desk, wish: Json) -> Content:
    element = {
        "id": "6300200100400",
        "retailer_id": "GAIWAN-CELADON",
        "image_url": "https://scontent.example/gaiwan.jpg",
        "title": "青瓷蓋碗",
        "subtitle": "HK$348",
    }
    part = {"type": "template", "payload": {"product": {"elements": [element]}}}
    card = {"title": element["title"], "text": element["subtitle"], "buttons": []}
    return Content({"attachments": [part]}, {"kind": "cards", "cards": [card]})


def booking(desk: Desk, wish: Json) -> Content:
    values = {
        "booking_id": "8200100",
        "status": "requested",
        "start_time": "2026-12-04T19:00:00+0800",
        "end_time": "2026-12-04T20:30:00+0800",
        "timezone": "Asia/Hong_Kong",
    }
    return Content(
        {"attachments": [{"type": "appointment_booking", "payload": values}]}, {"kind": "form", "form": values}
    )


BUILDERS: Mapping[str, Builder] = {
    **COMMON,
    "sticker": sticker,
    "thumb": thumb,
    "location": location,
    "link": link,
    "product_share": product_share,
    "booking": booking,
    "reel": shared("reel", "reel", reel_video_id="900800700"),
    "post": shared("post", "post", id="900800701", title="秋茶到埗"),
}
