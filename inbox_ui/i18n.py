"""The languages of the pages: gettext catalogs, shared by the templates and, as JSON, by the browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

import orjson
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from app.outbound.words import SENTENCES

LOCALE = Path(__file__).parent / "locale"

LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
"""What a person may choose, each in its own words."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One entry of an Accept-Language header."""

    tag: str
    quality: float


def wishes(header: str) -> list[Wish]:
    """Parse an Accept-Language header, best first; what cannot be read is left out."""
    found = []
    for part in header.split(","):
        tag, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=") or "1"
        if tag and quality.replace(".", "", 1).isdigit():
            found.append(Wish(tag.lower(), float(quality)))
    return sorted(found, key=lambda wish: -wish.quality)


def language_of(tag: str) -> str | None:
    """Return the language of ours that a language tag asks for, or None: zh-TW, zh-HK and zh-MO read Traditional."""
    primary, *rest = tag.lower().split("-")
    if primary == "en":
        return "en"
    if primary != "zh":
        return None
    return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(rest) else "zh-Hans"


def negotiate(header: str) -> str:
    """Return the language to speak with a reader who is not known yet."""
    return next((found for wish in wishes(header) if (found := language_of(wish.tag))), "en")


@cache
def catalog(language: str) -> Catalog:
    """Return the .po file of a language."""
    path = LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "hawker.po"
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


@cache
def translations(language: str) -> NullTranslations:
    """Return what Jinja2 and Python translate with."""
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    compiled.seek(0)
    return Translations(compiled)


def messages(language: str) -> Mapping[str, str | list[str]]:
    """Return the catalog as the browser reads it: English → words, or → plural forms. Untranslated entries are left out."""
    found: dict[str, str | list[str]] = {}
    for message in catalog(language):
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
        forms = list(message.string) if isinstance(message.string, (list, tuple)) else message.string
        if forms and all(forms):
            found[str(key)] = forms
    return found


@cache
def as_json(language: str) -> bytes:
    """Return /static/locale/{language}.json; `failures` = our code of a failed send → the English sentence, a key of `messages`."""
    words = {"language": language, "messages": messages(language), "failures": SENTENCES}
    return orjson.dumps(words, option=orjson.OPT_SORT_KEYS)
