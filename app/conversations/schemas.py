"""What the API takes about conversations and messages."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

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


Sent = TextPost | MediaPost | ButtonsPost | ListPost | LocationPost | ReactionPost
MessagePost = Annotated[NotePost | Sent, Field(discriminator="kind")]


class ResendPost(Input):
    client_id: ClientId | None = None


class TagPost(Input):
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    hue: Annotated[int | None, Field(ge=1, le=8)] = None
