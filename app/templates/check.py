"""Check a template against its channel's rules before the platform sees it. Pure: problems are code and parameters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.words import Gettext, _, fill
from channels.contract import Json, Limit, TemplateButton, TemplateRules
from channels.kit.placeholders import PLACEHOLDER, placeholders
from channels.kit.text import length

_BESIDE = re.compile(r"\}\}\s*\{\{")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?")
_POSITION, _NAME = re.compile(r"[1-9]\d?"), re.compile(r"[a-z][a-z0-9_]*")
_PHONE = re.compile(r"\+?[0-9 ()-]{5,20}")
_HAN = re.compile(r"[⺀-鿿]")
_OFFER_BODY, _OFFER_BUTTONS = 600, ("copy_code", "url")

WORDS: Mapping[str, str] = {
    "name_invalid": _("Small letters, digits and underscores only, at most {n}."),
    "language_invalid": _("Choose a language."),
    "category_invalid": _("Choose a category that this channel has."),
    "format_invalid": _("This channel has no variables of that kind."),
    "body_missing": _("Write the message’s text."),
    "text_missing": _("Write a text."),
    "text_too_long": _("Write at most {n} characters."),
    "variable_at_edge": _("A variable may not be the first or the last thing in the text."),
    "variables_beside": _("Write some words between two variables."),
    "variables_too_many": _("There are too many variables for so few words."),
    "variables_out_of_order": _("Number the variables from 1 on, without a gap."),
    "variable_name_invalid": _("Name variables with small letters, digits and underscores."),
    "header_variables": _("A header has at most one variable."),
    "example_missing": _("Give an example for {name}."),
    "component_unsupported": _("This channel’s templates have no such part."),
    "component_twice": _("A template has this part only once."),
    "header_unsupported": _("This channel’s templates have no such header."),
    "sample_missing": _("Upload a sample file: the platform looks at it."),
    "buttons_count": _("Give 1 to {n} buttons."),
    "button_unsupported": _("This channel’s templates have no such button."),
    "button_too_often": _("At most {n} buttons of this kind."),
    "buttons_mixed": _("Keep the quick replies together."),
    "url_invalid": _("Write an address that begins with https:// or http://, with at most one variable, at its end."),
    "phone_invalid": _("Write a phone number with its country code."),
    "target_too_long": _("Write at most {n} characters."),
    "cards_count": _("Give {least} to {most} cards."),
    "cards_unlike": _("All cards need the same parts: the same kind of header and the same buttons."),
    "offer_buttons": _("A limited offer has a code to copy and a link, nothing else."),
    "authentication_parts": _("A code message has only its text, the time until it ends, and one button for the code."),
    "authentication_button": _("A code message needs a button that takes over the code."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the platform would refuse: where, what, and what the sentence needs."""

    place: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, words: Mapping[str, str], gettext: Gettext = _) -> str:
        return fill(gettext(words[self.code]), self.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One language of a template as somebody wrote it. `components` as in `TemplateSeen`."""

    name: str
    language: str
    category: str
    parameter_format: str = "positional"
    components: Sequence[Json] = ()


def check(draft: Draft, rules: TemplateRules) -> list[Problem]:
    """Return what is wrong with a draft, in the order in which one reads it."""
    return [*_about(draft, rules), *_components(draft, rules)]


def _about(draft: Draft, rules: TemplateRules) -> Iterator[Problem]:
    if not re.fullmatch(rules.name, draft.name) or len(draft.name) > rules.name_most:
        yield Problem("name", "name_invalid", {"n": rules.name_most})
    known = draft.language in rules.languages if rules.languages else bool(_LANGUAGE.fullmatch(draft.language))
    if not known:
        yield Problem("language", "language_invalid")
    if draft.category not in rules.categories:
        yield Problem("category", "category_invalid")
    if draft.parameter_format not in rules.formats:
        yield Problem("parameter_format", "format_invalid")


def _components(draft: Draft, rules: TemplateRules) -> Iterator[Problem]:
    kinds = Counter(str(one.get("type")) for one in draft.components)
    yield from (Problem(kind, "component_twice") for kind, n in kinds.items() if n > 1)
    if "body" not in kinds:
        yield Problem("body", "body_missing")
    if draft.category == "authentication":
        yield from _authentication(draft)
        return
    named = draft.parameter_format == "named"
    for component in draft.components:
        kind = str(component.get("type"))
        match kind:
            case "header":
                yield from _header(component, rules, "header", named, rules.headers)
            case "body":
                limit = Limit(_OFFER_BODY) if "limited_time_offer" in kinds else rules.body
                yield from _body(component, limit, "body", named)
            case "footer" if rules.footer is not None:
                yield from _text(component.get("text"), rules.footer, "footer")
            case "buttons" if rules.buttons:
                yield from _buttons(component, rules, "buttons")
            case "carousel" if rules.carousel is not None:
                yield from _carousel(component, rules, named)
            case "limited_time_offer" if rules.offer is not None:
                yield from _offer(component, rules.offer, draft.components)
            case _:
                yield Problem(kind, "component_unsupported")


def _authentication(draft: Draft) -> Iterator[Problem]:
    """The platform words these itself: only the code's button, its life and a word of warning are ours."""
    kinds = {str(one.get("type")) for one in draft.components}
    if kinds - {"body", "footer", "buttons"}:
        yield Problem("body", "authentication_parts")
    buttons = [each for one in draft.components if one.get("type") == "buttons" for each in one.get("buttons") or []]
    if [each.get("kind") for each in buttons] != ["otp"]:
        yield Problem("buttons", "authentication_button")


def _text(value: object, limit: Limit, place: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not value.strip():
        yield Problem(place, "text_missing")
    elif length(value, limit.unit) > limit.n:
        yield Problem(place, "text_too_long", {"n": limit.n})


def _header(component: Json, rules: TemplateRules, place: str, named: bool, shapes: Sequence[str]) -> Iterator[Problem]:
    shape = str(component.get("format"))
    if shape not in shapes:
        yield Problem(place, "header_unsupported")
    elif shape == "text":
        words = component.get("text")
        yield from _text(words, rules.header or rules.body, place)
        names = placeholders(str(words or ""))
        if len(names) > 1:
            yield Problem(place, "header_variables")
        yield from _names(names, place, named)
        yield from _examples(component, names, place)
    elif shape in ("image", "video", "gif", "document") and not (component.get("media_id") or component.get("example")):
        yield Problem(place, "sample_missing")


def _body(component: Json, limit: Limit, place: str, named: bool) -> Iterator[Problem]:
    words = component.get("text")
    yield from _text(words, limit, place)
    if not isinstance(words, str):
        return
    names, bare = placeholders(words), words.strip()
    if not names:
        return
    found = list(PLACEHOLDER.finditer(bare))
    if found[0].start() == 0 or found[-1].end() == len(bare):
        yield Problem(place, "variable_at_edge")
    if _BESIDE.search(bare):
        yield Problem(place, "variables_beside")
    plain = PLACEHOLDER.sub(" ", bare)
    if len(_HAN.sub(" ", plain).split()) + len(_HAN.findall(plain)) // 2 < 2 * len(names) - 1:
        yield Problem(place, "variables_too_many")
    yield from _names(names, place, named)
    yield from _examples(component, names, place)


def _names(names: Sequence[str], place: str, named: bool) -> Iterator[Problem]:
    if named:
        if not all(_NAME.fullmatch(name) for name in names):
            yield Problem(place, "variable_name_invalid")
    elif sorted(names, key=lambda name: (len(name), name)) != [str(n) for n in range(1, len(names) + 1)]:
        yield Problem(place, "variables_out_of_order")


def _examples(component: Json, names: Sequence[str], place: str) -> Iterator[Problem]:
    given = component.get("examples") or {}
    for name in names:
        if not str(given.get(name, "")).strip():
            yield Problem(f"{place}.examples.{name}", "example_missing", {"name": name})


def _buttons(component: Json, rules: TemplateRules, place: str, most: int | None = None) -> Iterator[Problem]:
    buttons, most = component.get("buttons") or [], rules.most_buttons if most is None else most
    if not 1 <= len(buttons) <= most:
        yield Problem(place, "buttons_count", {"n": most})
    known = {rule.kind: rule for rule in rules.buttons}
    kinds = [str(button.get("kind")) for button in buttons]
    for kind, n in Counter(kinds).items():
        if kind in known and n > known[kind].most:
            yield Problem(place, "button_too_often", {"n": known[kind].most})
    if _groups(kinds) > 1:
        yield Problem(place, "buttons_mixed")
    for index, (button, kind) in enumerate(zip(buttons, kinds, strict=True)):
        if kind not in known:
            yield Problem(f"{place}.{index}", "button_unsupported")
        else:
            yield from _button(button, known[kind], f"{place}.{index}")


def _groups(kinds: Sequence[str]) -> int:
    """Return in how many places quick replies stand."""
    return sum(kind == "quick_reply" != before for before, kind in zip(["", *kinds], kinds, strict=False))


def _button(button: Json, rule: TemplateButton, place: str) -> Iterator[Problem]:
    if rule.text is not None:
        yield from _text(button.get("text"), rule.text, f"{place}.text")
    if rule.kind == "url":
        yield from _url(button, rule, place)
    elif rule.kind == "phone_number" and not _PHONE.fullmatch(str(button.get("phone_number") or "")):
        yield Problem(f"{place}.phone_number", "phone_invalid")
    elif rule.kind == "copy_code":
        if not button.get("example"):
            yield Problem(f"{place}.example", "example_missing", {"name": "code"})
        elif rule.target is not None and len(str(button["example"])) > rule.target.n:
            yield Problem(f"{place}.example", "target_too_long", {"n": rule.target.n})


def _url(button: Json, rule: TemplateButton, place: str) -> Iterator[Problem]:
    url = str(button.get("url") or "")
    found = list(PLACEHOLDER.finditer(url))
    at_end = not found or (len(found) == 1 and found[0].end() == len(url))
    if not re.match(r"https?://[^\s/]", url) or not at_end:
        yield Problem(f"{place}.url", "url_invalid")
    elif rule.target is not None and len(url) > rule.target.n:
        yield Problem(f"{place}.url", "target_too_long", {"n": rule.target.n})
    if found and not button.get("example"):
        yield Problem(f"{place}.example", "example_missing", {"name": found[0][1]})


def _carousel(component: Json, rules: TemplateRules, named: bool) -> Iterator[Problem]:
    rule = rules.carousel
    assert rule is not None
    cards = component.get("cards") or []
    if not rule.least <= len(cards) <= rule.most:
        yield Problem("carousel", "cards_count", {"least": rule.least, "most": rule.most})
    if len({_likeness(card) for card in cards}) > 1:
        yield Problem("carousel", "cards_unlike")
    for index, card in enumerate(cards):
        place = f"carousel.{index}"
        for part in card.get("components") or []:
            match part.get("type"):
                case "header":
                    yield from _header(part, rules, f"{place}.header", named, rule.headers)
                case "body":
                    yield from _body(part, rule.body, f"{place}.body", named)
                case "buttons":
                    yield from _buttons(part, rules, f"{place}.buttons", rule.buttons)
                case _:
                    yield Problem(place, "component_unsupported")


def _likeness(card: Json) -> tuple[object, ...]:
    parts = {str(one.get("type")): one for one in card.get("components") or []}
    header = parts.get("header", {}).get("format")
    buttons = tuple(each.get("kind") for each in parts.get("buttons", {}).get("buttons") or [])
    return header, "body" in parts, buttons


def _offer(component: Json, limit: Limit, components: Sequence[Json]) -> Iterator[Problem]:
    yield from _text(component.get("text"), limit, "limited_time_offer")
    buttons = [each for one in components if one.get("type") == "buttons" for each in one.get("buttons") or []]
    kinds = [each.get("kind") for each in buttons]
    wanted = [kind for kind in _OFFER_BUTTONS if kind in kinds]
    if kinds != wanted or "url" not in kinds:
        yield Problem("limited_time_offer", "offer_buttons")
