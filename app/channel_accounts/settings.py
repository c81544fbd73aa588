"""What an account's settings may hold: each value held against the field that the adapter declares for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from channels.contract import Adapter, SettingField

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_TEXT, _LONGEST_LIST, _LONGEST_LINE = 5000, 100, 500


def wrong_settings(adapter: Adapter, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong, by `settings.<name>`. Members that no field declares are the adapter's own to read tolerantly."""
    wrong = {
        f"settings.{each.name}": advice
        for each in adapter.setting_fields
        if each.name in settings and (advice := _CHECKS[each.kind](settings[each.name], each))
    }
    for field in adapter.credential_fields:
        if field.setting and field.choices and settings.get(field.name, field.choices[0]) not in field.choices:
            wrong[f"settings.{field.name}"] = "one of " + ", ".join(field.choices)
    return wrong


def _text(value: Any, field: SettingField) -> str:
    most = int(field.most or _LONGEST_TEXT)
    return "" if isinstance(value, str) and len(value) <= most else f"a text of at most {most} characters"


def _lines(value: Any, field: SettingField) -> str:
    most = int(field.most or _LONGEST_LIST)
    fits = isinstance(value, list) and len(value) <= most
    if fits and all(isinstance(line, str) and 0 < len(line) <= _LONGEST_LINE for line in value):
        return ""
    return f"a list of at most {most} texts"


def _number(value: Any, field: SettingField) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    low, high = field.least, field.most
    if is_number and (low is None or value >= low) and (high is None or value <= high):
        return ""
    return "a number" + (f" from {low:g}" if low is not None else "") + (f" to {high:g}" if high is not None else "")


def _switch(value: Any, field: SettingField) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _choice(value: Any, field: SettingField) -> str:
    return "" if isinstance(value, str) and value in field.choices else "one of " + ", ".join(field.choices)


def _color(value: Any, field: SettingField) -> str:
    return "" if isinstance(value, str) and _COLOR.fullmatch(value) else "a colour such as #1d4ed8"


def _questions(value: Any, field: SettingField) -> str:
    most = int(field.most or _LONGEST_LIST)
    if isinstance(value, list) and len(value) <= most and all(_is_question(one, field) for one in value):
        return ""
    return f"a list of at most {most} questions {{name, label, kind, required}}"


def _is_question(value: Any, field: SettingField) -> bool:
    if not isinstance(value, dict) or not value.keys() <= {"name", "label", "kind", "required"}:
        return False
    texts = (value.get("name"), value.get("label"))
    named = all(isinstance(text, str) and 0 < len(text) <= _LONGEST_LINE for text in texts)
    return named and value.get("kind") in field.choices and isinstance(value.get("required", False), bool)


_CHECKS: dict[str, Callable[[Any, SettingField], str]] = {
    "text": _text,
    "long_text": _text,
    "lines": _lines,
    "number": _number,
    "switch": _switch,
    "choice": _choice,
    "color": _color,
    "questions": _questions,
}
