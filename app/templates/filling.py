"""Fill a template's variables: from what the sender wrote, from the contact, from the sample file; into what an adapter sends.

`defaults` of a template name where a variable is filled from: `contact.name`, `contact.first_name`, `contact.phone`, `contact.email`,
`contact.attribute.X`, `agent.name`, `business.name`, or `text:` and the words themselves. A named variable that says what it wants
(`first_name`) needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.templates.check import Problem
from app.templates.parts import FILES, Variable, body_text, variables_of
from app.words import _
from channels.contract import Json, TemplateRules
from channels.kit.text import length

WORDS: Mapping[str, str] = {
    "variable_missing": _("Fill this in."),
    "variable_too_long": _("Write at most {n} characters for {name}."),
    "variable_lines": _("Write {name} on one line, without tabs and long gaps."),
    "variable_file": _("Choose a file for {name}."),
    "variable_place": _("Choose a place for {name}."),
    "variable_time": _("Choose when the offer ends."),
    "variable_product": _("Choose a product for {name}."),
    "variable_unknown": _("This template has no variable {name}."),
    "filled_too_long": _("The filled-in text is too long: at most {n} characters."),
}
SOURCES = (
    *("contact.name", "contact.first_name", "contact.phone", "contact.email"),
    *("agent.name", "business.name", "contact.attribute.", "text:"),
)
_SAID_BY_NAME = {
    **dict.fromkeys(("first_name", "firstname", "given_name"), "contact.first_name"),
    **dict.fromkeys(("name", "full_name", "customer_name", "customer", "contact_name"), "contact.name"),
    **dict.fromkeys(("phone", "phone_number", "customer_phone"), "contact.phone"),
    **dict.fromkeys(("email", "customer_email"), "contact.email"),
    **dict.fromkeys(("agent", "agent_name"), "agent.name"),
    **dict.fromkeys(("business", "business_name", "shop", "shop_name", "store_name"), "business.name"),
}
_CODE_MOST = 15
LINK = "link"
"""The key of the address that a tap leads to, on channels where each send may have its own."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What defaults are taken from."""

    contact: Mapping[str, Any]
    agent_name: str = ""
    business_name: str = ""

    def of(self, source: str) -> str:
        """Return what a source says, "" when it is not known."""
        kind, _dot, name = source.partition(".")
        if source.startswith("text:"):
            return source.removeprefix("text:")
        if source == "agent.name":
            return self.agent_name
        if source == "business.name":
            return self.business_name
        if kind != "contact":
            return ""
        if name == "first_name":
            return str(self.contact.get("name") or "").strip().split(" ")[0]
        if name.startswith("attribute."):
            return str((self.contact.get("attributes") or {}).get(name.removeprefix("attribute.")) or "")
        return str(self.contact.get(name) or "")


def with_defaults(
    components: Sequence[Json], values: Mapping[str, Any], defaults: Mapping[str, str], facts: Facts
) -> dict[str, Any]:
    """Return `values` with what is known for those that are missing. A sample file of ours stands in for a missing file."""
    found = {key: value for key, value in values.items() if value not in (None, "")}
    for variable in variables_of(components):
        if variable.key in found:
            continue
        source = defaults.get(variable.key) or _SAID_BY_NAME.get(variable.name, "")
        known = facts.of(source) if source else ""
        if not known and variable.kind in FILES and _is_id(variable.example):
            known = variable.example
        if known:
            found[variable.key] = known
    return found


def problems_of(components: Sequence[Json], values: Mapping[str, Any], rules: TemplateRules) -> list[Problem]:
    """Return what keeps a template from being sent with `values`; places are variables, or `text`."""
    variables = variables_of(components)
    problems = [problem for variable in variables for problem in _wrong(variable, values.get(variable.key), rules)]
    known = (
        {variable.key for variable in variables}
        | {f"button.{n}" for n in range(10)}
        | ({LINK} if rules.link else set())
    )
    problems += [Problem(key, "variable_unknown", {"name": key}) for key in values if key not in known]
    if rules.hydrated is not None and length(body_text(components, values), rules.hydrated.unit) > rules.hydrated.n:
        problems.append(Problem("text", "filled_too_long", {"n": rules.hydrated.n}))
    return problems


def _wrong(variable: Variable, value: Any, rules: TemplateRules) -> Iterator[Problem]:
    name = {"name": variable.name}
    match variable.kind:
        case "text" | "link" | "code":
            if not isinstance(value, str) or not value.strip():
                yield Problem(variable.key, "variable_missing", name)
                return
            if rules.one_line and ("\n" in value or "\t" in value or "     " in value):
                yield Problem(variable.key, "variable_lines", name)
            limit = _CODE_MOST if variable.kind == "code" else _most(variable.name, rules)
            if limit is not None and len(value) > limit:
                yield Problem(variable.key, "variable_too_long", {**name, "n": limit})
        case "location":
            if not (isinstance(value, Mapping) and _is_place(value)):
                yield Problem(variable.key, "variable_place", name)
        case "time":
            if _milliseconds(value) is None:
                yield Problem(variable.key, "variable_time", name)
        case "product" | "products":
            if not isinstance(value, Mapping):
                yield Problem(variable.key, "variable_product", name)
        case _:
            if not isinstance(value, str) or not (_is_id(value) or value.startswith(("https://", "http://"))):
                yield Problem(variable.key, "variable_file", name)


def _most(name: str, rules: TemplateRules) -> int | None:
    """Return how long a value may be, by the letters that its name begins with."""
    limit = rules.parameters.get(name.rstrip("0123456789")) or rules.parameters.get("")
    return limit.n if limit else None


def send_components(components: Sequence[Json], values: Mapping[str, Any], *, named: bool) -> list[Json]:
    """Return the components of the send for values that have no problems."""
    link = [{"type": "button", "url": values[LINK]}] if values.get(LINK) else []
    return [*_filled(components, values, named, ""), *link]


def _filled(components: Sequence[Json], values: Mapping[str, Any], named: bool, prefix: str) -> Iterator[Json]:
    for component in components:
        match component.get("type"):
            case "header":
                if parameters := _header(component, values, named, prefix):
                    yield {"type": "header", "parameters": parameters}
            case "body":
                if parameters := _texts(component, values, named, prefix):
                    yield {"type": "body", "parameters": parameters}
            case "limited_time_offer" if component.get("expires"):
                offer = {"expiration_time_ms": _milliseconds(values.get(f"{prefix}offer"))}
                parameter = {"type": "limited_time_offer", "limited_time_offer": offer}
                yield {"type": "limited_time_offer", "parameters": [parameter]}
            case "buttons":
                for index, button in enumerate(component.get("buttons") or []):
                    yield from _button(button, index, values, prefix)
            case "carousel":
                cards = [
                    {"card_index": n, "components": [*_filled(card["components"], values, named, f"{prefix}card.{n}.")]}
                    for n, card in enumerate(component.get("cards") or [])
                ]
                yield {"type": "carousel", "cards": cards}


def _texts(component: Json, values: Mapping[str, Any], named: bool, prefix: str) -> list[Json]:
    found = variables_of([{**component, "type": "body"}])
    if not named:
        found.sort(key=lambda variable: int(variable.name) if variable.name.isdigit() else 0)
    return [
        {"type": "text", **({"parameter_name": one.name} if named else {}), "text": values[f"{prefix}{one.name}"]}
        for one in found
    ]


def _header(component: Json, values: Mapping[str, Any], named: bool, prefix: str) -> list[Json]:
    shape = str(component.get("format"))
    if shape == "text":
        return _texts(component, values, named, f"{prefix}header.")
    value = values.get(f"{prefix}header")
    if shape in FILES:
        return [{"type": shape, shape: {"media_id": value} if _is_id(value) else {"link": value}}]
    return [{"type": shape, shape: value}] if value is not None else []


def _button(button: Json, index: int, values: Mapping[str, Any], prefix: str) -> Iterator[Json]:
    kind, value = str(button.get("kind")), values.get(f"{prefix}button.{index}")
    sub_type, parameter = kind, None
    match kind:
        case "otp":
            sub_type, parameter = "url", {"type": "text", "text": values.get(f"{prefix}1", "")}
        case "url" if value:
            parameter = {"type": "text", "text": value}
        case "copy_code" if value:
            parameter = {"type": "coupon_code", "coupon_code": value}
        case "quick_reply" if value:
            parameter = {"type": "payload", "payload": value}
        case "catalog" | "mpm" | "flow" if isinstance(value, Mapping):
            parameter = {"type": "action", "action": dict(value)}
    if parameter is not None:
        yield {"type": "button", "sub_type": sub_type, "index": str(index), "parameters": [parameter]}


def file_ids(components: Sequence[Json], values: Mapping[str, Any]) -> list[UUID]:
    """Return the files of ours that a filled template shows, each once."""
    keys = [variable.key for variable in variables_of(components) if variable.kind in FILES]
    return list(dict.fromkeys(UUID(values[key]) for key in keys if _is_id(values.get(key))))


def _is_id(value: object) -> bool:
    try:
        return bool(UUID(value)) if isinstance(value, str) else False
    except ValueError:
        return False


def _is_place(value: Mapping[str, Any]) -> bool:
    latitude, longitude = value.get("latitude"), value.get("longitude")
    return (
        isinstance(latitude, int | float)
        and isinstance(longitude, int | float)
        and abs(latitude) <= 90
        and abs(longitude) <= 180
    )


def _milliseconds(value: object) -> int | None:
    """Return an RFC 3339 time as Unix milliseconds, None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return int(at.timestamp() * 1000) if at is not None and at.tzinfo is not None else None
