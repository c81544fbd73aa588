"""Collect what pages and modules say, and keep the catalogs in step: `python -m inbox_ui.catalogs`.

English is the key. The catalogs list every text that is used, no other, so that translators see what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from app.channel_accounts.words import OWN_CHECKS, all_texts, texts_of
from channels import registry
from channels.hosting import Hosted
from inbox_ui import i18n

HERE = Path(__file__).parent

STRING = r'"((?:[^"\\]|\\.)*)"'
SINGULAR = re.compile(rf"(?<![\w.])t\(\s*{STRING}")
PLURAL = re.compile(rf"(?<![\w.])tn\(\s*{STRING}\s*,\s*{STRING}")

Key = str | tuple[str, str]


def unescaped(literal: str) -> str:
    """Return the text of a JavaScript string literal without its quotes."""
    return literal.replace('\\"', '"').replace("\\\\", "\\")


def in_modules() -> Iterator[tuple[Key, str]]:
    """Yield what t() and tn() say in our modules, with the file that says it."""
    for path in sorted((HERE / "static" / "js").rglob("*.js")):
        source, where = path.read_text(), path.relative_to(HERE).as_posix()
        for found in SINGULAR.finditer(source):
            yield unescaped(found[1]), where
        for found in PLURAL.finditer(source):
            yield (unescaped(found[1]), unescaped(found[2])), where


def in_templates() -> Iterator[tuple[Key, str]]:
    """Yield what _() says in the templates."""
    for path in sorted((HERE / "templates").glob("*.html")):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ["_", "gettext"], [], {}):
                yield str(message), path.relative_to(HERE).as_posix()


def in_channels() -> Iterator[tuple[Key, str]]:
    """Yield what the channels say on their set-up pages and in their checks, to visitors of pages
    that we host, and what we say of every account."""
    for name, adapter in registry.all_adapters().items():
        for text in sorted(all_texts(adapter)):
            yield text, f"channels/{name}/guide.py"
        if isinstance(adapter, Hosted):
            for text in sorted(adapter.visitor_words.values()):
                yield text, f"channels/{name}/words.py"
    for text in sorted({text for words in OWN_CHECKS.values() for text in texts_of(words)}):
        yield text, "app/channel_accounts/words.py"


def in_code() -> Iterator[tuple[Key, str]]:
    """Yield what _() marks in the server's code, for answers that people read."""
    for path in sorted((HERE.parent / "app").rglob("*.py")):
        source = path.read_bytes()
        if b"from app.words import" in source:
            for _line, _name, message, _comments in extract_python(BytesIO(source), {"_": None}, [], {}):
                yield str(message), path.relative_to(HERE.parent).as_posix()


def used() -> dict[Key, list[str]]:
    """Return every text that is used, with the files it stands in."""
    found: dict[Key, list[str]] = {}
    for key, where in [*in_templates(), *in_modules(), *in_channels(), *in_code()]:
        places = found.setdefault(key, [])
        if where not in places:
            places.append(where)
    return found


def updated(language: str) -> Catalog:
    """Return a language's catalog with exactly the texts in use: what is translated stays, what is new is empty (English: itself)."""
    known = i18n.catalog(language)
    made = Catalog(locale=language.replace("-", "_"), header_comment="# Hawker, Apache-2.0", fuzzy=False)
    for key, places in sorted(used().items(), key=lambda item: str(item[0])):
        entry = known.get(key if isinstance(key, str) else key[0])
        new = key if language == "en" else ""
        made.add(key, entry.string if entry else new, locations=[(place, "") for place in places])  # type: ignore[misc]
    return made


def written(catalog: Catalog) -> str:
    """Return a catalog as the text of its .po file, without the header lines that change by themselves."""
    file = BytesIO()
    write_po(file, catalog, width=120)
    kept = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-")
    lines = file.getvalue().decode().splitlines(keepends=True)
    header = re.compile(r'"[A-Z][\w-]+: ?')
    return "".join(
        line for line in lines if not header.match(line) or line.startswith(tuple(f'"{name}' for name in kept))
    )


def main() -> None:
    """Rewrite every catalog."""
    for language in i18n.LANGUAGES:
        made = updated(language)
        path = i18n.LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "hawker.po"
        path.write_text(written(made))
        empty = sum(not message.string or not all(message.string) for message in made if message.id)
        print(f"{language}: {len(made)} texts, {empty} without translation")


if __name__ == "__main__":
    main()
