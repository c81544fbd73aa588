"""Checks the parameters of a template send against the approved template, and shows what the customer will read.

Source: Meta's "Template messages" and "Error codes" pages (Dec 2025 – Mar 2026).
"""

from __future__ import annotations

from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json, Part
from channels.whatsapp.sandbox.placeholders import fill, placeholders

HYDRATED_MOST = 1024
GIVEN_KINDS = ("header", "body", "footer", "button", "carousel", "limited_time_offer")


def hydrate(template: Json, sent: Part) -> Json:
    """Return the view of the filled template. Raises GraphError 132000, 132005, 132012, 131008 or 131009."""
    given = _given(sent)
    view: Json = {"kind": "template", "template": {"name": template["name"], "language": template["language"]}}
    buttons: list[Json] = []
    for component in template["components"]:
        match component["type"]:
            case "HEADER":
                view["header"] = _header(template, component, given.get("header"))
            case "BODY":
                view["text"] = _text(template, component, given.get("body"), "body")
            case "FOOTER":
                view["footer"] = component["text"]
            case "BUTTONS":
                buttons = [
                    _button(button, index, given.get(f"button {index}"))
                    for index, button in enumerate(component["buttons"])
                ]
            case "CAROUSEL":
                view["cards"] = _cards(template, component, given.get("carousel"))
            case "LIMITED_TIME_OFFER":
                view["offer"] = _offer(component, given.get("limited_time_offer"))
    if buttons:
        view["buttons"] = buttons
    _refuse_strays(template, given)
    return view


def _given(sent: Part) -> dict[str, Part]:
    """Return the components of the request by what they fill: header, body, carousel, `button <index>`."""
    given: dict[str, Part] = {}
    components = sent.parts("components", least=0, most=30) if sent.has("components") else []
    for component in components:
        kind = component.word("type", GIVEN_KINDS)
        if kind == "button":
            index = int(component.number("index", least=0, most=9))
            component.word("sub_type", BUTTON_KINDS)
            given[f"button {index}"] = component
        else:
            given[kind] = component
    return given


def _refuse_strays(template: Json, given: dict[str, Part]) -> None:
    """Parameters for a component that the template does not have are a format mismatch."""
    has = {component["type"].lower() for component in template["components"]}
    buttons = next((len(c["buttons"]) for c in template["components"] if c["type"] == "BUTTONS"), 0)
    for name, part in given.items():
        if name.startswith("button "):
            if int(name.split()[1]) >= buttons:
                raise GraphError(132012, f"{part.path}: the template has no button with this index")
        elif name not in has and part.data.get("parameters"):
            raise GraphError(132012, f"{name}: the template has no such component")


def _text(template: Json, component: Json, given: Part | None, name: str) -> str:
    wanted = placeholders(component["text"])
    parameters = given.parts("parameters", least=0, most=100) if given is not None and given.has("parameters") else []
    if len(parameters) != len(wanted):
        raise GraphError(
            132000,
            f"{name}: number of localizable_params ({len(parameters)}) does not match the expected number of params ({len(wanted)})",
        )
    values = dict(_value(template, parameter, position) for position, parameter in enumerate(parameters, start=1))
    if set(values) != set(wanted):
        raise GraphError(132012, f"{name}: expected parameters {', '.join(wanted)}")
    text = fill(component["text"], values)
    if len(text) > HYDRATED_MOST:
        raise GraphError(132005, f"{name}: translated text is {len(text)} characters, at most {HYDRATED_MOST}")
    return text


def _value(template: Json, parameter: Part, position: int) -> tuple[str, str]:
    """Return (name of the placeholder, text put there)."""
    kind = parameter.word("type", ("text", "currency", "date_time"))
    if kind == "text":
        text = parameter.text("text", most=32_768)
        if "\n" in text or "\t" in text or "     " in text:
            raise GraphError(132012, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    else:
        text = parameter.part(kind).text("fallback_value", most=1024)
    if template.get("parameter_format") == "NAMED":
        return parameter.text("parameter_name", most=60), text
    if parameter.has("parameter_name"):
        raise GraphError(132012, "The template has positional parameters; parameter_name does not fit.")
    return str(position), text


def _header(template: Json, component: Json, given: Part | None) -> Json:
    if component["format"] == "TEXT":
        return {"text": _text(template, component, given, "header")}
    kind = component["format"].lower()
    parameters = given.parts("parameters", least=0, most=1) if given is not None and given.has("parameters") else []
    if not parameters or str(parameters[0].data.get("type")).lower() != kind:
        raise GraphError(
            132012, f"header: Format mismatch, expected {component['format']}, received {_received(parameters)}"
        )
    return {"media": {"kind": kind, **parameters[0].part(kind).data}}


def _offer(component: Json, given: Part | None) -> Json:
    """Want the end of the offer where it has one. Raises GraphError 131008."""
    offer = component["limited_time_offer"]
    if not offer.get("has_expiration"):
        return {"text": offer["text"]}
    parameters = given.parts("parameters", most=1) if given is not None and given.has("parameters") else []
    if not parameters:
        raise GraphError(131008, "limited_time_offer: expiration_time_ms is missing")
    ends_ms = parameters[0].part("limited_time_offer").number("expiration_time_ms", least=1, most=1e14)
    return {"text": offer["text"], "ends_ms": int(ends_ms)}


def _received(parameters: list[Part]) -> str:
    return str(parameters[0].data.get("type", "UNKNOWN")).upper() if parameters else "UNKNOWN"


BUTTON_KINDS = (
    "url",
    "quick_reply",
    "copy_code",
    "catalog",
    "mpm",
    "spm",
    "flow",
    "order_details",
    "voice_call",
    "phone_number",
)


def _button(button: Json, index: int, given: Part | None) -> Json:
    kind = button["type"].lower()
    view: Json = {"id": str(index), "title": button.get("text", ""), "kind": {"quick_reply": "reply"}.get(kind, kind)}
    parameters = given.parts("parameters", least=0, most=1) if given is not None and given.has("parameters") else []
    if kind == "url":
        wanted = placeholders(button["url"])
        if bool(wanted) != bool(parameters):
            raise GraphError(
                131008,
                f"buttons: Button at index {index} of type Url requires a parameter"
                if wanted
                else "buttons: the URL has no variable",
            )
        suffix = parameters[0].text("text", most=2000) if parameters else ""
        view["url"] = fill(button["url"], dict.fromkeys(wanted, suffix))
    elif kind == "copy_code":
        if not parameters:
            raise GraphError(131008, f"buttons: Button at index {index} of type CopyCode requires a parameter")
        view["code"] = parameters[0].text("coupon_code", most=15)
    elif kind == "quick_reply":
        view["id"] = parameters[0].text("payload", most=256) if parameters else button["text"]
    elif kind == "phone_number":
        view["phone"] = button.get("phone_number", "")
    return view


def _cards(template: Json, component: Json, given: Part | None) -> list[Json]:
    wanted = component["cards"]
    cards = given.parts("cards", most=10) if given is not None and given.has("cards") else []
    if len(cards) != len(wanted):
        raise GraphError(
            132000,
            f"carousel: number of cards ({len(cards)}) does not match the expected number of cards ({len(wanted)})",
        )
    return [
        hydrate({**template, "components": card["components"]}, sent) for card, sent in zip(wanted, cards, strict=True)
    ]
