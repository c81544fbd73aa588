"""Every reason for which a platform refuses has words in every language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import channels
from app.outbound.words import SENTENCES, failure_text, sentence_of
from channels import contract
from channels.contract import SendError
from inbox_ui import i18n

CHANNELS = Path(channels.__file__).parent
CODE = re.compile(r"[a-z]+(_[a-z]+)+|rejected|throttled|expired")


def subclasses(kind: type[SendError]) -> set[type[SendError]]:
    found = {kind}
    for child in kind.__subclasses__():
        found |= subclasses(child)
    return found


def codes() -> set[str]:
    """Return what the tables and classes of the channels can say: second arguments of meanings, and `code=` of errors."""
    found = {kind.code for kind in subclasses(contract.SendError)}
    tables = [path for path in CHANNELS.rglob("*errors.py") if "sandbox" not in path.parts]
    assert len(tables) >= 5
    for path in tables:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                given = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "code")]
                found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {code for code in found if CODE.fullmatch(code)}


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_code_has_words(code: str) -> None:
    assert code in SENTENCES or code.startswith("template_")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_words_are_translated_and_name_the_channel(language: str) -> None:
    gettext = i18n.translations(language).gettext
    for code in codes():
        said = failure_text(code, gettext, channel="WhatsApp")
        assert "{" not in said
        assert language == "en" or said != sentence_of(code).replace("{channel}", "WhatsApp"), code
