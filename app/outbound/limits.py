"""Check what somebody wants to send against the channel's rules, and cut it into the platform messages that it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from app.errors import Invalid
from channels.contract import Capabilities, Choices, Json, Limit, MediaRule
from channels.kit.text import length, split

MEDIA_KINDS = ("image", "video", "audio", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a person or a program wants to send. `text` is the caption for media.

    `content` by kind: buttons {buttons: [{id, title}]} · list {button, sections: [{title, rows: [{id, title, description}]}]} ·
    location {latitude, longitude, name?, address?} · reaction {emoji} with `reply_to_id` = its target.
    """

    kind: str
    text: str = ""
    content: Json = field(default_factory=dict)
    media_id: UUID | None = None
    reply_to_id: UUID | None = None
    link_preview: bool = True
    voice: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What is known of an uploaded file."""

    mime: str
    size_bytes: int


def parts_of(outgoing: Outgoing, capabilities: Capabilities, file: File | None) -> list[Outgoing]:
    """Return the platform messages that `outgoing` becomes, in order. Raises Invalid with the fields and what to write."""
    match outgoing.kind:
        case "text":
            return _texts(outgoing, capabilities)
        case kind if kind in MEDIA_KINDS:
            return _media(outgoing, capabilities, file)
        case "buttons":
            _check_buttons(outgoing, _offered(capabilities.buttons, "buttons"))
        case "list":
            _check_list(outgoing, _offered(capabilities.list, "list"))
        case "location":
            _check_location(outgoing, capabilities)
        case "reaction":
            _check_reaction(outgoing, capabilities)
        case _:
            raise _invalid("kind", "kind_unknown", f"{outgoing.kind!r} is nothing that can be sent.")
    return [outgoing]


def _texts(outgoing: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    """A long text becomes several messages; the first one is the answer to what is answered."""
    if not outgoing.text.strip():
        raise _invalid("text", "text_missing", "Write a text.")
    first, *others = split(outgoing.text, capabilities.text)
    return [replace(outgoing, text=first), *(replace(outgoing, text=part, reply_to_id=None) for part in others)]


def _media(outgoing: Outgoing, capabilities: Capabilities, file: File | None) -> list[Outgoing]:
    """A caption that the channel does not take with the file follows it as a text."""
    rule = capabilities.media.get(outgoing.kind)
    if rule is None:
        raise _invalid("kind", "kind_unsupported", f"This channel takes no {outgoing.kind}.")
    if file is None:
        raise _invalid("media_id", "media_missing", "Upload the file first, and give its media_id.")
    _check_file(outgoing.kind, rule, file)
    if not outgoing.text or (rule.caption is not None and _fits(outgoing.text, rule.caption)):
        return [outgoing]
    caption = Outgoing(kind="text", text=outgoing.text, link_preview=outgoing.link_preview)
    return [replace(outgoing, text=""), *_texts(caption, capabilities)]


def _check_file(kind: str, rule: MediaRule, file: File) -> None:
    if file.mime not in rule.mimes:
        raise _invalid("media_id", "media_type_refused", f"As {kind} this channel takes {', '.join(rule.mimes)}.")
    if file.size_bytes > rule.max_bytes:
        raise _invalid("media_id", "media_too_large", f"As {kind} this channel takes {rule.max_bytes} bytes at most.")


def _check_buttons(outgoing: Outgoing, rule: Choices) -> None:
    buttons = _objects(outgoing.content.get("buttons"))
    _check_text("text", outgoing.text, rule.text)
    if not 1 <= len(buttons) <= rule.most:
        raise _invalid("buttons", "buttons_count", f"Give 1 to {rule.most} buttons.")
    for n, button in enumerate(buttons):
        _check_text(f"buttons.{n}.id", button.get("id"), rule.id)
        _check_text(f"buttons.{n}.title", button.get("title"), rule.title)
    _check_unique("buttons", (button["id"] for button in buttons))
    _check_unique("buttons", (button["title"] for button in buttons))


def _check_list(outgoing: Outgoing, rule: Choices) -> None:
    sections = _objects(outgoing.content.get("sections"))
    rows = [row for section in sections for row in _objects(section.get("rows"))]
    _check_text("text", outgoing.text, rule.text)
    if rule.button is not None:
        _check_text("button", outgoing.content.get("button"), rule.button)
    if not 1 <= len(sections) <= rule.sections or not 1 <= len(rows) <= rule.most:
        raise _invalid("sections", "rows_count", f"Give 1 to {rule.most} rows in at most {rule.sections} sections.")
    for n, section in enumerate(sections):
        if len(sections) > 1 or section.get("title"):
            _check_text(f"sections.{n}.title", section.get("title"), rule.title)
        for m, row in enumerate(_objects(section.get("rows"))):
            _check_row(f"sections.{n}.rows.{m}", row, rule)
    _check_unique("sections", (row["id"] for row in rows))


def _check_row(place: str, row: Mapping[str, Any], rule: Choices) -> None:
    _check_text(f"{place}.id", row.get("id"), rule.id)
    _check_text(f"{place}.title", row.get("title"), rule.title)
    if row.get("description") and rule.description is not None:
        _check_text(f"{place}.description", row["description"], rule.description)


def _check_location(outgoing: Outgoing, capabilities: Capabilities) -> None:
    if not capabilities.location:
        raise _invalid("kind", "kind_unsupported", "This channel takes no locations.")
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = outgoing.content.get(name)
        if not isinstance(value, int | float) or not -most <= value <= most:
            raise _invalid(name, f"{name}_invalid", f"Write degrees from -{most} to {most}.")


def _check_reaction(outgoing: Outgoing, capabilities: Capabilities) -> None:
    if not capabilities.reactions:
        raise _invalid("kind", "kind_unsupported", "This channel takes no reactions.")
    if outgoing.reply_to_id is None:
        raise _invalid("message_id", "target_missing", "Say which message the reaction is for.")
    emoji = outgoing.content.get("emoji")
    if not isinstance(emoji, str) or len(emoji) > 16:
        raise _invalid("emoji", "emoji_invalid", 'Write one emoji, or "" to take the reaction back.')


def _offered(rule: Choices | None, kind: str) -> Choices:
    if rule is None:
        raise _invalid("kind", "kind_unsupported", f"This channel takes no {kind}.")
    return rule


def _check_text(place: str, value: object, limit: Limit) -> None:
    if not isinstance(value, str) or not value.strip():
        raise _invalid(place, "text_missing", "Write a text.")
    if not _fits(value, limit):
        raise _invalid(place, "text_too_long", f"Write at most {limit.n} {limit.unit.replace('_', ' ')}.")


def _check_unique(place: str, values: Iterable[object]) -> None:
    seen = list(values)
    if len(seen) != len(set(seen)):
        raise _invalid(place, "not_unique", "Ids, and titles of buttons, must differ.")


def _fits(text: str, limit: Limit) -> bool:
    return length(text, limit.unit) <= limit.n


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _invalid(place: str, code: str, what_to_write: str) -> Invalid:
    return Invalid(what_to_write, code=code, fields={place: what_to_write})
