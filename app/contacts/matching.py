"""Who else a contact may be: found by equal keys when keys appear, for many contacts at once.

Equal keys that platforms vouch for join two contacts by themselves. What somebody typed (a phone number, an e-mail address) is
only suggested. What a person dismissed is neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import orjson

from app.contacts.dismissals import is_dismissed
from app.contacts.merging import Pair, merge_contacts
from app.contacts.phones import spellings
from app.contacts.telling import announce_contact
from app.db import UnitOfWork
from app.errors import Conflict
from app.ids import uuid7s
from app.runtime import Runtime

AT_ONCE = 200
MOST_BEARERS = 5
"""A number or address that more contacts bear than this is an office's or a family's, and says nothing."""
WORLD, PHONE = "world", "phone"

Name = tuple[str, str, str]
"""scope, kind, value of a key. What was typed has no scope."""


@dataclass(slots=True)
class Facts:
    """What is known of one contact: keys that platforms vouch for, and what somebody typed."""

    vouched: set[Name] = field(default_factory=set)
    typed: set[tuple[str, str]] = field(default_factory=set)

    def contradicts(self, other: Facts) -> bool:
        """Does a platform name both, by different ids of one kind? Then it says that they are two people."""
        ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        for scope, kind, value in self.vouched:
            ids[scope, kind].add(value)
        theirs: dict[tuple[str, str], set[str]] = defaultdict(set)
        for scope, kind, value in other.vouched:
            theirs[scope, kind].add(value)
        return any(
            scope != WORLD and not ids[scope, kind] & theirs[scope, kind] for scope, kind in ids.keys() & theirs.keys()
        )


@dataclass(frozen=True, slots=True)
class Match:
    """Two contacts with what they share: code → value. `certain`: platforms vouch for it."""

    one_id: UUID
    other_id: UUID
    evidence: Mapping[str, str]
    certain: bool


async def match_contacts(runtime: Runtime) -> None:
    """Answer the requests: join what is certain, suggest the rest."""
    while True:
        async with runtime.database.begin() as uow:
            asked = await _take_requests(uow)
            matches = await find_matches(uow.conn, asked)
            await _suggest(uow, asked, [match for match in matches if not match.certain])
        for match in matches:
            if match.certain:
                await _join(runtime, match)
        if len(asked) < AT_ONCE:
            return


_TAKE = f"""
DELETE FROM match_request WHERE contact_id IN (
    SELECT contact_id FROM match_request ORDER BY requested_at, contact_id LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED
) RETURNING contact_id
"""
_LIVING = """
SELECT DISTINCT p.id FROM contact g JOIN contact p ON p.id = coalesce(g.merged_into_id, g.id)
WHERE g.id = ANY($1::uuid[]) AND p.archived_at IS NULL ORDER BY p.id
"""


async def _take_requests(uow: UnitOfWork) -> list[UUID]:
    taken = [row["contact_id"] for row in await uow.conn.fetch(_TAKE)]
    return [row["id"] for row in await uow.conn.fetch(_LIVING, taken)]


_FACTS = """
SELECT p.id, p.phone, p.email,
    (SELECT array_agg(DISTINCT ARRAY[k.scope, k.kind, k.value]) FROM identity i JOIN identity_key k ON k.identity_id = i.id
        WHERE i.contact_id = p.id AND i.merged_into_id IS NULL AND k.scope <> k.channel_account_id::text) AS keys
FROM contact p WHERE p.id = ANY($1::uuid[])
"""
_BEARERS = """
SELECT DISTINCT w.number, p.id FROM (
    SELECT w.number, k.contact_id FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS w(number, scope, kind, value)
    JOIN contact_key k USING (scope, kind, value)
    UNION ALL
    SELECT w.number, c.id FROM unnest($1::int[], $3::text[], $4::text[]) AS w(number, kind, value)
    JOIN contact c ON w.kind = 'phone' AND c.phone = '+' || w.value
    UNION ALL
    SELECT w.number, c.id FROM unnest($1::int[], $3::text[], $4::text[]) AS w(number, kind, value)
    JOIN contact c ON w.kind = 'email' AND c.email = w.value
) AS w JOIN contact g ON g.id = w.contact_id JOIN contact p ON p.id = coalesce(g.merged_into_id, g.id)
WHERE p.archived_at IS NULL
"""


async def find_matches(conn: asyncpg.Connection, contact_ids: Sequence[UUID]) -> list[Match]:
    """Return each contact of `contact_ids` paired with those that share a key with it, each pair once."""
    asked = await _facts(conn, contact_ids)
    wanted = sorted({name for facts in asked.values() for name in _names(facts)})
    bearers: dict[Name, set[UUID]] = defaultdict(set)
    for row in await conn.fetch(_BEARERS, range(len(wanted)), *_columns(wanted)):
        bearers[wanted[row["number"]]].add(row["id"])
    pairs = {
        (min(one, other), max(one, other))
        for one, facts in asked.items()
        for name in _names(facts)
        for other in bearers[name] - {one}
        if len(bearers[name]) <= MOST_BEARERS
    }
    facts = asked | await _facts(conn, {contact_id for pair in pairs for contact_id in pair} - asked.keys())
    return [match for pair in sorted(pairs) if (match := _match(*pair, facts)) is not None]


def _columns(names: Sequence[Name]) -> tuple[list[str], ...]:
    return [name[0] for name in names], [name[1] for name in names], [name[2] for name in names]


async def _facts(conn: asyncpg.Connection, contact_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    found: dict[UUID, Facts] = {}
    for row in await conn.fetch(_FACTS, list(contact_ids)):
        typed = {(kind, row[kind]) for kind in ("phone", "email") if row[kind]}
        found[row["id"]] = Facts({(key[0], key[1], key[2]) for key in row["keys"] or ()}, typed)
    return found


def _names(facts: Facts) -> set[Name]:
    """Return the keys to look for: phone numbers in every spelling, and without the plus as platforms write them."""
    phones = _phones(facts)
    return (
        facts.vouched
        | {(WORLD, PHONE, digits) for digits in phones}
        | {("", kind, value) for kind, value in facts.typed if kind == "email"}
    )


def _phones(facts: Facts) -> set[str]:
    """Return the digits of a contact's telephones, in every spelling."""
    numbers = {f"+{value}" for scope, kind, value in facts.vouched if (scope, kind) == (WORLD, PHONE)}
    numbers |= {value for kind, value in facts.typed if kind == PHONE}
    return {spelled[1:] for number in numbers for spelled in spellings(number)}


def _match(one_id: UUID, other_id: UUID, facts: Mapping[UUID, Facts]) -> Match | None:
    """Return what two contacts share; None when nothing, or only a telephone that went from one person to another."""
    one, other = facts[one_id], facts[other_id]
    two_people = one.contradicts(other)
    shared = one.vouched & other.vouched
    if two_people:
        shared = {name for name in shared if name[0] != WORLD}
    evidence = {f"same_{kind}": value if kind == PHONE else "" for _, kind, value in sorted(shared)}
    if emails := _typed(one, "email") & _typed(other, "email"):
        evidence["same_email"] = min(emails)
    if not two_people and (phones := _phones(one) & _phones(other)):
        evidence["same_phone"] = f"+{min(phones, key=lambda digits: (not _is_current(digits), digits))}"
    return Match(one_id, other_id, evidence, bool(shared)) if evidence else None


def _typed(facts: Facts, wanted: str) -> set[str]:
    return {value for kind, value in facts.typed if kind == wanted}


def _is_current(digits: str) -> bool:
    return spellings(f"+{digits}")[0] == f"+{digits}"


_DISMISSED = """
SELECT s.one_id, s.other_id, coalesce(a.merged_into_id, a.id) AS one_now, coalesce(b.merged_into_id, b.id) AS other_now
FROM contact_suggestion s JOIN contact a ON a.id = s.one_id JOIN contact b ON b.id = s.other_id
WHERE s.dismissed_at IS NOT NULL AND (s.one_id IN (SELECT id FROM contact WHERE id = ANY($1) OR merged_into_id = ANY($1))
    OR s.other_id IN (SELECT id FROM contact WHERE id = ANY($1) OR merged_into_id = ANY($1)))
"""
_SUGGEST = """
INSERT INTO contact_suggestion (id, one_id, other_id, evidence)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::jsonb[])
ON CONFLICT (one_id, other_id) DO UPDATE SET evidence = excluded.evidence
    WHERE contact_suggestion.dismissed_at IS NULL AND contact_suggestion.evidence <> excluded.evidence
RETURNING one_id, other_id
"""
_OUTDATED = """
DELETE FROM contact_suggestion s WHERE dismissed_at IS NULL AND (one_id = ANY($1::uuid[]) OR other_id = ANY($1::uuid[]))
    AND (one_id, other_id) NOT IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))
RETURNING one_id, other_id
"""


async def _suggest(uow: UnitOfWork, asked: Sequence[UUID], matches: Sequence[Match]) -> None:
    """Let the suggestions about `asked` be these, without those that a person dismissed."""
    rows = await uow.conn.fetch(_DISMISSED, list(asked))
    dismissed = {frozenset((row["one_now"], row["other_now"])) for row in rows}
    fresh = [match for match in matches if frozenset((match.one_id, match.other_id)) not in dismissed]
    ones, others = [match.one_id for match in fresh], [match.other_id for match in fresh]
    evidence = [orjson.dumps(match.evidence).decode() for match in fresh]
    changed = await uow.conn.fetch(_OUTDATED, list(asked), ones, others)
    changed += await uow.conn.fetch(_SUGGEST, uuid7s(len(fresh)), ones, others, evidence)
    for contact_id in sorted({row[side] for row in changed for side in ("one_id", "other_id")}):
        await announce_contact(uow, contact_id)


async def _join(runtime: Runtime, match: Match) -> None:
    """Join two contacts whose keys platforms vouch for, the younger into the older."""
    async with runtime.database.begin() as uow:
        if await is_dismissed(uow.conn, match.one_id, match.other_id):
            return
        rows = await uow.conn.fetch(
            "SELECT id FROM contact WHERE id = ANY($1::uuid[]) ORDER BY created_at, id", [match.one_id, match.other_id]
        )
        pair = Pair(rows[0]["id"], rows[1]["id"])
        reason = min(match.evidence, key=lambda code: (code == "same_phone", code))
        try:
            await merge_contacts(uow, pair, actor=None, reason=reason, evidence=match.evidence)
        except Conflict:  # merged by others meanwhile; that merge asked for matches anew
            return
