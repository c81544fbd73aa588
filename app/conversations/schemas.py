"""What the API takes about conversations and messages."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from app.api import Input
from app.outbound.service import Outgoing

ClientId = Annotated[
    str, Field(min_length=1, max_length=100, description="The sender's own id: repeats are answered, not sent")
]
Words = Annotated[str, Field(max_length=70_000)]
Title = Annotated[str, Field(max_length=1000)]


class ConversationPatch(Input):
    """Absent = unchanged. Null ends a snooze."""

    status: Literal["open", "snoozed", "closed"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    snoozed_until: AwareDatetime | None = None
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]] | None,
        Field(max_length=100, description="All tags that it shall have, by id or name"),
    ] = None


class AssignmentPut(Input):
    """Absent = unchanged, null = nobody."""

    agent_id: UUID | None = None
    team_id: UUID | None = None


class CloseAct(Input):
    do: Literal["close", "open"]


class SnoozeAct(Input):
    do: Literal["snooze"]
    until: AwareDatetime


class AssignAct(AssignmentPut):
    do: Literal["assign"]


class TagAct(Input):
    do: Literal["tag", "untag"]
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=20)]


class BulkFilter(Input):
    """The same as the query of the list."""

    status: Literal["open", "snoozed", "closed", "all"] = "all"
    assignee: Annotated[str | None, Field(max_length=40)] = None
    team: Annotated[str | None, Field(max_length=40)] = None
    channel: Annotated[str | None, Field(max_length=40)] = None
    channel_account_id: UUID | None = None
    tag: Annotated[str | None, Field(max_length=100)] = None
    priority: Annotated[str | None, Field(max_length=20)] = None
    sort: Literal["newest", "oldest", "waiting", "unread"] = "newest"


class BulkPost(Input):
    """Give `ids`, or the `filter` of a list."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None
    filter: BulkFilter | None = None
    action: Annotated[CloseAct | SnoozeAct | AssignAct | TagAct, Field(discriminator="do")]

    @model_validator(mode="after")
    def _one_of_both(self) -> BulkPost:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give ids or a filter, one of both")
        return self


class UndoPost(Input):
    undo_token: UUID


class ReadPut(Input):
    message_id: UUID


class DraftPut(Input):
    text: Words


class _Message(Input):
    client_id: ClientId | None = None


class NotePost(_Message):
    kind: Literal["note"]
    text: Annotated[str, Field(min_length=1, max_length=70_000, pattern=r"\S")]
    mentions: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)


class TextPost(_Message):
    kind: Literal["text"]
    text: Words
    reply_to_id: UUID | None = None
    link_preview: bool = True

    def outgoing(self) -> Outgoing:
        return Outgoing(kind=self.kind, text=self.text, reply_to_id=self.reply_to_id, link_preview=self.link_preview)


class MediaPost(_Message):
    kind: Literal["image", "video", "audio", "document"]
    media_id: UUID
    caption: Words = ""
    voice: bool = False
    reply_to_id: UUID | None = None

    def outgoing(self) -> Outgoing:
        return Outgoing(
            kind=self.kind, text=self.caption, media_id=self.media_id, voice=self.voice, reply_to_id=self.reply_to_id
        )


class Button(Input):
    id: Title
    title: Title


class ButtonsPost(_Message):
    kind: Literal["buttons"]
    text: Words
    buttons: Annotated[list[Button], Field(max_length=100)]
    reply_to_id: UUID | None = None

    def outgoing(self) -> Outgoing:
        return Outgoing(
            kind=self.kind, text=self.text, content=self.model_dump(include={"buttons"}), reply_to_id=self.reply_to_id
        )


class Row(Input):
    id: Title
    title: Title
    description: Title = ""


class Section(Input):
    title: Title = ""
    rows: Annotated[list[Row], Field(max_length=100)]


class ListPost(_Message):
    kind: Literal["list"]
    text: Words
    button: Title
    sections: Annotated[list[Section], Field(max_length=100)]
    reply_to_id: UUID | None = None

    def outgoing(self) -> Outgoing:
        content: dict[str, Any] = self.model_dump(include={"button", "sections"})
        return Outgoing(kind=self.kind, text=self.text, content=content, reply_to_id=self.reply_to_id)


class LocationPost(_Message):
    kind: Literal["location"]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    name: Title = ""
    address: Title = ""
    reply_to_id: UUID | None = None

    def outgoing(self) -> Outgoing:
        content = self.model_dump(include={"latitude", "longitude", "name", "address"})
        return Outgoing(kind=self.kind, content=content, reply_to_id=self.reply_to_id)


class ReactionPost(_Message):
    kind: Literal["reaction"]
    message_id: UUID
    emoji: Annotated[str, Field(max_length=40, description='"" takes the reaction back')] = ""

    def outgoing(self) -> Outgoing:
        return Outgoing(kind=self.kind, content={"emoji": self.emoji}, reply_to_id=self.message_id)


class TemplateMessagePost(_Message):
    """Values that are left out are taken from the contact, where the template says from where."""

    kind: Literal["template"]
    template_id: UUID
    language: Annotated[str | None, Field(max_length=40)] = None
    variables: Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=200)] = Field(
        default_factory=dict
    )

    def outgoing(self) -> Outgoing:
        return Outgoing(
            kind=self.kind, content=self.model_dump(mode="json", include={"template_id", "language", "variables"})
        )


Address = Annotated[str, Field(max_length=2000)]


class CardButton(Input):
    """A link, or an answer whose id comes back."""

    title: Title
    id: Title = ""
    url: Address = ""


class MessageCard(Input):
    title: Title
    subtitle: Title = ""
    url: Address = ""
    image_url: Address = ""
    media_id: UUID | None = None
    buttons: Annotated[list[CardButton], Field(max_length=10)] = Field(default_factory=list)


class CardsPost(_Message):
    """Cards with pictures; where the channel has none, each is a picture with its words below."""

    kind: Literal["cards"]
    text: Words = ""
    cards: Annotated[list[MessageCard], Field(max_length=100)]
    reply_to_id: UUID | None = None

    def outgoing(self) -> Outgoing:
        content = self.model_dump(mode="json", include={"cards"}, exclude_defaults=True)
        return Outgoing(kind=self.kind, text=self.text, content=content, reply_to_id=self.reply_to_id)


class Product(Input):
    title: Title
    price: Title = ""
    description: Title = ""
    url: Address = ""
    image_url: Address = ""
    media_id: UUID | None = None


class ProductPost(_Message):
    """Products as cards, or as picture, caption and link where the channel has no cards."""

    kind: Literal["product"]
    text: Words = ""
    products: Annotated[list[Product], Field(max_length=100)]
    reply_to_id: UUID | None = None

    def outgoing(self) -> Outgoing:
        content = self.model_dump(mode="json", include={"products"}, exclude_defaults=True)
        return Outgoing(kind=self.kind, text=self.text, content=content, reply_to_id=self.reply_to_id)


class CommentPost(_Message):
    """An answer below a comment, for everybody to read. A private one is a text with `reply_to_id`."""

    kind: Literal["comment"]
    text: Words
    reply_to_id: UUID

    def outgoing(self) -> Outgoing:
        return Outgoing(kind=self.kind, text=self.text, reply_to_id=self.reply_to_id)


class MiniProgramPost(_Message):
    kind: Literal["mini_program"]
    app_id: Title
    path: Title
    title: Title
    media_id: UUID

    def outgoing(self) -> Outgoing:
        content = self.model_dump(include={"app_id", "path", "title"})
        return Outgoing(kind=self.kind, text=self.title, content=content, media_id=self.media_id)


class MusicPost(_Message):
    kind: Literal["music"]
    url: Address
    hd_url: Address = ""
    title: Title
    description: Title = ""
    media_id: UUID

    def outgoing(self) -> Outgoing:
        content = self.model_dump(include={"url", "hd_url", "title", "description"})
        return Outgoing(kind=self.kind, text=self.title, content=content, media_id=self.media_id)


class ArticlePost(_Message):
    kind: Literal["article"]
    article_id: Title

    def outgoing(self) -> Outgoing:
        return Outgoing(kind=self.kind, content=self.model_dump(include={"article_id"}))


class CouponPost(_Message):
    kind: Literal["coupon"]
    card_id: Title

    def outgoing(self) -> Outgoing:
        return Outgoing(kind=self.kind, content=self.model_dump(include={"card_id"}))


class StickerPost(_Message):
    kind: Literal["sticker"]
    sticker_id: Title

    def outgoing(self) -> Outgoing:
        return Outgoing(kind=self.kind, content=self.model_dump(include={"sticker_id"}))


Sent = (
    TextPost
    | MediaPost
    | ButtonsPost
    | ListPost
    | LocationPost
    | ReactionPost
    | TemplateMessagePost
    | CardsPost
    | ProductPost
    | CommentPost
    | MiniProgramPost
    | MusicPost
    | ArticlePost
    | CouponPost
    | StickerPost
)
MessagePost = Annotated[NotePost | Sent, Field(discriminator="kind")]


class ResendPost(Input):
    client_id: ClientId | None = None


class TagPost(Input):
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    hue: Annotated[int | None, Field(ge=1, le=8)] = None
