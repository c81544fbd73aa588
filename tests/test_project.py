"""The rules of the house, run as tests: format, lint, types, imports, and who may commit."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
OWN_PACKAGES = ("app", "channels", "inbox_ui")
MAY_COMMIT = {Path("app/db.py")}
DENO_PROJECTS = sorted(
    path.parent.relative_to(ROOT) for name in OWN_PACKAGES for path in (ROOT / name).rglob("deno.json")
)


def check(*command: str) -> None:
    """Run a tool of this environment; its output is the failure's text."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "160"}
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",)],
    ids=["lint", "format", "types", "imports"],
)
def test_the_python_code_passes(command: tuple[str, ...]) -> None:
    check(*command)


def own_modules() -> list[Path]:
    return [path for name in OWN_PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]


def test_only_the_unit_of_work_commits() -> None:
    """A commit elsewhere would cut a transaction in two."""
    committing = {
        path.relative_to(ROOT)
        for path in own_modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert committing == MAY_COMMIT


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in own_modules() if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
