"""Check what somebody wants to send against the channel's rules, and cut it into the platform messages that it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from app.errors import Invalid
from app.outbound.degrade import (
    MOST_NUMBERED,
    cards_as_messages,
    fitted_cards,
    list_as_buttons,
    numbered,
    place_as_text,
    products_as_cards,
)
from app.outbound.outgoing import MEDIA_KINDS, File, Outgoing
from channels.contract import Capabilities, Choices, Json, Limit, MediaRule
from channels.kit.text import length, split

Files = Mapping[UUID, File]
"""The files that the sender may use, among those that are named."""
_OWN_KINDS: Mapping[str, tuple[str, ...]] = {
    "mini_program": ("app_id", "path", "title"),
    "music": ("url", "title"),
    "article": ("article_id",),
    "coupon": ("card_id",),
    "sticker": ("sticker_id",),
}
"""What each kind that only some platforms have must say."""
_MOST_CARDS = 30
_LONGEST = 70_000


def parts_of(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> list[Outgoing]:
    """Return the platform messages that `outgoing` becomes, in order. Raises Invalid with the fields and what to write."""
    match outgoing.kind:
        case "text":
            return _texts(outgoing, capabilities)
        case kind if kind in MEDIA_KINDS:
            return _media(outgoing, capabilities, files)
        case "buttons":
            return _buttons(outgoing, capabilities)
        case "list":
            return _list(outgoing, capabilities)
        case "location":
            return _location(outgoing, capabilities)
        case "reaction":
            _check_reaction(outgoing, capabilities)
        case "cards":
            return _cards(outgoing, capabilities, files)
        case "product":
            return _products(outgoing, capabilities, files)
        case "comment":
            return _comment(outgoing, capabilities)
        case "template":
            _check_template(outgoing, capabilities, files)
        case kind if kind in capabilities.kinds:
            _check_own(outgoing, capabilities, files)
        case kind if kind in _OWN_KINDS:
            raise _unsupported(kind)
        case _:
            raise _invalid("kind", "kind_unknown", f"{outgoing.kind!r} is nothing that can be sent.")
    return [outgoing]


def _texts(outgoing: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    """A long text becomes several messages; the first one is the answer to what is answered, the last one asks."""
    if not outgoing.text.strip():
        raise _invalid("text", "text_missing", "Write a text.")
    parts = [replace(outgoing, text=part) for part in split(outgoing.text, capabilities.text)]
    first, others = parts[0], [replace(part, reply_to_id=None) for part in parts[1:]]
    whole = [first, *others]
    return [*(replace(part, content={}) for part in whole[:-1]), whole[-1]]


def _media(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> list[Outgoing]:
    """A caption that the channel does not take with the file follows it as a text."""
    rule = capabilities.media.get(outgoing.kind)
    if rule is None:
        raise _unsupported(outgoing.kind)
    _check_file(outgoing.kind, rule, _file(outgoing.media_id, files))
    if not outgoing.text or (rule.caption is not None and _fits(outgoing.text, rule.caption)):
        return [outgoing]
    caption = Outgoing(kind="text", text=outgoing.text, link_preview=outgoing.link_preview)
    return [replace(outgoing, text=""), *_texts(caption, capabilities)]


def _file(media_id: UUID | str | None, files: Files, place: str = "media_id") -> File:
    file = files.get(UUID(str(media_id))) if media_id else None
    if file is None:
        raise _invalid(place, "media_missing", "Upload the file first, and give its media_id.")
    return file


def _check_file(kind: str, rule: MediaRule, file: File, place: str = "media_id") -> None:
    if file.mime not in rule.mimes:
        raise _invalid(place, "media_type_refused", f"As {kind} this channel takes {', '.join(rule.mimes)}.")
    if file.size_bytes > rule.max_bytes:
        raise _invalid(place, "media_too_large", f"As {kind} this channel takes {rule.max_bytes} bytes at most.")


def _buttons(outgoing: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    rule = capabilities.buttons or _any_choices(capabilities)
    _check_buttons(outgoing, rule)
    if capabilities.buttons is not None:
        return [outgoing]
    choices = [dict(button) for button in _objects(outgoing.content.get("buttons"))]
    return _texts(numbered(outgoing, choices, chosen_as="buttons"), capabilities)


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


def _list(outgoing: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    """Where there are no lists: buttons if they hold it, else a numbered text."""
    if capabilities.list is not None:
        _check_list(outgoing, capabilities.list)
        return [outgoing]
    _check_list(outgoing, _any_choices(capabilities))
    sections = _objects(outgoing.content.get("sections"))
    rows = [dict(row) for section in sections for row in _objects(section.get("rows"))]
    as_buttons = list_as_buttons(outgoing, rows, capabilities)
    return [as_buttons] if as_buttons else _texts(numbered(outgoing, rows, chosen_as="list"), capabilities)


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


def _any_choices(capabilities: Capabilities) -> Choices:
    """Return the rule of choices that become a numbered text, which may be cut: their number is limited, and each fits one message."""
    one, any_text = capabilities.text, Limit(_LONGEST)
    return Choices(MOST_NUMBERED, title=one, text=any_text, id=one, description=one, sections=MOST_NUMBERED)


def _location(outgoing: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = outgoing.content.get(name)
        if not isinstance(value, int | float) or not -most <= value <= most:
            raise _invalid(name, f"{name}_invalid", f"Write degrees from -{most} to {most}.")
    return [outgoing] if capabilities.location else _texts(place_as_text(outgoing), capabilities)


def _check_reaction(outgoing: Outgoing, capabilities: Capabilities) -> None:
    if not capabilities.reactions:
        raise _unsupported("reaction")
    if outgoing.reply_to_id is None:
        raise _invalid("message_id", "target_missing", "Say which message the reaction is for.")
    emoji = outgoing.content.get("emoji")
    if not isinstance(emoji, str) or len(emoji) > 16:
        raise _invalid("emoji", "emoji_invalid", 'Write one emoji, or "" to take the reaction back.')


def _products(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> list[Outgoing]:
    """Products are cards; the text, if there is one, stands before them."""
    products = _objects(outgoing.content.get("products"))
    if not 1 <= len(products) <= _MOST_CARDS:
        raise _invalid("products", "products_count", f"Give 1 to {_MOST_CARDS} products.")
    for n, product in enumerate(products):
        _check_card(product, f"products.{n}", files)
    return _shown(products_as_cards(outgoing), capabilities, files)


def _cards(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> list[Outgoing]:
    cards = _objects(outgoing.content.get("cards"))
    if not 1 <= len(cards) <= _MOST_CARDS:
        raise _invalid("cards", "cards_count", f"Give 1 to {_MOST_CARDS} cards.")
    for n, card in enumerate(cards):
        _check_card(card, f"cards.{n}", files)
    return _shown(outgoing, capabilities, files)


def _check_card(card: Mapping[str, Any], place: str, files: Files) -> None:
    if not str(card.get("title") or "").strip():
        raise _invalid(f"{place}.title", "text_missing", "Write a text.")
    for name in ("url", "image_url"):
        if card.get(name) and not _is_address(str(card[name])):
            raise _invalid(f"{place}.{name}", "url_invalid", "Write an address that begins with https:// or http://.")
    if card.get("media_id"):
        _file(card["media_id"], files, f"{place}.media_id")


def _shown(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> list[Outgoing]:
    """Return cards as the channel shows them: as many messages as it takes, or picture, caption and link."""
    before = _texts(replace(outgoing, kind="text", content={}), capabilities) if outgoing.text.strip() else []
    rule = capabilities.cards
    if rule is None:
        messages = cards_as_messages(outgoing)
        parts = [
            part
            for message in messages
            for part in parts_of(_picture(message, capabilities, files), capabilities, files)
        ]
    else:
        cards = fitted_cards(outgoing.content["cards"], rule)
        groups = [cards[at : at + rule.most] for at in range(0, len(cards), rule.most)]
        parts = [replace(outgoing, text="", content={"cards": group}) for group in groups]
    whole = [*before, *parts]
    return [whole[0], *(replace(part, reply_to_id=None) for part in whole[1:])]


def _picture(message: Outgoing, capabilities: Capabilities, files: Files) -> Outgoing:
    """Return the message without its picture where the channel does not take it."""
    if message.kind != "image":
        return message
    rule, file = capabilities.media.get("image"), _file(message.media_id, files)
    if rule is not None and file.mime in rule.mimes and file.size_bytes <= rule.max_bytes:
        return message
    return replace(message, kind="text", media_id=None)


def _comment(outgoing: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    """Answer a comment in public: one text below it."""
    if not capabilities.comments:
        raise _unsupported("comment")
    if outgoing.reply_to_id is None:
        raise _invalid("reply_to_id", "target_missing", "Say which comment is answered.")
    _check_text("text", outgoing.text, capabilities.text)
    return [outgoing]


def _check_template(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> None:
    """Its words were checked when it was filled; here only that its files may be used."""
    if capabilities.templates is None:
        raise _unsupported("template")
    for media_id in outgoing.files:
        _file(media_id, files, "variables")


def _check_own(outgoing: Outgoing, capabilities: Capabilities, files: Files) -> None:
    for name in _OWN_KINDS.get(outgoing.kind, ()):
        value = outgoing.content.get(name)
        if not isinstance(value, str) or not value.strip():
            raise _invalid(name, "text_missing", "Write a text.")
    if outgoing.media_id is not None or outgoing.kind in ("mini_program", "music"):
        rule = capabilities.media.get("image")
        file = _file(outgoing.media_id, files)
        if rule is not None:
            _check_file("image", rule, file)


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


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _unsupported(kind: str) -> Invalid:
    return _invalid("kind", "kind_unsupported", f"This channel takes no {kind.replace('_', ' ')}.")


def _invalid(place: str, code: str, what_to_write: str) -> Invalid:
    return Invalid(what_to_write, code=code, fields={place: what_to_write})
