"""The rows of people: which keys the database knows, whose contacts they are, and the new ones that a group brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from app.contacts.service import spellings
from app.db import UnitOfWork
from app.folding import fold
from app.inbound.batch import Batch, Part, Row, as_json, insert, update
from app.inbound.parties import WORLD, Book, Claim, KeyName, Party, Raced, is_shared

_KNOWN = """
SELECT w.number, i.id, i.contact_id, i.external_id, i.name, i.username, i.created_at,
       p.name AS contact_name, p.named_by, p.language, p.phone, p.avatar_media_id, c.id AS conversation_id, p.blocked_at
FROM json_to_recordset($1::json) AS w(number int, channel_account_id uuid, scope text, kind text, value text)
CROSS JOIN LATERAL (
    SELECT identity_id FROM identity_key
    WHERE (channel_account_id, scope, kind, value) = (w.channel_account_id, w.scope, w.kind, w.value) OFFSET 0
) AS k
CROSS JOIN LATERAL (SELECT * FROM identity WHERE id = k.identity_id OFFSET 0) AS i
CROSS JOIN LATERAL (SELECT * FROM contact WHERE id = i.contact_id OFFSET 0) AS p
LEFT JOIN LATERAL (SELECT id FROM conversation WHERE identity_id = i.id OFFSET 0) AS c ON TRUE
"""
"""OFFSET 0 has each row looked up by its key. The plan is kept, and one that was made on small tables would read them whole."""


async def known_parties(uow: UnitOfWork, claims: Sequence[Claim]) -> dict[KeyName, Party]:
    """Return the parties that the claims' keys lead to now."""
    wanted = list({name: one.account for one in claims for name in one.keys}.items())
    asked = [
        {"number": number, "channel_account_id": account_id, "scope": scope, "kind": kind, "value": value}
        for number, ((account_id, scope, kind, value), _) in enumerate(wanted)
    ]
    parties: dict[UUID, Party] = {}
    known: dict[KeyName, Party] = {}
    for row in await uow.conn.fetch(_KNOWN, as_json(asked)):
        name, account = wanted[row[0]]
        party = parties.get(row[1])
        if party is None:
            party = parties[row[1]] = Party(
                identity_id=row[1],
                contact_id=row[2],
                account=account,
                external_id=row[3],
                name=row[4],
                username=row[5],
                created_at=row[6],
                contact_name=row[7],
                named_by=row[8],
                language=row[9],
                phone=row[10],
                avatar_media_id=row[11],
                conversation_id=row[12],
                is_blocked=row[13] is not None,
            )
        party.keys.add(name)
        known[name] = party
    return known


_ALL_KEYS = "SELECT identity_id, channel_account_id, scope, kind, value FROM identity_key WHERE identity_id = ANY($1)"


async def load_keys(uow: UnitOfWork, book: Book, claims: Iterable[Claim]) -> None:
    """Learn every key of the parties of `claims`, also those that the group does not name."""
    parties = {party.identity_id: party for one in claims for party in book.parties(one)}
    for row in await uow.conn.fetch(_ALL_KEYS, list(parties)):
        parties[row[0]].keys.add((row[1], row[2], row[3], row[4]))


_CONTACTS = """
SELECT w.scope, w.kind, w.value, p.id, p.name, p.named_by, p.language, p.phone, p.avatar_media_id, p.blocked_at, true AS keyed,
       true AS alone,
       (SELECT array_agg(ARRAY[o.scope, o.kind, o.value]) FROM contact_key o
        WHERE w.scope = 'world' AND o.scope <> 'world' AND o.contact_id IN (p.id, k.contact_id)) AS own_ids
FROM unnest($1::text[], $2::text[], $3::text[]) AS w(scope, kind, value)
JOIN contact_key k USING (scope, kind, value)
JOIN contact g ON g.id = k.contact_id
JOIN contact p ON p.id = coalesce(g.merged_into_id, g.id)
UNION ALL
SELECT 'world', 'phone', value, id, name, named_by, language, phone, avatar_media_id, blocked_at, false, bearers = 1, NULL
FROM (
    SELECT p.*, w.value, count(*) OVER (PARTITION BY w.value) AS bearers
    FROM unnest($4::text[], $5::text[]) AS w(value, spelling) JOIN contact p ON p.phone = w.spelling
    WHERE p.merged_into_id IS NULL AND p.archived_at IS NULL
) AS p
"""


async def find_contacts(uow: UnitOfWork, book: Book) -> None:
    """Join newcomers to the contacts that already bear one of their keys on another account, or, alone, their phone number.

    Whoever bears a key of another contact, and was not joined to it, is noted as alike.
    """
    wanted = sorted({name[1:] for name in book.added if is_shared(name)})
    found: dict[tuple[str, str, str], list[asyncpg.Record]] = {}
    if wanted:
        phones = [
            (value, spelling)
            for scope, kind, value in wanted
            if (scope, kind) == (WORLD, "phone")
            for spelling in spellings(f"+{value}")
        ]
        parameters = [*zip(*wanted, strict=True), *(zip(*phones, strict=True) if phones else ((), ()))]
        for row in await uow.conn.fetch(_CONTACTS, *parameters):
            found.setdefault((row[0], row[1], row[2]), []).append(row)
    book.keyed = {name for name, rows in found.items() if any(row["keyed"] for row in rows)}
    met: dict[tuple[str, str, str], Party] = {}
    for party, one in book.newcomers.values():
        shared = [name[1:] for name in one.keys if is_shared(name) and name not in book.moved]
        earlier = next((met[name] for name in shared if name in met), None)
        if earlier is not None:
            _join(party, earlier.contact_id, earlier)
        else:
            rows = [
                row for name in shared for row in found.get(name, ()) if row["alone"] and not _is_other(row, shared)
            ]
            if rows:
                _join_row(party, rows[0])
        for name in shared:
            met.setdefault(name, party)
    book.alike = {
        party.contact_id
        for name, party in book.added.items()
        if any(row["id"] != party.contact_id for row in found.get(name[1:], ()))
    }


def _join(party: Party, contact_id: UUID, like: Party) -> None:
    party.contact_id, party.contact_is_new = contact_id, False
    party.contact_name, party.named_by, party.language = like.contact_name, like.named_by, like.language
    party.phone, party.avatar_media_id, party.is_blocked = like.phone, like.avatar_media_id, like.is_blocked


def _join_row(party: Party, row: asyncpg.Record) -> None:
    party.contact_id, party.contact_is_new = row["id"], False
    party.contact_name, party.named_by, party.language = row["name"], row["named_by"], row["language"]
    party.phone, party.avatar_media_id = row["phone"], row["avatar_media_id"]
    party.is_blocked = row["blocked_at"] is not None


def _is_other(row: asyncpg.Record, keys: Sequence[tuple[str, str, str]]) -> bool:
    """Was the contact found by a phone number only, while the platform's own ids say it is somebody else?"""
    own = {(scope, kind): value for scope, kind, value in row["own_ids"] or ()}
    return any(own.get((scope, kind), value) != value for scope, kind, value in keys if scope != WORLD)


_IDENTITY_KEY = insert(
    "identity_key",
    {"channel_account_id": "uuid", "scope": "text", "kind": "text", "value": "text", "identity_id": "uuid"},
    conflict="ON CONFLICT DO NOTHING",
)
_CONTACT_KEY = insert(
    "contact_key",
    {"scope": "text", "kind": "text", "value": "text", "contact_id": "uuid"},
    conflict="ON CONFLICT DO NOTHING",
)
_CONTACT = insert(
    "contact",
    {
        "id": "uuid",
        "name": "text",
        "folded_name": "text",
        "phone": "text",
        "language": "text",
        "country": "text",
        "source": "jsonb",
    },
)
_IDENTITY = insert(
    "identity",
    {
        "id": "uuid",
        "channel_account_id": "uuid",
        "contact_id": "uuid",
        "external_id": "text",
        "name": "text",
        "username": "text",
    },
)
_MOVED_KEY = Part(
    """UPDATE identity_key k SET identity_id = r.identity_id FROM {rows}
    WHERE (k.channel_account_id, k.scope, k.kind, k.value) = (r.channel_account_id, r.scope, r.kind, r.value)""",
    _IDENTITY_KEY.columns,
)
_RENAMED_IDENTITY = update("identity", {"id": "uuid", "name": "text", "username": "text", "external_id": "text"})
_RENAMED_CONTACT = update(
    "contact", {"id": "uuid", "name": "text", "folded_name": "text", "phone": "text", "updated_at": "timestamptz"}
)

_REACHABILITY = Part(
    """UPDATE identity i SET unreachable_reason = r.unreachable_reason, reachability_at = r.reachability_at FROM {rows}
    WHERE i.id = r.id AND (i.reachability_at IS NULL OR i.reachability_at <= r.reachability_at)""",
    {"id": "uuid", "unreachable_reason": "text", "reachability_at": "timestamptz"},
)
"""A repeat of what was told before changes nothing any more."""


async def write_reachability(uow: UnitOfWork, reasons: Mapping[UUID, tuple[str | None, datetime]]) -> None:
    """Note why people, by identity, cannot be written to since when; None = they can."""
    batch = Batch(_REACHABILITY)
    for identity_id, (reason, at) in sorted(reasons.items()):
        batch.add(_REACHABILITY, {"id": identity_id, "unreachable_reason": reason, "reachability_at": at})
    await batch.write(uow.conn)


_LIVING = "SELECT id FROM contact WHERE id = ANY($1::uuid[]) AND merged_into_id IS NULL ORDER BY id FOR NO KEY UPDATE"


async def hold_contacts(uow: UnitOfWork, book: Book) -> None:
    """Lock the known contacts that the group adds to or changes, so that none is merged meanwhile. Raises Raced if one was."""
    known = {party.contact_id for party, _ in book.newcomers.values()} | {
        one.contact_id for one in book.renamed.values()
    }
    known |= {party.contact_id for merge in book.merges for party in (merge.stays, merge.goes)}
    known -= {party.contact_id for party, _ in book.newcomers.values() if party.contact_is_new}
    if known and len(await uow.conn.fetch(_LIVING, sorted(known))) < len(known):
        raise Raced


_HOLD = "SELECT id, contact_id FROM identity WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"


async def hold_identities(uow: UnitOfWork, parties: Iterable[Party]) -> None:
    """Lock the known identities that may get their first thread now. Raises Raced when a contact was merged meanwhile."""
    known = {one.identity_id: one for one in parties if one.conversation_id is None and not one.is_new}
    if known:
        rows = await uow.conn.fetch(_HOLD, sorted(known))
        if any(row["contact_id"] != known[row["id"]].contact_id for row in rows):
            raise Raced


async def write_people(uow: UnitOfWork, book: Book, now: datetime) -> None:
    """Write keys first, each kind in its order, then the rows they speak of. Raises Raced for a key that is no longer free."""
    batch = Batch(_IDENTITY_KEY, _CONTACT_KEY, _CONTACT, _IDENTITY, _MOVED_KEY, _RENAMED_IDENTITY, _RENAMED_CONTACT)
    people: dict[tuple[str, str, str], UUID] = {}
    for name, party in sorted(book.added.items()):
        batch.add(_IDENTITY_KEY, _key_row(name, party))
        if is_shared(name) and name[1:] not in book.keyed:
            people.setdefault(name[1:], party.contact_id)
    for (scope, kind, value), contact_id in sorted(people.items()):
        batch.add(_CONTACT_KEY, {"scope": scope, "kind": kind, "value": value, "contact_id": contact_id})
    for party, one in book.newcomers.values():
        if party.contact_is_new:
            more = {"country": one.person.country or None, "source": party.source}
            batch.add(_CONTACT, {**_contact_row(party), **more})
        batch.add(_IDENTITY, _identity_row(party))
    for name, party in sorted(book.moved.items()):
        batch.add(_MOVED_KEY, _key_row(name, party))
    for party in sorted(book.renamed.values(), key=lambda party: party.identity_id):
        batch.add(_RENAMED_IDENTITY, _identity_row(party))
    contacts = {party.contact_id: party for party in book.renamed.values()}
    for _, party in sorted(contacts.items()):
        batch.add(_RENAMED_CONTACT, {**_contact_row(party), "updated_at": now})
    written = await batch.write(uow.conn)
    if any(written.get(part, 0) != batch.count(part) for part in (_IDENTITY_KEY, _CONTACT_KEY)):
        raise Raced


def _key_row(name: KeyName, party: Party) -> Row:
    account, scope, kind, value = name
    return {
        "channel_account_id": account,
        "scope": scope,
        "kind": kind,
        "value": value,
        "identity_id": party.identity_id,
    }


def _contact_row(party: Party) -> Row:
    return {
        "id": party.contact_id,
        "name": party.contact_name,
        "folded_name": fold(party.contact_name),
        "phone": party.phone,
        "language": party.language,
    }


def _identity_row(party: Party) -> Row:
    return {
        "id": party.identity_id,
        "channel_account_id": party.account.id,
        "contact_id": party.contact_id,
        "external_id": party.external_id,
        "name": party.name,
        "username": party.username,
    }
