"""The components of a template, from Graph's shape to ours (`TemplateSeen.components`) and back.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components (read Dec 2025).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from channels.contract import Json
from channels.kit.placeholders import placeholders
from channels.kit.tolerant import integer, items, obj, objects, text, without_empty


def components_of(raw: Json) -> tuple[Json, ...]:
    """Return a template's components in our shape and order; what nobody knows stays as it came, behind the others."""
    read = [_component(each) for each in objects(raw.get("components"))]
    return tuple(sorted(read, key=lambda each: _ORDER.get(each["type"], len(_ORDER))))


def _component(raw: Json) -> Json:
    kind = text(raw.get("type")).lower()
    match kind:
        case "header":
            return _header(raw)
        case "body":
            return _body(raw)
        case "footer":
            expires = integer(raw.get("code_expiration_minutes"))
            return without_empty({"type": kind, "text": text(raw.get("text")), "expires_minutes": expires})
        case "buttons":
            return {"type": kind, "buttons": [_button(each) for each in objects(raw.get("buttons"))]}
        case "carousel":
            return {
                "type": kind,
                "cards": [{"components": [*components_of(each)]} for each in objects(raw.get("cards"))],
            }
        case "limited_time_offer":
            offer = obj(raw.get("limited_time_offer")) or raw
            return {"type": kind, "text": text(offer.get("text")), "expires": offer.get("has_expiration") is True}
    return {**raw, "type": kind}


def _header(raw: Json) -> Json:
    shape = text(raw.get("format")).lower() or "text"
    example = obj(raw.get("example"))
    if shape != "text":
        sample = next((text(each) for each in items(example.get("header_handle")) if text(each)), "")
        return without_empty({"type": "header", "format": shape, "example": sample})
    words = text(raw.get("text"))
    samples = _samples(words, example.get("header_text"), example.get("header_text_named_params"))
    return without_empty({"type": "header", "format": shape, "text": words, "examples": samples})


def _body(raw: Json) -> Json:
    example, words = obj(raw.get("example")), text(raw.get("text"))
    rows = items(example.get("body_text"))
    samples = _samples(words, rows[0] if rows else [], example.get("body_text_named_params"))
    found = without_empty({"type": "body", "text": words, "examples": samples})
    if raw.get("add_security_recommendation") is True:
        found["security"] = True
    return found


def _samples(words: str, positional: object, named: object) -> Json:
    """Read `["Ana"]` for positions, `[{"param_name", "example"}]` for names."""
    given = {text(each.get("param_name")): text(each.get("example")) for each in objects(named)}
    values = items(positional) if isinstance(positional, list) else [positional]
    for name, value in zip(placeholders(words), values, strict=False):
        given.setdefault(name, text(value))
    return {name: value for name, value in given.items() if name and value}


def _button(raw: Json) -> Json:
    example = raw.get("example")
    sample = next((text(each) for each in items(example) if text(each)), "") or text(example)
    rest = {name: value for name, value in raw.items() if name not in ("type", "example")}
    return {"kind": text(raw.get("type")).lower(), **rest, **without_empty({"example": sample})}


_ORDER = {
    "header": 0,
    "limited_time_offer": 1,
    "body": 2,
    "footer": 3,
    "buttons": 4,
    "carousel": 5,
}


def form_of(components: Iterable[Json], parameter_format: str, handles: Mapping[str, str]) -> list[Json]:
    """Return components as Graph wants them. `handles` = {media_id: what an uploaded sample is called there}."""
    return [_form(each, parameter_format == "named", handles) for each in components]


def _form(component: Json, named: bool, handles: Mapping[str, str]) -> Json:
    kind = text(component.get("type"))
    match kind:
        case "header":
            return _header_form(component, named, handles)
        case "body":
            return _body_form(component, named)
        case "footer" if component.get("expires_minutes"):
            return {"type": "FOOTER", "code_expiration_minutes": component["expires_minutes"]}
        case "footer":
            return {"type": "FOOTER", "text": text(component.get("text"))}
        case "buttons":
            return {"type": "BUTTONS", "buttons": [_button_form(each) for each in objects(component.get("buttons"))]}
        case "carousel":
            cards = [objects(each.get("components")) for each in objects(component.get("cards"))]
            shape = "named" if named else "positional"
            return {"type": "CAROUSEL", "cards": [{"components": form_of(each, shape, handles)} for each in cards]}
        case "limited_time_offer":
            offer = {"text": text(component.get("text")), "has_expiration": component.get("expires") is True}
            return {"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer}
    return {**component, "type": kind.upper()}


def _header_form(component: Json, named: bool, handles: Mapping[str, str]) -> Json:
    shape, words = text(component.get("format")), text(component.get("text"))
    form: Json = {"type": "HEADER", "format": shape.upper()}
    if shape != "text":
        handle = handles.get(text(component.get("media_id"))) or text(component.get("example"))
        return form | ({"example": {"header_handle": [handle]}} if handle else {})
    samples = obj(component.get("examples"))
    example: Json = {}
    if names := placeholders(words):
        example = (
            {"header_text_named_params": _named(names, samples)}
            if named
            else {"header_text": [text(samples.get(name)) for name in names]}
        )
    return form | without_empty({"text": words, "example": example})


def _body_form(component: Json, named: bool) -> Json:
    words, samples = text(component.get("text")), obj(component.get("examples"))
    example: Json = {}
    if names := placeholders(words):
        example = (
            {"body_text_named_params": _named(names, samples)}
            if named
            else {"body_text": [[text(samples.get(name)) for name in names]]}
        )
    form = {"type": "BODY", **without_empty({"text": words, "example": example})}
    if component.get("security"):
        form["add_security_recommendation"] = True
    return form


def _named(names: Iterable[str], samples: Json) -> list[Json]:
    return [{"param_name": name, "example": text(samples.get(name))} for name in names]


def _button_form(button: Json) -> Json:
    kind = text(button.get("kind"))
    rest = {name: value for name, value in button.items() if name not in ("kind", "example")}
    form: Json = {"type": kind.upper(), **rest}
    if example := text(button.get("example")):
        form["example"] = example if kind == "copy_code" else [example]
    if kind == "otp":
        form["otp_type"] = text(button.get("otp_type")).upper() or "COPY_CODE"
    return form
