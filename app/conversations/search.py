"""Search: contact names and phones, and message texts by words (Latin) and 2-grams (Han). Its index follows the live events."""

from __future__ import annotations

import re

from app.folding import fold
from app.where import Where

MOST_HITS = 500
"""Newest messages that a search looks at; the list then shows their conversations."""
MOST_CONTACTS = 500
"""Contacts that a search looks at by name, and as many by phone: four digits of a country's prefix fit a third of all."""
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
    """Add the condition that a conversation's contact or one of its messages matches `q`.

    Candidates first, by their indexes, each kind bounded: a condition with OR would look at every conversation.
    """
    contacts = " UNION ALL ".join(
        f"(SELECT p.id FROM contact p WHERE {condition} LIMIT {MOST_CONTACTS})"
        for condition in _contact_conditions(where, q)
    )
    matches = [f"SELECT k.id FROM conversation k WHERE k.contact_id IN ({contacts})"]
    if message := _message_match(where, q):
        matches.append(message)
    where.add(f"c.id IN ({' UNION ALL '.join(matches)})")


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


def _message_match(where: Where, q: str) -> str:
    conditions = []
    if found := [word for word in words(q) if len(word) >= 3]:
        query = " & ".join(f"'{word}':*" for word in found)
        conditions.append(f"s.words @@ {where.param(query)}::tsquery")
    if found := grams(q):
        conditions.append(f"s.grams @> {where.param(found)}::text[]")
    if not conditions:
        return ""
    return f"""(SELECT s.conversation_id FROM message_search s
        WHERE {" AND ".join(conditions)} ORDER BY s.at DESC LIMIT {MOST_HITS})"""
