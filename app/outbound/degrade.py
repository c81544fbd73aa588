"""Say with what a channel has what it has not: choices as a numbered text, cards as pictures with captions, places as links. Pure.

The customer's number comes back as the choice (`questions.py`), so that who asked need not know how it was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from app.outbound.outgoing import Outgoing
from channels.contract import Capabilities, Cards, Json, Limit
from channels.kit.text import length

MOST_NUMBERED = 30
_MAP = "https://maps.google.com/?q={latitude},{longitude}"


def numbered(outgoing: Outgoing, choices: Sequence[Json], *, chosen_as: str) -> Outgoing:
    """Return a text that lists `choices` [{id, title, description?}] by number."""
    lines = [f"{n}. {_line(choice)}" for n, choice in enumerate(choices, start=1)]
    asked = [{"id": str(choice["id"]), "title": str(choice["title"])} for choice in choices]
    return replace(
        outgoing,
        kind="text",
        text="\n".join([outgoing.text, "", *lines]).strip(),
        content={"choices": asked, "chosen_as": chosen_as},
        link_preview=False,
    )


def _line(choice: Json) -> str:
    described = choice.get("description")
    return f"{choice['title']} – {described}" if described else str(choice["title"])


def list_as_buttons(outgoing: Outgoing, rows: Sequence[Json], capabilities: Capabilities) -> Outgoing | None:
    """Return a list as buttons where they hold it: not too many rows, titles that fit, nothing lost."""
    rule = capabilities.buttons
    if rule is None or len(rows) > rule.most or any(row.get("description") for row in rows):
        return None
    if length(outgoing.text, rule.text.unit) > rule.text.n:
        return None
    if any(not _fits(str(row["title"]), rule.title) or not _fits(str(row["id"]), rule.id) for row in rows):
        return None
    buttons = [{"id": str(row["id"]), "title": str(row["title"])} for row in rows]
    return replace(outgoing, kind="buttons", content={"buttons": buttons})


def place_as_text(outgoing: Outgoing) -> Outgoing:
    """Return a place as its name, address and a link to a map."""
    content = outgoing.content
    lines = [content.get("name"), content.get("address"), _MAP.format(**content)]
    return replace(outgoing, kind="text", text="\n".join(str(line) for line in lines if line), content={})


def products_as_cards(outgoing: Outgoing) -> Outgoing:
    """Return products as cards: name, then price and description, with picture and link."""
    cards = [_card(product) for product in outgoing.content["products"]]
    return replace(outgoing, kind="cards", content={"cards": cards})


def _card(product: Json) -> Json:
    said = [str(product[name]) for name in ("price", "description") if product.get(name)]
    card = {name: product[name] for name in ("title", "url", "image_url", "media_id") if product.get(name)}
    return {**card, "subtitle": " · ".join(said)}


def fitted_cards(cards: Iterable[Json], rule: Cards) -> list[Json]:
    """Return cards whose lines are cut to what the channel shows, and whose buttons it has."""
    return [
        {
            **card,
            "title": cut(str(card["title"]), rule.title),
            "subtitle": cut(str(card.get("subtitle") or ""), rule.subtitle),
            "buttons": list(card.get("buttons") or ())[: rule.buttons],
        }
        for card in cards
    ]


def cards_as_messages(outgoing: Outgoing) -> list[Outgoing]:
    """Return each card as its picture, or a text, with title, second line and links below each other."""
    return [_message(outgoing, card, first=n == 0) for n, card in enumerate(outgoing.content["cards"])]


def _message(outgoing: Outgoing, card: Json, *, first: bool) -> Outgoing:
    links = [
        f"{button['title']}: {button['url']}" if button.get("title") else str(button["url"])
        for button in card.get("buttons") or ()
        if button.get("url")
    ]
    lines = [card.get("title"), card.get("subtitle"), card.get("url"), *links]
    picture = card.get("media_id")
    return Outgoing(
        kind="image" if picture else "text",
        text="\n".join(str(line) for line in lines if line),
        media_id=UUID(str(picture)) if picture else None,
        reply_to_id=outgoing.reply_to_id if first else None,
        link_preview=True,
    )


def cut(words: str, limit: Limit) -> str:
    """Return words that fit, ending in an ellipsis where something was left out."""
    if _fits(words, limit):
        return words
    while words and not _fits(f"{words}…", limit):
        words = words[:-1]
    return f"{words.rstrip()}…"


def _fits(words: str, limit: Limit) -> bool:
    return length(words, limit.unit) <= limit.n
