"""What customers of both channels can put into a message: the members of `message`, and the picture for the page.

Source: Meta's `messages` webhook references of the Messenger Platform (1 Jun 2026) and the Instagram Platform (2026).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from channels.sandbox import samples
from channels.sandbox.emulator import WishRefused
from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host
from channels.sandbox.messaging.files import ADDRESS_LIVES_S, PICTURES, Files
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Chat, Customer

KEPT_S = 30 * 86_400
SAMPLE_OF = {"image": "image", "video": "video", "audio": "audio", "file": "document"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What a builder may need besides the wish."""

    host: Host
    platform: Platform
    files: Files
    account: Account
    customer: Customer
    chat: Chat


@dataclass(frozen=True, slots=True)
class Content:
    """Members of the webhook's `message`, and the view."""

    message: Json
    view: Json


Builder = Callable[[Desk, Json], Content]


def text(desk: Desk, wish: Json) -> Content:
    said = str(wish.get("text") or "你好，請問呢款有冇現貨？")
    return Content({"text": said}, {"kind": "text", "text": said})


def file_of(kind: str) -> Builder:
    """Return the builder of one file: from the wish (`data` in base64, `mime`, `filename`) or the built-in sample."""

    def build(desk: Desk, wish: Json) -> Content:
        picture, part = attach(desk, kind, wish)
        caption = str(wish.get("text") or wish.get("caption") or "")
        words = {"text": caption} if caption else {}
        return Content({**words, "attachments": [part]}, {"kind": picture["kind"], "media": picture, **words})

    return build


def album(desk: Desk, wish: Json) -> Content:
    """Several pictures at once are one message with several attachments."""
    made = [attach(desk, "image", {}) for _ in range(int(wish.get("many") or 3))]
    view = {"kind": "image", "album": [picture for picture, _ in made]}
    return Content({"attachments": [part for _, part in made]}, view)


def attach(desk: Desk, kind: str, wish: Json, *, lives_s: float = ADDRESS_LIVES_S) -> tuple[Json, Json]:
    """Keep a file and return (picture, attachment)."""
    mime, filename, data = samples.make(SAMPLE_OF[kind])
    if wish.get("data"):
        try:
            data = base64.b64decode(str(wish["data"]), validate=True)
        except binascii.Error:
            raise WishRefused("data is not base64.") from None
        mime = str(wish.get("mime") or mime)
    filename = str(wish.get("filename") or filename)
    file = desk.host.keep_file(data, account=desk.account, mime=mime, filename=filename, lives_s=KEPT_S)
    picture = desk.files.picture(kind, file)
    if desk.account.settings.get("links_expired"):
        lives_s = -1
    return picture, {"type": kind, "payload": {"url": desk.files.address(file.id, lives_s=lives_s)}}


def quick_reply(desk: Desk, wish: Json) -> Content:
    title, payload = str(wish.get("title") or "Blue"), str(wish.get("id") or "COLOR_BLUE")
    return Content({"text": title, "quick_reply": {"payload": payload}}, {"kind": "text", "text": title})


def ad(desk: Desk, wish: Json) -> Content:
    """The first words after a click on an advertisement."""
    said = str(wish.get("text") or "你好，我喺廣告見到你哋嘅秋茶。")
    given = wish.get("referral")
    referral = given if isinstance(given, dict) else AD_REFERRAL
    return Content({"text": said, "referral": referral}, {"kind": "text", "text": said, "ad": True})


def product(desk: Desk, wish: Json) -> Content:
    """A question from a product's page in the shop."""
    said = str(wish.get("text") or "呢隻蓋碗仲有貨嗎？")
    product_id = str(wish.get("product_id") or "6300200100400")
    return Content(
        {"text": said, "referral": {"product": {"id": product_id}}}, {"kind": "text", "text": said, "ad": True}
    )


def shared(kind: str, share: str, **payload: str) -> Builder:
    """Return the builder of something passed on: a post, a reel."""

    def build(desk: Desk, wish: Json) -> Content:
        title = str(wish.get("title") or payload.get("title", ""))
        picture, part = attach(desk, "video" if "reel" in kind else "image", {})
        found: Json = {**payload, **({"title": title} if title else {}), "url": part["payload"]["url"]}
        view = {"kind": "share", "share": {"kind": share, "title": title}, "media": picture}
        return Content({"attachments": [{"type": kind, "payload": found}]}, view)

    return build


def unknown(desk: Desk, wish: Json) -> Content:
    """Something that nobody has documented yet."""
    part = {"type": str(wish.get("type") or "hologram"), "payload": {"frames": 3}}
    return Content({"attachments": [part]}, {"kind": "notice", "notice": "unsupported", "detail": part["type"]})


COMMON: Mapping[str, Builder] = {
    "text": text,
    "image": file_of("image"),
    "album": album,
    "video": file_of("video"),
    "audio": file_of("audio"),
    "voice": file_of("audio"),
    "document": file_of("file"),
    "file": file_of("file"),
    "quick_reply": quick_reply,
    "ad": ad,
    "product": product,
    "unknown": unknown,
}

AD_REFERRAL: Json = {
    "ref": "autumn-oolong",
    "ad_id": "120210000000000123",
    "source": "ADS",
    "type": "OPEN_THREAD",
    "ads_context_data": {
        "ad_title": "秋茶新到：安溪鐵觀音",
        "photo_url": "https://scontent.example/autumn-oolong.jpg",
        "post_id": "120210000000000777",
    },
}
"""A click-to-message advertisement, as it comes with the first words."""

__all__ = ["COMMON", "PICTURES", "Builder", "Content", "Desk"]
