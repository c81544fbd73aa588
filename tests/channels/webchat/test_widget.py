"""widget.js: small, one scope, linted, and nothing in it that a strict policy refuses."""

from __future__ import annotations

import gzip
import re
import subprocess
from collections import Counter
from pathlib import Path

import deno
import pytest

from channels.webchat import widget
from channels.webchat.words import WORDS

MOST_BYTES = 15 * 1024
MODULES = sorted(Path(widget.__file__).parent.glob("*.js"))
SOURCE = "\n".join(path.read_text() for path in MODULES)


def test_it_is_small() -> None:
    body, _ = widget.script()
    assert len(gzip.compress(body, 9)) < MOST_BYTES


def test_modules_have_names_of_their_own() -> None:
    declared = re.findall(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", SOURCE, re.MULTILINE)
    assert [name for name, count in Counter(declared).items() if count > 1] == []


def test_every_module_is_in_it_once_and_no_import_is_left() -> None:
    body = widget.script()[0].decode()
    assert not re.search(r"^(import|export)\b", body, re.MULTILINE)
    for path in MODULES:
        first = re.search(r"^(?:export )?(?:async )?function (\w+)", path.read_text(), re.MULTILINE)
        assert first is not None
        assert len(re.findall(rf"function {first[1]}\(", body)) == 1, path.name


def test_it_lints_clean() -> None:
    done = subprocess.run([deno.find_deno_bin(), "lint", *MODULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "forbidden", [r"innerHTML", r"insertAdjacentHTML", r"\beval\(", r"new Function", r"document\.write", r"style="]
)
def test_nothing_that_a_strict_policy_refuses(forbidden: str) -> None:
    assert not re.search(forbidden, SOURCE)


def test_every_word_is_used_and_there() -> None:
    used = set(re.findall(r"words\.(\w+)", SOURCE)) | set(re.findall(r'w\("(\w+)"\)', SOURCE))
    assert used <= WORDS.keys()
    spoken = set(re.findall(r"\b[a-z_]+\b", SOURCE))
    assert WORDS.keys() - spoken == {"file_type_refused", "whatsapp_text"}, (
        "a code of the server's, and a text that it uses"
    )
