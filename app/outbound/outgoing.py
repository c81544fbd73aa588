"""What somebody wants to send, before the channel's rules turn it into platform messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from channels.contract import Json

MEDIA_KINDS = ("image", "video", "audio", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a person or a program wants to send. `text` is the caption for media.

    `content` by kind: buttons {buttons: [{id, title}]} · list {button, sections: [{title, rows: [{id, title, description}]}]} ·
    location {latitude, longitude, name?, address?} · reaction {emoji} with `reply_to_id` = its target ·
    cards {cards: [{title, subtitle?, url?, image_url?, media_id?, buttons?: [{title, id | url}]}]} ·
    product {products: [{title, price?, description?, url?, image_url?, media_id?}]} · comment {} with `reply_to_id` = the comment ·
    template {template_id, language?, variables} · mini_program {app_id, path, title} · music {url, hd_url?, title, description?} ·
    article {article_id} · coupon {card_id} · sticker {sticker_id}.
    A text that stands for choices has content {choices: [{id, title}], chosen_as}.
    `files`: what a template shows, besides `media_id`.
    """

    kind: str
    text: str = ""
    content: Json = field(default_factory=dict)
    media_id: UUID | None = None
    files: tuple[UUID, ...] = ()
    reply_to_id: UUID | None = None
    link_preview: bool = True
    voice: bool = False

    @property
    def media_ids(self) -> list[UUID]:
        """Return all files that it names, each once."""
        cards = [*self.content.get("cards", ()), *self.content.get("products", ())]
        named = [UUID(str(card["media_id"])) for card in cards if card.get("media_id")]
        own = [self.media_id] if self.media_id is not None else []
        return list(dict.fromkeys([*own, *self.files, *named]))


@dataclass(frozen=True, slots=True)
class File:
    """What is known of an uploaded file."""

    mime: str
    size_bytes: int
