"""Every text that people read is translated, and no text is written past the catalogs."""

import re
from pathlib import Path

import pytest

from inbox_ui import catalogs, i18n

UI = Path(catalogs.__file__).parent
MODULES = sorted((UI / "static" / "js").rglob("*.js"))
PLACES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_catalog_holds_what_is_used_and_nothing_else(language: str) -> None:
    path = i18n.LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "hawker.po"
    assert path.read_text() == catalogs.written(catalogs.updated(language)), "run python -m inbox_ui.catalogs"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_text_is_translated_with_its_places(language: str) -> None:
    for message in i18n.catalog(language):
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(forms), f"{english!r} has no translation"
        for form in forms:
            assert set(PLACES.findall(form)) == set(PLACES.findall(english)), f"{english!r} → {form!r}"


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_chinese_uses_its_own_punctuation_and_no_typed_spaces(language: str) -> None:
    han = r"[\u4e00-\u9fff]"
    wrong = re.compile(rf"{han}[,;:!?]|{han} [A-Za-z0-9]|[A-Za-z0-9] {han}|[您]|\.$")
    found = [
        str(message.string) for message in i18n.catalog(language) if message.id and wrong.search(str(message.string))
    ]
    assert found == []


def test_the_two_scripts_are_not_mixed() -> None:
    simplified = set("这个们来时说对为会请问还点没样后过应该开关东车长门电话号单订货谢见实习国学体网线无极龙发读写链")
    traditional = set("這個們來時說對為會請問還點沒樣後過應該開關東車長門電話號單訂貨謝見實習國學體網線無極龍發讀寫鏈")
    shared = simplified & traditional
    for language, others in (("zh-Hant", simplified - shared), ("zh-Hans", traditional - shared)):
        for message in i18n.catalog(language):
            text = "" if not message.id else "".join(message.string)
            assert not set(text) & others, text


def templates_in(source: str) -> list[str]:
    """Return the literal markup of every html`…` in a module, with each ${…} replaced by §."""
    found = []
    for start in (match.end() for match in re.finditer(r"html`", source)):
        text, at, depth = "", start, 0
        while at < len(source):
            if depth == 0 and source[at] == "`":
                break
            if source.startswith("${", at):
                depth += 1
                text += "§" if depth == 1 else ""
                at += 1
            elif depth and source[at] == "{":
                depth += 1
            elif depth and source[at] == "}":
                depth -= 1
            elif depth and source[at] == "`":
                at = end_of_template(source, at + 1)
            elif depth == 0:
                text += source[at]
            at += 1
        found.append(text)
    return found


def end_of_template(source: str, at: int) -> int:
    """Return where the template literal that was entered ends, skipping those inside it."""
    depth = 0
    while source[at] != "`" or depth:
        if source.startswith("${", at):
            depth, at = depth + 1, at + 1
        elif depth and source[at] == "}":
            depth -= 1
        elif depth and source[at] == "`":
            at = end_of_template(source, at + 1)
        at += 1
    return at


ATTRIBUTE = re.compile(r'(?:aria-label|title|placeholder|alt|label|text)="([^"§]*[A-Za-z\u4e00-\u9fff][^"§]*)"')

KEY_NAMES = {"esc"}
"""What is printed on keys is the same everywhere."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_text_is_written_past_the_catalogs(path: Path) -> None:
    for markup in templates_in(path.read_text()):
        assert not ATTRIBUTE.findall(markup)
        between = re.sub(r"<[^>]*>", "\n", markup)
        words = set(re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", between))
        assert words <= KEY_NAMES, f"{words} in {markup[:200]}"


def test_a_reader_is_spoken_to_in_the_language_the_browser_wishes() -> None:
    cases = {
        "zh-TW,zh;q=0.9,en;q=0.8": "zh-Hant",
        "zh-HK": "zh-Hant",
        "zh-Hant-MO": "zh-Hant",
        "zh-CN,zh;q=0.9": "zh-Hans",
        "zh": "zh-Hans",
        "de-DE,en;q=0.5": "en",
        "ms;q=0.9, zh-Hans;q=0.8, en;q=0.1": "zh-Hans",
        "": "en",
        ";;q=x,,": "en",
    }
    assert {header: i18n.negotiate(header) for header in cases} == cases


def test_the_browser_gets_the_same_words() -> None:
    words = i18n.messages("zh-Hant")
    assert words["Send again"] == "再傳一次"
    assert words["{n} unread"] == ["{n}則未讀"]
