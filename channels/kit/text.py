"""Cut long texts into parts that a platform takes, where a reader would."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import regex

from channels.contract import Limit

_LINK = re.compile(r"(?i)(?:https?://|www\.)[^\s<>\"，。！？、；：（）「」『』]+")
_CLUSTER = regex.compile(r"\X")
_PARAGRAPH_END, _LINE_END = re.compile(r"\n\s*\n"), re.compile(r"\n")
_SENTENCE_END, _WORD_END = re.compile(r"[.!?…]\s+|[。！？…]+"), re.compile(r"\s+|[，、；：]")


def length(text: str, unit: str) -> int:
    """Return how long a text is in a platform's unit: characters (code points), utf8_bytes or utf16_units."""
    if unit == "characters":
        return len(text)
    if unit == "utf8_bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: Limit) -> list[str]:
    """Return parts that each fit the limit and together are the text, white space included; [] for "".

    Cuts after a paragraph, a line, a sentence or a word, whichever comes first in the second half of what fits. Never inside a
    grapheme cluster or a link, unless that alone is over the limit. Raises ValueError for a limit that no single character fits.
    """
    if length(text, limit.unit) <= limit.n:
        return [text] if text else []
    cuts, parts, start = _Cuts.of(text, limit), [], 0
    while start < len(text):
        end = cuts.best(start)
        parts.append(text[start:end])
        start = end
    return parts


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Where a text may be cut. `used[i]` is the length of the first i characters; `preferred` from best to worst."""

    n: int
    used: Sequence[int]
    preferred: tuple[Sequence[int], ...]
    allowed: tuple[Sequence[int], ...]

    @classmethod
    def of(cls, text: str, limit: Limit) -> _Cuts:
        used = [0, *accumulate(length(char, limit.unit) for char in text)]
        clusters = [match.end() for match in _CLUSTER.finditer(text)]
        whole_links = _outside(clusters, [match.span() for match in _LINK.finditer(text)])
        good = frozenset(whole_links)
        preferred = tuple(
            [match.end() for match in pattern.finditer(text) if match.end() in good]
            for pattern in (_PARAGRAPH_END, _LINE_END, _SENTENCE_END, _WORD_END)
        )
        return cls(limit.n, used, preferred, (whole_links, clusters, range(1, len(text) + 1)))

    def best(self, start: int) -> int:
        fits = bisect_right(self.used, self.used[start] + self.n) - 1
        if fits == len(self.used) - 1:
            return fits
        half = bisect_right(self.used, self.used[start] + self.n // 2) - 1
        for cuts in self.preferred:
            if (cut := _last(cuts, fits)) > max(half, start):
                return cut
        for cuts in self.allowed:
            if (cut := _last(cuts, fits)) > start:
                return cut
        raise ValueError(f"a limit of {self.n} is less than one character")


def _last(cuts: Sequence[int], fits: int) -> int:
    """Return the last cut up to `fits`, 0 for none."""
    index = bisect_right(cuts, fits)
    return cuts[index - 1] if index else 0


def _outside(cuts: Iterable[int], spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return the cuts that do not fall inside a span. Both are sorted."""
    found, remaining = [], iter(spans)
    span = next(remaining, None)
    for cut in cuts:
        while span and span[1] <= cut:
            span = next(remaining, None)
        if not (span and span[0] < cut):
            found.append(cut)
    return found
