"""Utility templates of a Page: created, listed, approved within seconds, filled in when sent.

Source: Meta's "Send a utility message" (13 Mar 2026) and the `message_templates` edge of a Page.
"""

from __future__ import annotations

import re
from typing import Any

from channels.sandbox.graph.errors import GraphError, Json
from channels.sandbox.graph.shape import Shape, refuse

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
SHOWN = ("id", "name", "status", "category", "language", "components", "parameter_format", "rejected_reason")


def check_new(params: Json) -> Json:
    """Return a template to be stored, without id and status. Raises GraphError."""
    top = Shape(params, "template")
    name = top.text("name", most=512)
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise refuse("Template names are lower-case letters, digits and underscores")
    top.one_of("category", ("UTILITY",))
    components = [part.data for part in top.parts("components", most=4)]
    if not any(component.get("type") == "BODY" and component.get("text") for component in components):
        raise refuse("A template needs a BODY component with a text")
    return {
        "name": name,
        "language": top.text("language", most=10),
        "category": "UTILITY",
        "components": components,
        "parameter_format": str(params.get("parameter_format") or "POSITIONAL").upper(),
    }


def shown(template: Json, fields: str) -> Json:
    wanted = [name for name in fields.split(",") if name] or list(SHOWN)
    return {"id": template["id"], **{name: template[name] for name in wanted if name in SHOWN and name in template}}


def check_usable(room: Json, wanted: Json) -> None:
    _find(room, wanted)


def hydrate(room: Json, wanted: Json) -> Json:
    """Return the view of a template with its parameters. Raises GraphError when they do not fit."""
    template = _find(room, wanted)
    given = {str(part.get("type", "")).lower(): part for part in wanted.get("components", [])}
    view: Json = {"kind": "template", "template": template["name"]}
    for component in template["components"]:
        kind = component["type"].lower()
        if kind in ("header", "body", "footer") and "text" in component:
            text = _filled(component["text"], given.get(kind, {}).get("parameters", []), kind)
            view |= {"text": text} if kind == "body" else {kind: {"text": text} if kind == "header" else text}
        elif kind == "buttons":
            view["buttons"] = [_button(button) for button in component["buttons"]]
    return view


def _find(room: Json, wanted: Json) -> Json:
    language = wanted["language"]["code"]
    same = [one for one in room["templates"].values() if one["name"] == wanted["name"] and one["language"] == language]
    if not same or same[0]["status"] != "APPROVED":
        raise GraphError(100, f"(#100) Template {wanted['name']} does not exist in {language} or is not approved")
    found: Json = same[0]
    return found


def _filled(text: str, parameters: list[Any], where: str) -> str:
    names = list(dict.fromkeys(PLACEHOLDER.findall(text)))
    if len(parameters) != len(names):
        raise refuse(f"Number of parameters in {where} ({len(parameters)}) does not match the template ({len(names)})")
    values = {
        str(parameter.get("parameter_name") or names[index]): str(parameter.get("text", ""))
        for index, parameter in enumerate(parameters)
    }
    if set(values) != set(names):
        raise refuse(f"Parameters of {where} must be named {', '.join(names)}")
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)


def _button(button: Json) -> Json:
    kind = str(button.get("type", "")).lower()
    link = {"url": button["url"]} if kind == "url" else {}
    return {
        "kind": "web_url" if kind == "url" else "postback",
        "id": button.get("text", ""),
        "title": button.get("text", ""),
        **link,
    }
