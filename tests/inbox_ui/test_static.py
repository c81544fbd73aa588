"""Modules are typed, linted and tested; vendored files are the pinned ones."""

import hashlib
import json
import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import deno
import pytest

from inbox_ui import assets, vendor

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "inbox_ui" / "deno.json"
MODULES = sorted((ROOT / "inbox_ui" / "static" / "js").rglob("*.js"))
TESTS = sorted(Path(__file__).parent.glob("*.test.js"))

LONGEST = 150


def run_deno(*arguments: str | Path) -> None:
    """Run deno without a network; fails with what it said."""
    command = [deno.find_deno_bin(), arguments[0], "--config", CONFIG, *arguments[1:]]
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, env={"NO_COLOR": "1"}
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)


def test_modules_are_typed() -> None:
    run_deno("check", *MODULES)


def test_modules_are_clean() -> None:
    run_deno("lint", ROOT / "inbox_ui" / "static" / "js")


def test_modules_do_what_they_say() -> None:
    run_deno("test", "--no-check", "--no-remote", *TESTS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    source = path.read_text()
    assert source.startswith("/** "), "begins with a sentence on what it is for"
    assert source.count("\n") <= LONGEST


def test_only_api_and_socket_talk_to_the_server() -> None:
    talks = re.compile(r"\b(fetch|WebSocket|XMLHttpRequest|EventSource)\b\s*\(")
    talkers = {path.name for path in MODULES if talks.search(re.sub(r"/\*\*.*?\*/", "", path.read_text(), flags=re.S))}
    assert talkers == {"api.js", "socket.js", "i18n.js"}, "i18n.js loads its own words"


def test_text_is_never_made_into_markup() -> None:
    markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function")
    assert [path.name for path in MODULES if markup.search(path.read_text())] == []


def test_every_icon_is_in_the_sprite() -> None:
    sprite = vendor.SPRITE.read_text()
    source = "\n".join(path.read_text() for path in MODULES)
    names = set(re.findall(r'(?:icon: |icon=|Icon\} name=)"([a-z0-9-]+)"', source))
    assert {name for name in names if f'id="i-{name}"' not in sprite} == set()


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    imports = re.compile(r'^(?:import|export)\b[^;]*?from "(\.[^"]+)"', re.M)
    needs = {path: {(path.parent / name).resolve() for name in imports.findall(path.read_text())} for path in MODULES}
    TopologicalSorter(needs).prepare()


def files() -> list[tuple[str, str]]:
    return [
        (file["to"], file["sha256"]) for package in vendor.manifest()["package"] for file in package.get("file", [])
    ]


@pytest.mark.parametrize(("path", "sha256"), files(), ids=lambda value: value[:40])
def test_a_vendored_file_is_the_pinned_one(path: str, sha256: str) -> None:
    assert hashlib.sha256((vendor.VENDOR / path).read_bytes()).hexdigest() == sha256


def test_every_vendored_file_is_pinned() -> None:
    stored = {path.relative_to(vendor.VENDOR).as_posix() for path in vendor.VENDOR.rglob("*") if path.is_file()}
    assert stored == {path for path, _ in files()} | {"vendor.toml"}


def test_the_sprite_is_what_the_manifest_draws() -> None:
    (lucide,) = [package for package in vendor.manifest()["package"] if "icons" in package]
    assert hashlib.sha256(vendor.SPRITE.read_bytes()).hexdigest() == lucide["sprite_sha256"]


def test_vendored_names_are_the_same_for_browser_and_checker() -> None:
    checked = json.loads(CONFIG.read_text())["imports"]
    assert {name: path.removeprefix("./static/") for name, path in checked.items()} == assets.VENDORED


def test_imports_lead_to_files() -> None:
    imports = re.compile(r'from "(\.[^"]+)"')
    for path in MODULES:
        for target in imports.findall(path.read_text()):
            assert (path.parent / target).is_file(), f"{path.name} imports {target}"
