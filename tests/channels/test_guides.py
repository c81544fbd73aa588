"""The set-up pages have words for everything that an adapter may say, in all three languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.channel_accounts import check, queries
from app.channel_accounts.words import OWN_CHECKS, all_texts, finding_in_words, texts_of
from channels import registry
from inbox_ui import i18n

CHANNELS = Path(registry.__file__).parent
SHARED = {"whatsapp": ["kit"], "messenger": ["kit", "kit/messaging"], "instagram": ["kit", "kit/messaging"]}
"""Where, beside its own package, an adapter's checks are written."""
SAYING = {"CheckItem", "refused", "_refused", "_failed"}


def codes_in(path: Path) -> Iterator[str]:
    """Yield the codes of the check lines that a module makes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        code = node.args[0]
        if name in SAYING and isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield code.value


def codes_of(channel: str) -> set[str]:
    folders = [channel, *SHARED.get(channel, [])]
    paths = [path for folder in folders for path in (CHANNELS / folder).glob("*.py")]
    if channel not in ("whatsapp", "messenger", "instagram"):
        paths = [path for path in paths if path.parent.name != "kit"]
    return {code for path in paths for code in codes_in(path)}


@pytest.mark.parametrize("channel", registry.NAMES)
def test_every_check_of_an_adapter_has_words(channel: str) -> None:
    adapter = registry.get(channel)
    codes = codes_of(channel)
    assert codes or not any(step.shows == "webhook" for guide in adapter.guides for step in guide.steps)
    assert codes <= adapter.checks.keys()


@pytest.mark.parametrize("module", [check, queries], ids=["check", "queries"])
def test_every_check_of_ours_has_words(module: object) -> None:
    path = Path(str(getattr(module, "__file__", "")))
    said = set(codes_in(path)) | {
        node.value
        for parent in ast.walk(ast.parse(path.read_text()))
        if isinstance(parent, ast.Dict)
        for key, node in zip(parent.keys, parent.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "code" and isinstance(node, ast.Constant)
    }
    assert said
    assert said <= OWN_CHECKS.keys()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_text_of_the_guides_is_in_the_catalogs(language: str) -> None:
    words = i18n.messages(language)
    texts = {text for adapter in registry.all_adapters().values() for text in all_texts(adapter)}
    texts |= {text for one in OWN_CHECKS.values() for text in texts_of(one)}
    assert texts - words.keys() == set()


@pytest.mark.parametrize("channel", registry.NAMES)
def test_what_proves_a_step_is_something_that_is_checked(channel: str) -> None:
    adapter = registry.get(channel)
    known = adapter.checks.keys() | OWN_CHECKS.keys()
    for guide in adapter.guides:
        assert {code for step in guide.steps for code in step.proof} <= known, guide.name
        assert guide.steps[-1].shows == "hello", "the last step is the first message"


@pytest.mark.parametrize("channel", registry.NAMES)
def test_every_state_with_words_says_what_to_do(channel: str) -> None:
    for code, words in registry.get(channel).checks.items():
        assert words.label, code
        assert bool(words.warning or words.error) == bool(words.mend), code


def test_a_code_that_nobody_knows_is_shown_as_it_is() -> None:
    adapter = registry.get("whatsapp")
    item = {"code": "two_factor", "state": "warning", "params": {"text": "PIN is off"}}
    said = finding_in_words(adapter, item, lambda english: english)
    assert (said["label"], said["text"], said["detail"]) == ("two factor", "", "PIN is off")
