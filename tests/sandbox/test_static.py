"""The page's files: modules lint clean, every word is in three languages, every icon is drawn, nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import deno
import pytest

from channels.sandbox.app import STATIC
from channels.sandbox.plugins import emulators, page_parts

PARTS = page_parts()
MODULES = sorted([*(STATIC / "js").glob("*.js"), *(path for part in PARTS.values() for path in part.glob("*.js"))])
APPS: list[Any] = list(emulators())
SPOKEN = {"page": STATIC / "js"} | {app: part for app, part in PARTS.items() if (part / "words.js").exists()}


def source() -> str:
    return "\n".join(path.read_text() for path in MODULES if path.name != "words.js")


def words_in(folder: Path) -> dict[str, list[str]]:
    text = (folder / "words.js").read_text()
    rows = re.findall(r"^  (\w+): (\[.*\]),$", text, re.MULTILINE)
    return {key: json.loads(row) for key, row in rows}


def words_of(app: str) -> dict[str, list[str]]:
    """Return the page's words with the app's own over them."""
    return words_in(STATIC / "js") | (words_in(SPOKEN[app]) if app in SPOKEN else {})


def test_modules_lint_clean() -> None:
    done = subprocess.run([deno.find_deno_bin(), "lint", *MODULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_modules_stay_small() -> None:
    assert {path.name: n for path in MODULES if (n := len(path.read_text().splitlines())) > 150} == {}


@pytest.mark.parametrize("part", SPOKEN)
def test_every_word_is_in_three_languages_and_used(part: str) -> None:
    used = source()
    for key, row in words_in(SPOKEN[part]).items():
        assert len(row) == 3, key
        assert all(row), key
        stem = key.split("_")[0]
        assert f'"{key}"' in used or f"`{stem}_$" in used or f"_{key.split('_')[-1]}`" in used, f"{key} is not used"


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_whatever_an_app_offers_has_a_name_and_an_icon(app: Any) -> None:
    words = words_of(app.name)
    assert {f"kind_{kind.name}" for kind in app.kinds} <= words.keys()
    assert {f"code_{code}" for code in app.fail_codes} <= words.keys()
    assert {kind.icon for kind in app.kinds} | {f"ch-{app.name}"} <= symbols()


def test_every_icon_is_drawn() -> None:
    named = set(re.findall(r'icon\("([a-z0-9-]+)"', source()))
    assert named <= symbols()


def test_nothing_is_loaded_from_another_host() -> None:
    for path in (*MODULES, STATIC / "index.html", STATIC / "sandbox.css"):
        assert not re.search(r"""(src|href|url|from)\s*[=(]?\s*["'(]https?://""", path.read_text()), path


def symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (Path(STATIC) / "sprite.svg").read_text()))
