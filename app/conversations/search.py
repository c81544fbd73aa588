"""What is searched and how it matches: names and phones of contacts, texts of messages by words (Latin) and 2-grams (Han)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from app.folding import fold
from app.ids import time_of
from app.months import month_of
from app.where import Where

MOST_CONTACTS = 500
"""Contacts that a search looks at by name, and as many by phone: four digits of a country's prefix fit a third of all."""
SHORTEST_WORD = 3
EXCERPT_LENGTH = 160
_BEFORE_MATCH = 40
_HAN = "㐀-鿿豈-﫿぀-ヿ가-힯"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_WORD = re.compile(rf"[^\W_{_HAN}]+")
_DIGITS = re.compile(r"\D+")


def words(text: str) -> list[str]:
    """Return the words of a text that are not Han, folded."""
    return _WORD.findall(fold(text))


def grams(text: str) -> list[str]:
    """Return the 2-grams of a text's Han runs, and single characters that stand alone, each once, sorted."""
    found: set[str] = set()
    for run in _HAN_RUN.findall(fold(text)):
        found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return sorted(found)


def search_month(message_id: UUID) -> date:
    """Return the month in which a message is searched: that in which it came to us."""
    return month_of(time_of(message_id).date())


def contact_ids(where: Where, q: str) -> str:
    """Return a query of the contacts that match `q`: by their indexes, each kind bounded; with OR it would look at every contact."""
    return " UNION ALL ".join(
        f"(SELECT p.id FROM contact p WHERE {condition} LIMIT {MOST_CONTACTS})"
        for condition in _contact_conditions(where, q)
    )


def contact_condition(where: Where, q: str) -> str:
    """Return the condition that a contact's name or phone, in the table alias `p`, matches `q`."""
    return " OR ".join(f"({condition})" for condition in _contact_conditions(where, q))


def _contact_conditions(where: Where, q: str) -> list[str]:
    """Return the conditions on the name and, for four digits and more, on the phone. The cheap test stands first."""
    folded = fold(q)
    literal = folded.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    if len(folded) == 1:
        conditions = [f"p.folded_name LIKE {where.param(literal)}"]
    else:
        name = where.param("%" + literal)
        conditions = [f"p.folded_name LIKE {name} AND bigrams(p.folded_name) @> bigrams({where.param(folded)})"]
    digits = _DIGITS.sub("", q)
    if len(digits) >= 4:
        phone = where.param(f"%{digits}%")
        conditions.append(f"p.phone LIKE {phone} AND bigrams(p.phone) @> bigrams({where.param(digits)})")
    return conditions


def message_condition(where: Where, q: str) -> str | None:
    """Return the condition that a row `s` of message_search matches `q`; None for a text that no message is searched for."""
    conditions = []
    if found := _long_words(q):
        query = " & ".join(f"'{word}':*" for word in found)
        conditions.append(f"s.words @@ {where.param(query)}::tsquery")
    if found := grams(q):
        conditions.append(f"s.grams @> {where.param(found)}::text[]")
    return " AND ".join(conditions) or None


def _long_words(q: str) -> list[str]:
    return [word for word in words(q) if len(word) >= SHORTEST_WORD]


def excerpt(text: str, q: str) -> tuple[str, list[list[int]]]:
    """Return the part of a text around the first match of `q`, and where the matches stand in it, as [begin, end) in characters."""
    line = re.sub(r"\s", " ", text)
    marks = _joined(sorted(_marks(line, q)))
    start = _start_of_excerpt(line, marks[0][0] if marks else 0)
    end = min(len(line), start + EXCERPT_LENGTH)
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    inside = [[begin + shift, min(stop, end) + shift] for begin, stop in marks if start <= begin < end]
    return before + line[start:end] + after, inside


def _start_of_excerpt(line: str, first: int) -> int:
    """Return where to begin so that the match is in sight: at a space, where there is one near."""
    if first <= _BEFORE_MATCH * 2:
        return 0
    at = first - _BEFORE_MATCH
    space = line.find(" ", at, first)
    return space + 1 if space >= 0 else at


def _marks(line: str, q: str) -> Iterator[tuple[int, int]]:
    folded, places = _fold_in_place(line)
    for word in _WORD.finditer(folded):
        longest = max((len(term) for term in _long_words(q) if word[0].startswith(term)), default=0)
        if longest:
            yield places[word.start()], places[word.start() + longest - 1] + 1
    for gram in grams(q):
        at = folded.find(gram)
        while at >= 0:
            yield places[at], places[at + len(gram) - 1] + 1
            at = folded.find(gram, at + 1)


def _fold_in_place(line: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the place of the one that it came from."""
    pieces: list[str] = []
    places: list[int] = []
    for at, char in enumerate(line):
        bare = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
        piece = unicodedata.normalize("NFC", bare).casefold()
        pieces.append(piece)
        places.extend([at] * len(piece))
    return "".join(pieces), places


def _joined(marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted marks with those that touch made one."""
    joined: list[tuple[int, int]] = []
    for begin, end in marks:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
