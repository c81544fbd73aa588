"""What a customer's message says, kind by kind: for an Official Account's push, for WeCom's log, and for the phone page.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html and
https://developer.work.weixin.qq.com/document/path/94670 (2026).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from channels.sandbox import samples
from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account
from channels.wechat.sandbox import media
from channels.wechat.sandbox.platform import Json, Platform
from channels.wechat.sandbox.views import card_view, media_view

PLACEHOLDER = "【收到不支持的消息类型，暂无法显示】"
AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100
"""Two seconds of next to nothing."""
UPLOADED_AS = {"image": "image", "voice": "voice", "video": "video", "shortvideo": "video", "document": "file"}


@dataclass(frozen=True, slots=True)
class Content:
    """`push`: the members of an Official Account's XML; `kind` and `part`: WeCom's; `view`: the picture."""

    push: Json
    kind: str
    part: Json
    view: Json


@dataclass(frozen=True, slots=True)
class Desk:
    host: Host
    platform: Platform
    account: Account


def build(desk: Desk, kind: str, wish: Json) -> Content:
    """Raises WishRefused for a kind that customers cannot send."""
    if kind in UPLOADED_AS:
        return _file(desk, kind, wish)
    make = BUILDERS.get(kind)
    if make is None:
        raise WishRefused(f"kind is one of: {', '.join(sorted([*BUILDERS, *UPLOADED_AS]))}, or a doing (see README).")
    return make(wish)


def _text(wish: Json) -> Content:
    text = str(wish.get("text") or "你好，请问有铁观音吗？")
    return Content({"MsgType": "text", "Content": text}, "text", {"content": text}, {"kind": "text", "text": text})


def _reply(wish: Json) -> Content:
    option, title = str(wish.get("id") or "1"), str(wish.get("title") or "好的")
    push = {"MsgType": "text", "Content": title, "bizmsgmenuid": option}
    view = {"kind": "text", "text": title}
    return Content(push, "text", {"content": title, "menu_id": option}, view)


def _file(desk: Desk, kind: str, wish: Json) -> Content:
    """A file from the wish (`data` in base64, `mime`, `filename`), or one that was prepared."""
    mime, filename, data = _sample(kind)
    if wish.get("data"):
        try:
            data = base64.b64decode(str(wish["data"]), validate=True)
        except binascii.Error:
            raise WishRefused("data is not base64.") from None
        mime, filename = str(wish.get("mime") or mime), str(wish.get("filename") or filename)
    uploaded_as = UPLOADED_AS[kind]
    kept = (desk.host, desk.platform, desk.account)
    media_id = media.keep(*kept, uploaded_as, data, mime=mime, filename=filename)
    file, _ = media.find(*kept, media_id)
    push: Json = {"MsgType": kind, "MediaId": media_id}
    words = ""
    match kind:
        case "image":
            push = {"MsgType": "image", "PicUrl": f"{desk.host.base_url}{media.FILES}{file.id}", "MediaId": media_id}
        case "voice":
            push["Format"] = "amr"
            words = str(wish.get("text") or "这款茶还有货吗") if desk.account.settings.get("recognition", True) else ""
            if words:
                push["Recognition"] = words
        case "document":
            push = {"MsgType": "text", "Content": PLACEHOLDER}
        case "video" | "shortvideo":
            push["ThumbMediaId"] = media.keep(*kept, "thumb", samples.png(96, 96), mime="image/png", filename="t.png")
    return Content(push, uploaded_as, {"media_id": media_id}, media_view(kind, file, words))


def _sample(kind: str) -> tuple[str, str, bytes]:
    if kind == "voice":
        return "audio/amr", "voice.amr", AMR
    return samples.make("video" if kind == "shortvideo" else kind)


def _location(wish: Json) -> Content:
    latitude, longitude = float(wish.get("latitude", 22.543096)), float(wish.get("longitude", 114.057865))
    name, address = str(wish.get("name") or "华强北"), str(wish.get("address") or "深圳市福田区华强北路")
    push = {"MsgType": "location", "Location_X": latitude, "Location_Y": longitude, "Scale": 16, "Label": address}
    part = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return Content(push, "location", part, {"kind": "location", "location": part})


def _link(wish: Json) -> Content:
    title = str(wish.get("title") or "冬至围炉茶礼盒")
    words, url = str(wish.get("text") or "锡壶茶行"), str(wish.get("url") or "https://shop.example.com/gift")
    push = {"MsgType": "link", "Title": title, "Description": words, "Url": url}
    part = {"title": title, "desc": words, "url": url, "pic_url": ""}
    return Content(push, "link", part, card_view(title, words, url=url))


def _mini_program(wish: Json) -> Content:
    title, path = str(wish.get("title") or "正山小种 · 锡壶商城"), str(wish.get("path") or "pages/item?id=7")
    app_id = str(wish.get("app_id") or "wxfedcba9876543210")
    push = {
        "MsgType": "miniprogrampage",
        "Title": title,
        "AppId": app_id,
        "PagePath": path,
        "ThumbUrl": "https://mmbiz.qpic.cn/fake/7",
        "ThumbMediaId": "THUMB_FAKE_7",
    }
    part = {"title": title, "appid": app_id, "pagepath": path, "thumb_media_id": ""}
    return Content(push, "miniprogram", part, card_view(title, "", note="小程序", kind="mini_program"))


def _product(wish: Json) -> Content:
    part = {
        "product_id": "10000012345",
        "head_img": "https://mmbiz.qpic.cn/fake/8",
        "title": str(wish.get("title") or "老枞水仙 100g"),
        "sales_price": "￥168.00",
        "shop_nickname": "锡壶茶行",
        "shop_head_img": "",
    }
    push = {"MsgType": "text", "Content": PLACEHOLDER}
    return Content(push, "channels_shop_product", part, card_view(part["title"], part["sales_price"]))


def _card(wish: Json) -> Content:
    part = {"userid": str(wish.get("userid") or "xiaocha")}
    view = {"kind": "contacts", "contacts": [{"name": part["userid"], "phones": []}]}
    return Content({"MsgType": "text", "Content": PLACEHOLDER}, "business_card", part, view)


def _sticker(wish: Json) -> Content:
    push = {"MsgType": "text", "Content": PLACEHOLDER}
    return Content(push, "text", {"content": PLACEHOLDER}, {"kind": "text", "text": "😺"})


def _unknown(wish: Json) -> Content:
    view = {"kind": "text", "text": "🧊"}
    return Content({"MsgType": "hologram", "Shape": "cube"}, "hologram", {"shape": "cube"}, view)


BUILDERS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    "button_reply": _reply,
    "location": _location,
    "link": _link,
    "mini_program": _mini_program,
    "product": _product,
    "business_card": _card,
    "sticker": _sticker,
    "unsupported": _unknown,
}
