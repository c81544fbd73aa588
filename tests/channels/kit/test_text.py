"""Long texts are cut where a reader would, in the platform's unit."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Limit
from channels.kit.text import length, split

FAMILY = "👨‍👩‍👧"
LINK = "https://shop.example/p/7?size=m"
CASES: list[tuple[str, str, Limit, list[str]]] = [
    ("nothing", "", Limit(10), []),
    ("what fits", "ten chars!", Limit(10), ["ten chars!"]),
    ("words", "one two three four", Limit(10), ["one two ", "three four"]),
    ("a paragraph before a word", "Hello Ana.\n\nYour order", Limit(18), ["Hello Ana.\n\n", "Your order"]),
    ("a line before a sentence", "Hi\nAna is here. Now go", Limit(18), ["Hi\nAna is here. ", "Now go"]),
    ("no early cut for a line", "a\n" + "b" * 18, Limit(10), ["a\nbbbbbbbb", "bbbbbbbbbb"]),
    ("Chinese sentences", "今天有貨。明天也有貨。後天沒有", Limit(12), ["今天有貨。明天也有貨。", "後天沒有"]),
    (
        "a link stays whole",
        f"Look at this: {LINK} and buy",
        Limit(35),
        ["Look at this: ", f"{LINK} ", "and buy"],
    ),
    ("a link alone over the limit", LINK, Limit(16), [LINK[:16], LINK[16:]]),
    ("a family stays together", "aaaa" + FAMILY, Limit(6), ["aaaa", FAMILY]),
    ("a flag stays whole", "a🇭🇰🇹🇼", Limit(4), ["a🇭🇰", "🇹🇼"]),
    ("an accent stays on its letter", "abce\u0301", Limit(4), ["abc", "e\u0301"]),
    ("a cluster over the limit", FAMILY, Limit(2), ["👨\u200d", "👩\u200d", "👧"]),
    ("bytes", "貨貨貨", Limit(7, "utf8_bytes"), ["貨貨", "貨"]),
    ("UTF-16 units", "😀😀😀", Limit(5, "utf16_units"), ["😀😀", "😀"]),
]


@pytest.mark.parametrize(("label", "text", "limit", "parts"), CASES, ids=[case[0] for case in CASES])
def test_a_text_is_cut(label: str, text: str, limit: Limit, parts: list[str]) -> None:
    assert split(text, limit) == parts


def test_a_limit_below_one_character_is_an_error() -> None:
    with pytest.raises(ValueError):
        split("貨", Limit(2, "utf8_bytes"))


PIECES = st.sampled_from(
    ["a", "B ", "\n", "\n\n", "貨", "。", "e\u0301", FAMILY, "🇭🇰", "\u200d", "\r\n", f"{LINK} ", "a" * 35, "\u0600"]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=120).map("".join))
LIMITS = st.builds(Limit, st.integers(40, 90), st.sampled_from(["characters", "utf8_bytes", "utf16_units"]))


@given(TEXTS, LIMITS)
def test_parts_fit_and_are_the_whole_text(text: str, limit: Limit) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < length(part, limit.unit) <= limit.n for part in parts)


@given(TEXTS, LIMITS)
def test_no_cut_within_a_cluster_or_a_link_that_fits(text: str, limit: Limit) -> None:
    cut = 0
    cuts = [cut := cut + len(part) for part in split(text, limit)][:-1]
    whole = [match.span() for match in regex.finditer(r"\X", text)]
    whole += [match.span() for match in regex.finditer(regex.escape(LINK), text)]
    for start, end in whole:
        fits = length(text[start:end], limit.unit) <= limit.n
        assert not (fits and any(start < cut < end for cut in cuts))
