"""Read a template's components: which variables it has, and what its texts say once they are filled. Pure.

A variable's key says where it stands: `1` or `first_name` in the body, `header.1` in the header's text, `header` for the header's file,
place or product, `button.0` for the first button's target or code, `offer` for the end of a limited offer, and `card.2.…` the same
within the third card of a carousel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from channels.contract import Json
from channels.kit.placeholders import PLACEHOLDER, placeholders

VariableKind = Literal[
    "text", "image", "video", "gif", "document", "location", "product", "link", "code", "time", "products"
]
FILES = ("image", "video", "gif", "document")
_FILLED_BUTTONS: Mapping[str, VariableKind] = {"copy_code": "code", "mpm": "products"}


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing to fill in. `name` is what the template calls it; `example` a sample, "" = none. `link`: the end of an address."""

    key: str
    kind: VariableKind
    name: str
    example: str = ""
    required: bool = True


def variables_of(components: Sequence[Json]) -> list[Variable]:
    """Return what has to be filled in, in the order in which it is read."""
    return list(_variables(components, ""))


def _variables(components: Sequence[Json], prefix: str) -> Iterator[Variable]:
    for component in components:
        match component.get("type"):
            case "header":
                yield from _header(component, prefix)
            case "body":
                yield from _texts(component, prefix)
            case "limited_time_offer" if component.get("expires"):
                yield Variable(f"{prefix}offer", "time", "offer")
            case "buttons":
                for index, button in enumerate(component.get("buttons") or []):
                    yield from _button(button, f"{prefix}button.{index}")
            case "carousel":
                for index, card in enumerate(component.get("cards") or []):
                    yield from _variables(card.get("components") or [], f"{prefix}card.{index}.")


def _texts(component: Json, prefix: str) -> Iterator[Variable]:
    examples = component.get("examples") or {}
    for name in placeholders(str(component.get("text") or "")):
        yield Variable(f"{prefix}{name}", "text", name, str(examples.get(name, "")))


def _header(component: Json, prefix: str) -> Iterator[Variable]:
    shape = component.get("format")
    if shape == "text":
        yield from _texts(component, f"{prefix}header.")
    elif shape in (*FILES, "location", "product"):
        example = str(component.get("media_id") or component.get("example") or "")
        yield Variable(f"{prefix}header", shape, "header", example)


def _button(button: Json, key: str) -> Iterator[Variable]:
    kind, example = str(button.get("kind")), str(button.get("example") or "")
    if kind == "url" and placeholders(str(button.get("url") or "")):
        yield Variable(key, "link", str(button.get("text") or ""), _suffix(str(button["url"]), example))
    elif kind in _FILLED_BUTTONS:
        yield Variable(key, _FILLED_BUTTONS[kind], str(button.get("text") or ""), example)


def _suffix(url: str, example: str) -> str:
    """Return what of an example address stands in the variable's place."""
    start = PLACEHOLDER.split(url)[0]
    return example.removeprefix(start)


def filled_text(words: str, values: Mapping[str, Any], prefix: str = "") -> str:
    """Return a text with its variables filled; one without a value stays as it stands."""
    return PLACEHOLDER.sub(lambda found: str(values.get(f"{prefix}{found[1]}") or found[0]), words)


def body_text(components: Sequence[Json], values: Mapping[str, Any]) -> str:
    """Return what the customer will read as the message's text."""
    body = next((one for one in components if one.get("type") == "body"), {})
    return filled_text(str(body.get("text") or ""), values)


def files_of(components: Sequence[Json]) -> list[str]:
    """Return the media ids of the samples that were uploaded here."""
    found: list[str] = []
    for component in components:
        if component.get("type") == "header" and component.get("media_id"):
            found.append(str(component["media_id"]))
        for card in component.get("cards") or []:
            found += files_of(card.get("components") or [])
    return list(dict.fromkeys(found))
