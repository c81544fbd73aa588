"""The page's files: modules lint clean, every word is in three languages, every icon is drawn, nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import deno

from channels.sandbox.app import STATIC
from channels.whatsapp.sandbox.menu import KINDS

MODULES = sorted((STATIC / "js").glob("*.js"))


def source() -> str:
    return "\n".join(path.read_text() for path in MODULES if path.name != "words.js")


def words() -> dict[str, list[str]]:
    text = (STATIC / "js" / "words.js").read_text()
    rows = re.findall(r"^  (\w+): (\[.*\]),$", text, re.MULTILINE)
    return {key: json.loads(row) for key, row in rows}


def test_modules_lint_clean() -> None:
    done = subprocess.run([deno.find_deno_bin(), "lint", *MODULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_modules_stay_small() -> None:
    assert {path.name: n for path in MODULES if (n := len(path.read_text().splitlines())) > 150} == {}


def test_every_word_is_in_three_languages_and_used() -> None:
    used = source()
    for key, row in words().items():
        assert len(row) == 3, key
        assert all(row), key
        stem = key.split("_")[0]
        assert f'"{key}"' in used or f"`{stem}_$" in used or f"_{key.split('_')[-1]}`" in used, f"{key} is not used"


def test_every_kind_of_the_menu_has_a_name_and_an_icon() -> None:
    drawn = symbols()
    for kind in KINDS:
        assert f"kind_{kind.name}" in words()
        assert kind.icon in drawn


def test_every_icon_is_drawn() -> None:
    named = set(re.findall(r'icon\("([a-z0-9-]+)"', source()))
    assert named <= symbols()


def test_nothing_is_loaded_from_another_host() -> None:
    for path in (*MODULES, STATIC / "index.html", STATIC / "sandbox.css"):
        assert not re.search(r"""(src|href|url|from)\s*[=(]?\s*["'(]https?://""", path.read_text()), path


def symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (Path(STATIC) / "sprite.svg").read_text()))
