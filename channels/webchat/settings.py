"""What a person may set about a web chat, what is taken, and what it is where nothing was set."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from channels.kit.tolerant import items, objects, text

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUESTION_KINDS = {"name": "Name", "email": "E-mail", "phone": "Phone", "text": "Something else"}
DEFAULT_COLOUR = "#0f766e"
MOST_UPLOAD_MIB = 25
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_CLOCK = r"((?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
_HOURS = re.compile(rf"([a-z]{{3}})(?:-([a-z]{{3}}))? {_CLOCK}-{_CLOCK}")


def key(language: str) -> str:
    return language.lower().replace("-", "_")


_DEFAULTS = {"colour": DEFAULT_COLOUR, "theme": "auto", "position": "right", "uploads": True, "upload_max_mib": 10}


def setting(settings: Mapping[str, Any], name: str) -> Any:
    """Return what is set, else the default."""
    value = settings.get(name)
    return _DEFAULTS.get(name) if value is None else value


def in_language(settings: Mapping[str, Any], name: str, language: str) -> str:
    """Return a text in the reader's language, else in the nearest that there is, else ""."""
    nearest = {"zh-Hant": ("zh-Hant", "zh-Hans"), "zh-Hans": ("zh-Hans", "zh-Hant")}.get(language, (language,))
    found = (text(settings.get(f"{name}_{key(each)}")).strip() for each in (*nearest, *LANGUAGES))
    return next((words for words in found if words), "")


def questions(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the form's questions [{name, label, kind, required}]; one that cannot be asked is left out."""
    return [
        {
            "name": text(asked.get("name")),
            "label": text(asked.get("label")),
            "kind": asked["kind"],
            "required": asked.get("required") is True,
        }
        for asked in objects(settings.get("questions"))
        if asked.get("kind") in QUESTION_KINDS and text(asked.get("name"))
    ]


def is_open(settings: Mapping[str, Any], now: datetime, time_zone: str) -> bool:
    """Say whether somebody is there at `now`; without hours, always."""
    spans = list(_spans(items(settings.get("hours"))))
    if not spans:
        return True
    zone = text(settings.get("time_zone")) or time_zone
    local = now.astimezone(ZoneInfo(zone if zone in available_timezones() else "UTC"))
    day, clock = local.weekday(), local.time().isoformat(timespec="minutes")
    return any(day in days and begins <= clock < ends for days, begins, ends in spans)


def _spans(lines: Sequence[Any]) -> list[tuple[frozenset[int], str, str]]:
    return [span for line in lines if (span := _span(line))]


def _span(line: object) -> tuple[frozenset[int], str, str] | None:
    """Read `mon-fri 09:00-18:00` into days (0 = Monday) and clock times; None for what is not that."""
    found = _HOURS.fullmatch(text(line).strip().lower().replace("–", "-"))
    if found is None:
        return None
    first, last, begins, ends = found[1], found[2] or found[1], found[3], found[4]
    if first not in DAYS or last not in DAYS or not begins < ends:
        return None
    start, length = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7
    return frozenset((start + n) % 7 for n in range(length + 1)), begins, ends


def wrong_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return name → what to write, for each setting that its kind does not say enough about."""
    return {
        name: advice
        for name, (fits, advice) in _RULES.items()
        if settings.get(name) is not None and not fits(settings[name])
    }


def _are_origins(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 50 and all(map(is_origin, value))


def is_origin(value: object) -> bool:
    """Is it scheme, host and maybe port of a web page, as browsers write it?"""
    if not isinstance(value, str) or value != value.lower():
        return False
    try:
        parts = urlsplit(value)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    bare = f"{parts.scheme}://{parts.netloc}" == value and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare and port_fits


def _are_hours(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 28 and all(map(_span, value))


_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "allowed_origins": (_are_origins, "one origin per line, such as https://shop.example.com"),
    "consent_url": (lambda value: text(value).startswith("https://") or value == "", "an address with https://"),
    "hours": (_are_hours, "one per line, such as mon-fri 09:00-18:00"),
    "time_zone": (
        lambda value: value == "" or text(value) in available_timezones(),
        "an IANA name, such as Asia/Hong_Kong",
    ),
    "whatsapp_number": (
        lambda value: value == "" or bool(_PHONE.fullmatch(text(value))),
        "a number with country code, such as +85291234567",
    ),
}
