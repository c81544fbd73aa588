"""Search: contact names and phones, and message texts by words (Latin) and 2-grams (Han). Its index follows the live events."""

from __future__ import annotations

import re

from app.folding import fold
from app.where import Where

MOST_HITS = 500
"""Newest messages that a search looks at; the list then shows their conversations."""
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


def narrow(where: Where, q: str) -> None:
    """Add the condition that a conversation's contact or one of its messages matches `q`."""
    matches = [f"c.contact_id IN (SELECT p.id FROM contact p WHERE {contact_condition(where, q)})"]
    message = _message_match(where, q)
    if message:
        matches.append(message)
    where.add(" OR ".join(matches))


def contact_condition(where: Where, q: str) -> str:
    """Return the condition that a contact's name or phone, in the table alias `p`, matches `q`."""
    folded = fold(q)
    literal = folded.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    if len(folded) == 1:
        name = f"p.folded_name LIKE {where.param(literal)}"
    else:
        grams_of_name = f"bigrams(p.folded_name) @> bigrams({where.param(folded)})"
        name = f"{grams_of_name} AND p.folded_name LIKE {where.param('%' + literal)}"
    digits = _DIGITS.sub("", q)
    if len(digits) < 4:
        return name
    grams_of_phone = f"bigrams(p.phone) @> bigrams({where.param(digits)})"
    return f"({name}) OR ({grams_of_phone} AND p.phone LIKE {where.param(f'%{digits}%')})"


def _message_match(where: Where, q: str) -> str:
    conditions = []
    if found := [word for word in words(q) if len(word) >= 3]:
        query = " & ".join(f"'{word}':*" for word in found)
        conditions.append(f"s.words @@ {where.param(query)}::tsquery")
    if found := grams(q):
        conditions.append(f"s.grams @> {where.param(found)}::text[]")
    if not conditions:
        return ""
    return f"""c.id IN (SELECT hit.conversation_id FROM (SELECT s.conversation_id FROM message_search s
        WHERE {" AND ".join(conditions)} ORDER BY s.at DESC LIMIT {MOST_HITS}) AS hit)"""
