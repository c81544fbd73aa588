"""Turn the content of one message of WeCom customer service into a Body.

Source: https://developer.work.weixin.qq.com/document/path/94670 (read Nov 2026).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Body, InboundKind, Json, MediaRef
from channels.kit.tolerant import identifier, kept, number, obj, objects, text, without_empty

_VOICE_MIME = "audio/amr"


def body_of(raw: Json) -> Body:
    """Return what a message says. What is unknown or broken becomes `unsupported` with its raw content."""
    kind = text(raw.get("msgtype"))
    read = _READERS.get(kind)
    found = read(obj(raw.get(kind))) if read else None
    return found or Body("unsupported", content={"kind": kind or "unknown", "code": "", "raw": kept(raw)})


def _text(said: Json) -> Body | None:
    words, option = text(said.get("content")), text(said.get("menu_id"))
    if option:
        return Body("button_reply", words, {"id": option, "title": words})
    return Body("text", words) if words else None


def _media(kind: InboundKind, *, mime: str = "") -> Callable[[Json], Body | None]:
    def read(file: Json) -> Body | None:
        media_id = identifier(file.get("media_id"))
        return Body(kind, media=(MediaRef(media_id, mime=mime, voice=bool(mime)),)) if media_id else None

    return read


def _location(place: Json) -> Body | None:
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    words = without_empty({"name": text(place.get("name")), "address": text(place.get("address"))})
    return Body("location", content={"latitude": latitude, "longitude": longitude, **words})


def _card(card: Json) -> Body | None:
    """Read a colleague's card, of which only the id within the company is told."""
    userid = text(card.get("userid"))
    return Body("contacts", content={"contacts": [{"name": userid}]}) if userid else None


def _share(kind: str, **fields: str) -> Callable[[Json], Body | None]:
    """Return a reader of something shared; `fields` are its members, by our names for them."""

    def read(shared: Json) -> Body | None:
        found = without_empty({name: text(shared.get(member)) for name, member in fields.items()})
        return Body("share", content={"shares": [{"kind": kind, **found}]}) if found else None

    return read


def _menu(menu: Json) -> Body | None:
    head, foot = text(menu.get("head_content")), text(menu.get("tail_content"))
    options = [_option(option) for option in objects(menu.get("list"))]
    if not head and not options:
        return None
    said = "\n".join((head, *(option["title"] for option in options), foot)).strip()
    return Body("text", said, {"menu": {"head": head, "options": options, "foot": foot}})


def _option(option: Json) -> Json:
    """Read `{"type": "click", "click": {"id": "1", "content": "Yes"}}`."""
    inner = obj(option.get(text(option.get("type"))))
    return {
        "title": text(inner.get("content")),
        **without_empty({"id": text(inner.get("id")), "url": text(inner.get("url"))}),
    }


_READERS: dict[str, Callable[[Json], Body | None]] = {
    "text": _text,
    "image": _media("image"),
    "voice": _media("audio", mime=_VOICE_MIME),
    "video": _media("video"),
    "file": _media("document"),
    "location": _location,
    "business_card": _card,
    "link": _share("link", url="url", title="title", subtitle="desc", image_url="pic_url"),
    "miniprogram": _share("mini_program", id="appid", path="pagepath", title="title"),
    "channels_shop_product": _share(
        "product", id="product_id", title="title", subtitle="sales_price", image_url="head_img", shop="shop_nickname"
    ),
    "channels_shop_order": _share(
        "order",
        id="order_id",
        title="product_titles",
        subtitle="price_wording",
        status="state",
        image_url="image_url",
        shop="shop_nickname",
    ),
    "msgmenu": _menu,
}
