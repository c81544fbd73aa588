"""Message templates of a business account: the seeded ones, listing, creating with review, deleting, sending rules.

Source: Meta's "Message templates" management pages (Dec 2025 – Mar 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json, Part
from channels.whatsapp.sandbox.placeholders import PLACEHOLDER, placeholders

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
COMPONENTS = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST")
LISTED = (
    "id", "name", "status", "category", "language", "components", "parameter_format", "quality_score", "rejected_reason",
    "message_send_ttl_seconds", "correct_category", "previous_category", "sub_category",
)  # fmt: skip
DEFAULT_FIELDS = ("id", "name", "status", "category", "language", "components", "parameter_format")


def check_new(body: Json) -> Json:
    """Return a template to be stored (without id and status). Raises GraphError as the review form does."""
    top = Part(body, "$")
    name = top.text("name", most=512, code=100)
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise GraphError(100, "Template names are lower-case letters, digits and underscores.", subcode=2388042)
    category = top.one_of("category", CATEGORIES, code=100)
    language = top.text("language", most=10, code=100)
    named = str(body.get("parameter_format", "positional")).upper() == "NAMED"
    components = [_component(part) for part in top.parts("components", most=10)]
    if category != "AUTHENTICATION" and not any(component["type"] == "BODY" for component in components):
        raise GraphError(100, "A template needs a BODY component.", subcode=2388043)
    return {
        "name": name,
        "language": language,
        "category": category,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": components,
    }


def _component(part: Part) -> Json:
    kind = part.one_of("type", {*COMPONENTS, *(name.lower() for name in COMPONENTS)}, code=100).upper()
    match kind:
        case "HEADER":
            shape = str(part.data.get("format", "TEXT")).upper()
            if shape == "TEXT" and len(placeholders(part.text("text", most=60, code=100))) > 1:
                raise GraphError(100, "A header has at most one variable.")
            _check_sample(part, shape)
            return {**part.data, "type": kind, "format": shape}
        case "BODY":
            if part.has("text"):
                text = part.text("text", most=1024, code=100)
                _check_body(text)
                _check_examples(part, "body_text", placeholders(text))
        case "CAROUSEL":
            cards = part.parts("cards", most=10)
            _check_cards(cards)
            return {**part.data, "type": kind, "cards": [_card(card) for card in cards]}
        case "LIMITED_TIME_OFFER":
            part.part("limited_time_offer").text("text", most=16, code=100)
        case "FOOTER":
            if part.has("text"):
                part.text("text", most=60, code=100)
        case "BUTTONS":
            return {**part.data, "type": kind, "buttons": _buttons(part.parts("buttons", most=10))}
    return {**part.data, "type": kind}


def _missing(what: str) -> GraphError:
    return GraphError(100, f"message template 'components' param is missing expected field(s): {what}", subcode=2388043)


def _example(part: Part) -> Json:
    example = part.data.get("example")
    return example if isinstance(example, dict) else {}


def _check_sample(part: Part, shape: str) -> None:
    """Want an uploaded file for a header that shows one, an example for a variable in its text."""
    if shape in ("IMAGE", "VIDEO", "GIF", "DOCUMENT"):
        handles = _example(part).get("header_handle") or []
        if not handles or not str(handles[0]).startswith(("4::", "https://")):
            raise _missing("example.header_handle")
    elif shape == "TEXT":
        _check_examples(part, "header_text", placeholders(str(part.data.get("text", ""))))


def _check_examples(part: Part, name: str, wanted: list[str]) -> None:
    """Want an example for each variable: a list by position, or {param_name, example} by name."""
    if not wanted:
        return
    example = _example(part)
    named = example.get(f"{name}_named_params")
    if isinstance(named, list):
        given = [str(one.get("param_name")) for one in named if isinstance(one, dict) and one.get("example")]
        if set(wanted) - set(given):
            raise _missing(f"example.{name}_named_params")
        return
    rows = example.get(name) or []
    values = rows[0] if rows and isinstance(rows[0], list) else rows
    if len(values) != len(wanted) or not all(str(value).strip() for value in values):
        raise _missing(f"example.{name}")


def _check_cards(cards: list[Part]) -> None:
    """Want two to ten cards that are made alike."""
    if not 2 <= len(cards) <= 10:
        raise GraphError(100, "A carousel has 2 to 10 cards.")
    shapes = {tuple(str(one.data.get("type")).upper() for one in card.parts("components", most=10)) for card in cards}
    if len(shapes) > 1:
        raise GraphError(100, "All cards of a carousel must have the same components.")


def _card(card: Part) -> Json:
    return {"components": [_component(part) for part in card.parts("components", most=10)]}


def _check_body(text: str) -> None:
    bare = text.strip()
    if PLACEHOLDER.match(bare) or re.search(r"\{\{\s*\w+\s*\}\}$", bare):
        raise GraphError(2388299, "Variables can't be at the start or end of the template.")
    if re.search(r"\}\}\s*\{\{", text):
        raise GraphError(2388293, "Variables stand side by side.")
    if (
        len(PLACEHOLDER.sub("", text).split()) + sum(char > "⺀" for char in text) // 2
        < len(placeholders(text)) * 2 - 1
    ):
        raise GraphError(2388293, "This template has too many variables for its length.")


def _buttons(buttons: list[Part]) -> list[Json]:
    kinds = [str(button.data.get("type", "")).upper() for button in buttons]
    for kind, most in (("URL", 2), ("PHONE_NUMBER", 1), ("COPY_CODE", 1)):
        if kinds.count(kind) > most:
            raise GraphError(100, f"At most {most} button(s) of type {kind}.")
    if len([1 for before, kind in zip(["", *kinds], kinds, strict=False) if kind == "QUICK_REPLY" != before]) > 1:
        raise GraphError(100, "Quick replies must stand together.")
    for button, kind in zip(buttons, kinds, strict=True):
        if kind in ("QUICK_REPLY", "URL", "PHONE_NUMBER"):
            button.text("text", most=25, code=100)
        if kind == "URL":
            url = button.text("url", most=2000, code=100)
            if placeholders(url) and not button.data.get("example"):
                raise _missing("buttons.example")
    return [{**button.data, "type": kind} for button, kind in zip(buttons, kinds, strict=True)]


def usable(templates: Iterable[Json], name: str, language: str) -> Json:
    """Return the approved template that a send names. Raises GraphError 132001, 132015 or 132016."""
    same_name = [template for template in templates if template["name"] == name]
    found = next((template for template in same_name if template["language"] == language), None)
    if found is None or found["status"] in (
        "PENDING",
        "REJECTED",
        "DELETED",
        "PENDING_DELETION",
        "IN_APPEAL",
        "ARCHIVED",
    ):
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    if found["status"] == "PAUSED":
        raise GraphError(132015)
    if found["status"] == "DISABLED":
        raise GraphError(132016)
    return found


def listed(templates: Iterable[Json], query: dict[str, str]) -> list[Json]:
    """Return the templates that match status, category, language, name, content filters, with the fields asked for."""
    fields = [field for field in query.get("fields", "").split(",") if field] or list(DEFAULT_FIELDS)
    wanted = {key: set(query[key].upper().split(",")) for key in ("status", "category", "language") if query.get(key)}
    found = []
    for template in templates:
        if any(str(template[key]).upper() not in values for key, values in wanted.items()):
            continue
        if query.get("name") and query["name"] not in template["name"]:
            continue
        text = " ".join(str(component.get("text", "")) for component in template["components"])
        if query.get("content") and query["content"] not in text:
            continue
        if query.get("name_or_content") and query["name_or_content"] not in f"{template['name']} {text}":
            continue
        found.append(shown(template, fields))
    return found


def shown(template: Json, fields: Iterable[str]) -> Json:
    return {
        "id": template["id"],
        **{field: template[field] for field in fields if field in LISTED and field in template},
    }
