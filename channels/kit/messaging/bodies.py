"""Turn one `message` object of Messenger or Instagram into a Body: used for messages and echoes alike.

Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages (1 Jun 2026) and
https://developers.facebook.com/docs/instagram-platform/webhooks/examples (Jun 2026).
Examples: tests/channels/messenger/fixtures/, tests/channels/instagram/fixtures/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.contract import Body, InboundKind, Json, MediaRef
from channels.kit.tolerant import identifier, items, kept, number, obj, objects, text, without_empty

STORY_LIVES_S = 86_400


@dataclass(frozen=True, slots=True)
class Attachment:
    """One element of `attachments`: what its `payload` says, where it stands, and the message it came with.

    `ref` is how the file can be asked for again when its address has expired: the message's id and the place in it.
    """

    type: str
    payload: Json
    ref: str
    sent_at: datetime
    shares_are_files: bool

    def media(self, *, keep_until_s: int | None = None) -> tuple[MediaRef, ...]:
        url = text(self.payload.get("url"))
        if not url:
            return ()
        external_id = "" if keep_until_s else self.ref
        return (
            MediaRef(
                external_id,
                url,
                animated=self.payload.get("is_animated") is True,
                keep_until_s=keep_until_s,
            ),
        )


AttachmentReader = Callable[[Attachment], Body | None]


def body_of(message: Json, sent_at: datetime, *, shares_are_files: bool) -> Body:
    """Return what a message object says. What is unknown or broken becomes `unsupported` with its raw content.

    `shares_are_files`: the address of a shared post is that of its picture or video (Instagram), not of a page (Messenger).
    """
    attachments = [
        _attachment(raw, f"{identifier(message.get('mid'))}#{index}", sent_at, shares_are_files)
        for index, raw in enumerate(items(message.get("attachments")))
    ]
    read = [(raw, _read(raw)) for raw in _without_doubles(attachments)]
    bodies = [body for _, body in read if body]
    unread = [{"type": raw.type, "payload": raw.payload} for raw, body in read if not body]
    said = text(message.get("text"))
    story = obj(obj(message.get("reply_to")).get("story"))
    if message.get("is_unsupported") is True or not (bodies or said or story):
        return unsupported(message, unread)
    body = _quick_reply(message, said) or _joined(bodies, said)
    return _with_context(message, _story_reply(body, story, sent_at) if story else body, unread)


def unsupported(message: Json, unread: Sequence[Json] = ()) -> Body:
    """Keep a message that cannot be shown; `kind` is what the platform calls it."""
    kind = next((text(part.get("type")) for part in unread if text(part.get("type"))), "unknown")
    return Body("unsupported", content={"kind": kind, "code": "", "raw": kept(message)})


def _attachment(raw: object, ref: str, sent_at: datetime, shares_are_files: bool) -> Attachment:
    """Return `{"type", "payload"}`; older links and templates have their fields beside the payload."""
    fields = obj(raw)
    flat = {name: value for name, value in fields.items() if name not in ("type", "payload")}
    return Attachment(text(fields.get("type")), {**flat, **obj(fields.get("payload"))}, ref, sent_at, shares_are_files)


def _without_doubles(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Leave out the image that repeats a sticker: until all clients have changed, a sticker may come as both."""
    stickers = {sticker_id(each) for each in attachments if each.type == "sticker"}
    return [
        each
        for each in attachments
        if each.type == "sticker" or not sticker_id(each) or sticker_id(each) not in stickers
    ]


def sticker_id(attachment: Attachment) -> str:
    return identifier(attachment.payload.get("sticker_id"))


def _read(attachment: Attachment) -> Body | None:
    reader = _READERS.get(attachment.type)
    return reader(attachment) if reader else None


def _quick_reply(message: Json, said: str) -> Body | None:
    quick_reply = message.get("quick_reply")
    if not isinstance(quick_reply, dict) or not said:
        return None
    return Body("button_reply", said, {"id": text(quick_reply.get("payload")), "title": said})


def _joined(bodies: Sequence[Body], said: str) -> Body:
    """Return one body of several attachments: the first decides the kind, unless all of them only decorate a text."""
    if not bodies:
        return Body("text", said)
    first = bodies[0]
    content: Json = {}
    for body in reversed(bodies):
        content.update(body.content)
    shares = [share for body in bodies for share in objects(body.content.get("shares"))]
    if shares:
        content["shares"] = shares
    links = said and all(body.kind == "share" and not body.media for body in bodies)
    kind: InboundKind = "text" if links and all(share["kind"] == "link" for share in shares) else first.kind
    return Body(kind, said or first.text, content, tuple(file for body in bodies for file in body.media))


def _story_reply(body: Body, story: Json, sent_at: datetime) -> Body:
    """Add the story that is answered: `{"story": {"url", "id"}}`. Its picture may be kept as long as the story lives."""
    url = text(story.get("url"))
    picture = (MediaRef("", url, keep_until_s=_end_of_story(sent_at)),) if url else ()
    content = {**body.content, "story": without_empty({"id": identifier(story.get("id")), "url": url})}
    return Body("story_reply", body.text, content, (*body.media, *picture))


def _end_of_story(sent_at: datetime) -> int:
    return int(sent_at.timestamp()) + STORY_LIVES_S


def _with_context(message: Json, body: Body, unread: Sequence[Json]) -> Body:
    """Add what may accompany any kind: an advertisement, a product, commands, attachments of unknown types."""
    extra = without_empty(
        {
            **referral_content(obj(message.get("referral"))),
            "commands": [name for command in objects(message.get("commands")) if (name := text(command.get("name")))],
            "unread_parts": [kept(part) for part in unread],
        }
    )
    return Body(body.kind, body.text, {**body.content, **extra}, body.media) if extra else body


def referral_content(referral: Json) -> Json:
    """Return `referral` and `product` of a click on an advertisement, an m.me or ig.me link, a shop's product page."""
    ad = obj(referral.get("ads_context_data"))
    photo, video = text(ad.get("photo_url")), text(ad.get("video_url"))
    source = text(referral.get("source")).lower()
    fields = {
        "source_type": "ad" if source == "ads" else source,
        "source_id": identifier(referral.get("ad_id")),
        "source_url": text(referral.get("referer_uri")),
        "ref": text(referral.get("ref")),
        "headline": text(ad.get("ad_title")),
        "media_type": "image" if photo else "video" if video else "",
        "media_url": photo or video,
        "post_id": identifier(ad.get("post_id")),
    }
    product_id = identifier(obj(referral.get("product")).get("id")) or identifier(ad.get("product_id"))
    return without_empty({"referral": without_empty(fields), "product": without_empty({"product_id": product_id})})


def _media(kind: InboundKind) -> AttachmentReader:
    def read(attachment: Attachment) -> Body | None:
        if kind == "image" and sticker_id(attachment):
            return _sticker(attachment)
        media = attachment.media()
        return Body(kind, media=media) if media else None

    return read


def _sticker(attachment: Attachment) -> Body | None:
    media = attachment.media()
    content = without_empty({"sticker_id": sticker_id(attachment)})
    return Body("sticker", content=content, media=media) if media or content else None


def _heart(_attachment: Attachment) -> Body:
    return Body("text", "❤️")


def _share(kind: str) -> AttachmentReader:
    """Read something passed on, of which title, id or address may be missing."""

    def read(attachment: Attachment) -> Body | None:
        payload = attachment.payload
        fields = {
            "id": identifier(payload.get("id")) or identifier(payload.get("reel_video_id")),
            "url": text(payload.get("url")),
            "title": text(payload.get("title")),
        }
        found = without_empty(fields)
        if not found:
            return None
        keep_until_s = _end_of_story(attachment.sent_at) if kind == "story" else None
        is_file = attachment.shares_are_files and kind != "link"
        media = attachment.media(keep_until_s=keep_until_s) if is_file else ()
        return Body("share", fields["title"], {"shares": [{"kind": kind, **found}]}, media)

    return read


def _story_mention(attachment: Attachment) -> Body | None:
    media = attachment.media(keep_until_s=_end_of_story(attachment.sent_at))
    return Body("story_mention", media=media)


def _location(attachment: Attachment) -> Body | None:
    place = obj(attachment.payload.get("coordinates"))
    latitude, longitude = number(place.get("lat")), number(place.get("long"))
    if latitude is None or longitude is None:
        return None
    words = {"name": text(attachment.payload.get("title")), "url": text(attachment.payload.get("url"))}
    return Body("location", content={"latitude": latitude, "longitude": longitude, **without_empty(words)})


def _appointment(attachment: Attachment) -> Body | None:
    names = ("booking_id", "status", "start_time", "end_time", "timezone")
    values = without_empty({name: text(attachment.payload.get(name)) for name in names})
    return Body("form_reply", content={"name": "appointment_booking", "values": values}) if values else None


def _template(attachment: Attachment) -> Body | None:
    """Read products that a customer shares, and our own cards and buttons in an echo, which may be told in part."""
    payload = attachment.payload
    products = [_product(each) for each in objects(obj(payload.get("product")).get("elements"))]
    if products:
        return Body("share", products[0].get("title", ""), {"shares": products})
    payload = obj(payload.get("generic")) or payload
    cards = [_card(each) for each in objects(payload.get("elements"))]
    content = without_empty({"cards": [card for card in cards if card], "buttons": _buttons(payload)})
    said = (
        text(payload.get("text")) or next((text(card.get("title")) for card in cards), "") or text(payload.get("title"))
    )
    return Body("text", said, content) if said or content else None


def _product(element: Json) -> Json:
    found = {name: text(element.get(name)) for name in ("title", "subtitle", "image_url", "retailer_id")}
    return without_empty({"kind": "product", "id": identifier(element.get("id")), **found})


def _card(element: Json) -> Json:
    found = {name: text(element.get(name)) for name in ("title", "subtitle", "image_url")}
    url = text(obj(element.get("default_action")).get("url"))
    return without_empty({**found, "url": url, "buttons": _buttons(element)})


def _buttons(holder: Json) -> list[Json]:
    return [
        without_empty({"title": text(each.get("title")), "id": text(each.get("payload")), "url": text(each.get("url"))})
        for each in objects(holder.get("buttons"))
    ]


_READERS: dict[str, AttachmentReader] = {
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "file": _media("document"),
    "media": _media("document"),
    "sticker": _sticker,
    "like_heart": _heart,
    "fallback": _share("link"),
    "share": _share("post"),
    "post": _share("post"),
    "ig_post": _share("post"),
    "reel": _share("reel"),
    "ig_reel": _share("reel"),
    "story": _share("story"),
    "ig_story": _share("story"),
    "story_mention": _story_mention,
    "location": _location,
    "appointment_booking": _appointment,
    "template": _template,
}
