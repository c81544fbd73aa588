"""Who a group of deliveries speaks of: keys → identity → contact, found or made, the same on every process.

Keys are written in one order on every lane. A key that another transaction wrote first means that somebody else met the
same person at the same moment: the group begins anew and then finds what the other made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.folding import fold
from app.ids import uuid7
from app.inbound.batch import Batch, Part, Row, insert, update
from channels.contract import Person

KeyName = tuple[UUID, str, str, str]
"""channel account, scope, kind, value: the primary key of identity_key."""

WORLD = "world"


class Raced(Exception):
    """Another transaction made the same rows first; begin anew."""


@dataclass(slots=True, eq=False)
class Party:
    """One identity with its contact. `conversation_id` is None while it has no thread."""

    identity_id: UUID
    contact_id: UUID
    account: AccountView
    external_id: str
    name: str
    username: str
    contact_name: str
    named_by: str
    language: str | None
    phone: str | None
    avatar_media_id: UUID | None = None
    conversation_id: UUID | None = None
    created_at: datetime | None = None
    is_new: bool = False
    contact_is_new: bool = False
    keys: set[KeyName] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Claim:
    """A person as one event shows them. `same`: all these keys are one person by the platform's word, whatever we believed."""

    account: AccountView
    person: Person
    keys: tuple[KeyName, ...]
    same: bool = False
    party: Party | None = None

    @property
    def found(self) -> Party:
        assert self.party is not None, "claims are settled before they are used"
        return self.party


@dataclass(frozen=True, slots=True)
class Merge:
    """Two identities on one account turned out to be one: the older stays."""

    stays: Party
    goes: Party


@dataclass(slots=True)
class Settled:
    """What settling found out beside the parties: merges, and parties whose shown names changed."""

    merges: list[Merge] = field(default_factory=list)
    renamed: dict[UUID, Party] = field(default_factory=dict)


def claim(account: AccountView, person: Person, *, also: Person | None = None) -> Claim:
    """Name a person's keys as this account's rows do. With `also`, both persons are one (a changed number)."""
    keys = [*person.keys, *(also.keys if also else ())]
    names = tuple(dict.fromkeys((account.id, account.scopes[key.scope], key.kind, key.value) for key in keys))
    return Claim(account, also or person, names, same=also is not None)


async def settle(uow: UnitOfWork, claims: Sequence[Claim], now: datetime) -> Settled:
    """Give every claim its party, making identities and contacts for those nobody knows. Raises Raced."""
    if not claims:
        return Settled()
    book = _Book(await _known(uow, claims))
    doubtful = [one for one in claims if book.is_doubtful(one)]
    if doubtful:
        await _load_keys(uow, book, doubtful)
    for one in claims:
        book.settle(one)
    for one in claims:
        while one.party is not None and (stays := book.replaced.get(one.party.identity_id)):
            one.party = stays
    if book.added:
        await _find_contacts(uow, book)
    await _write(uow, book, now)
    return Settled(book.merges, book.renamed)


class _Book:
    """Keys → parties of this group: what the database knows, overlaid with what the group adds, in the events' order."""

    def __init__(self, known: dict[KeyName, Party]) -> None:
        self.known = known
        self.added: dict[KeyName, Party] = {}
        self.moved: dict[KeyName, Party] = {}
        self.newcomers: dict[UUID, tuple[Party, Claim]] = {}
        self.keyed: set[tuple[str, str, str]] = set()
        self.merges: list[Merge] = []
        self.replaced: dict[UUID, Party] = {}
        self.renamed: dict[UUID, Party] = {}

    def is_doubtful(self, one: Claim) -> bool:
        """True when the keys do not simply lead to one party, so that all keys of the parties matter."""
        found = {id(party) for name in one.keys if (party := self.known.get(name))}
        return len(found) > 1 or (len(found) == 1 and one.keys[0] not in self.known)

    def parties(self, one: Claim) -> list[Party]:
        return list(dict.fromkeys(party for name in one.keys if (party := self.known.get(name))))

    def settle(self, one: Claim) -> None:
        found = self.parties(one)
        if not one.same:
            found = [party for party in found if not _contradicts(party, one.keys)]
        party = min(found, key=_age) if found else self._newcomer(one)
        for other in found:
            if other is not party:
                self._merge(party, other)
        for name in one.keys:
            self._give(name, party)
        if one.same:
            self._show_as(party, one)
        _rename(self, party, one.person)
        one.party = party

    def _show_as(self, party: Party, one: Claim) -> None:
        """Show the new keys of a person who changed number or id; a phone number that an agent typed stays."""
        phones = {f"+{value}" for _, _, kind, value in one.keys if kind == "phone"}
        party.external_id = one.person.keys[0].value
        new_phone = next((f"+{key.value}" for key in one.person.keys if key.kind == "phone"), None)
        if new_phone and (party.phone is None or party.phone in phones):
            party.phone = new_phone
        if not party.is_new:
            self.renamed[party.identity_id] = party

    def _newcomer(self, one: Claim) -> Party:
        person = one.person
        phone = next((f"+{value}" for _, _, kind, value in one.keys if kind == "phone"), None)
        party = Party(
            identity_id=uuid7(),
            contact_id=uuid7(),
            account=one.account,
            external_id=one.keys[0][3],
            name=person.name,
            username=person.username,
            contact_name=person.name or person.username,
            named_by="platform",
            language=person.language or None,
            phone=phone,
            is_new=True,
            contact_is_new=True,
        )
        self.newcomers[party.identity_id] = (party, one)
        return party

    def _merge(self, stays: Party, goes: Party) -> None:
        self.replaced[goes.identity_id] = stays
        for name in goes.keys | {name for name, party in self.known.items() if party is goes}:
            self._give(name, stays)
        if goes.is_new:
            del self.newcomers[goes.identity_id]
        else:
            self.merges.append(Merge(stays, goes))

    def _give(self, name: KeyName, party: Party) -> None:
        owner = self.known.get(name)
        if owner is party:
            return
        if owner is None or name in self.added:
            self.added[name] = party
        else:
            self.moved[name] = party
        self.known[name] = party
        party.keys.add(name)
        if owner is not None:
            owner.keys.discard(name)


def _contradicts(party: Party, keys: Iterable[KeyName]) -> bool:
    """Does the party bear another value of one of the platform's own ids? Phone numbers go from person to person; those do not."""
    for account, scope, kind, value in keys:
        if scope == WORLD or (account, scope, kind, value) in party.keys:
            continue
        if any(key[:3] == (account, scope, kind) for key in party.keys):
            return True
    return False


def _age(party: Party) -> tuple[bool, datetime | None, UUID]:
    return party.is_new, party.created_at if not party.is_new else None, party.identity_id


def _rename(book: _Book, party: Party, person: Person) -> None:
    """Take over a changed profile name or username; a name that a person gave the contact stays."""
    if party.is_new:
        return
    name, username = person.name or party.name, person.username or party.username
    if (name, username) == (party.name, party.username):
        return
    if party.named_by == "platform" and name:
        party.contact_name = name
    party.name, party.username = name, username
    book.renamed[party.identity_id] = party


_KNOWN = """
SELECT k.channel_account_id, k.scope, k.kind, k.value, i.id, i.contact_id, i.external_id, i.name, i.username, i.created_at,
       p.name AS contact_name, p.named_by, p.language, p.phone, p.avatar_media_id, c.id AS conversation_id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS w(channel_account_id, scope, kind, value)
JOIN identity_key k USING (channel_account_id, scope, kind, value)
JOIN identity i ON i.id = k.identity_id
JOIN contact p ON p.id = i.contact_id
LEFT JOIN conversation c ON c.identity_id = i.id
"""


async def _known(uow: UnitOfWork, claims: Sequence[Claim]) -> dict[KeyName, Party]:
    """Return the parties that the claims' keys lead to now."""
    wanted = {name: one.account for one in claims for name in one.keys}
    parties: dict[UUID, Party] = {}
    known: dict[KeyName, Party] = {}
    for row in await uow.conn.fetch(_KNOWN, *zip(*wanted, strict=True)):
        name: KeyName = (row[0], row[1], row[2], row[3])
        party = parties.get(row[4])
        if party is None:
            party = parties[row[4]] = Party(
                identity_id=row[4],
                contact_id=row[5],
                account=wanted[name],
                external_id=row[6],
                name=row[7],
                username=row[8],
                created_at=row[9],
                contact_name=row[10],
                named_by=row[11],
                language=row[12],
                phone=row[13],
                avatar_media_id=row[14],
                conversation_id=row[15],
            )
        party.keys.add(name)
        known[name] = party
    return known


_ALL_KEYS = "SELECT identity_id, channel_account_id, scope, kind, value FROM identity_key WHERE identity_id = ANY($1)"


async def _load_keys(uow: UnitOfWork, book: _Book, claims: Iterable[Claim]) -> None:
    """Learn every key of the parties of `claims`, also those that the group does not name."""
    parties = {party.identity_id: party for one in claims for party in book.parties(one)}
    for row in await uow.conn.fetch(_ALL_KEYS, list(parties)):
        parties[row[0]].keys.add((row[1], row[2], row[3], row[4]))


_CONTACTS = """
SELECT w.scope, w.kind, w.value, p.id, p.name, p.named_by, p.language, p.phone, p.avatar_media_id, true AS keyed,
       (SELECT array_agg(ARRAY[o.scope, o.kind, o.value]) FROM contact_key o
        WHERE w.scope = 'world' AND o.scope <> 'world' AND o.contact_id = k.contact_id) AS own_ids
FROM unnest($1::text[], $2::text[], $3::text[]) AS w(scope, kind, value)
JOIN contact_key k USING (scope, kind, value)
JOIN contact g ON g.id = k.contact_id
JOIN contact p ON p.id = coalesce(g.merged_into_id, g.id)
UNION ALL
SELECT 'world', 'phone', substr(phone, 2), id, name, named_by, language, phone, avatar_media_id, false, NULL
FROM (
    SELECT *, count(*) OVER (PARTITION BY phone) AS bearers
    FROM contact WHERE phone = ANY($4) AND merged_into_id IS NULL AND archived_at IS NULL
) AS p
WHERE bearers = 1
"""


async def _find_contacts(uow: UnitOfWork, book: _Book) -> None:
    """Join newcomers to the contacts that already bear one of their keys on another account, or, alone, their phone number."""
    wanted = sorted({name[1:] for name in book.added if _is_shared(name)})
    found: dict[tuple[str, str, str], asyncpg.Record] = {}
    if wanted:
        phones = [f"+{value}" for scope, kind, value in wanted if kind == "phone" and scope == WORLD]
        for row in await uow.conn.fetch(_CONTACTS, *zip(*wanted, strict=True), phones):
            found.setdefault((row[0], row[1], row[2]), row)
    book.keyed = {name for name, row in found.items() if row["keyed"]}
    met: dict[tuple[str, str, str], Party] = {}
    for party, one in book.newcomers.values():
        shared = [name[1:] for name in one.keys if _is_shared(name) and name not in book.moved]
        earlier = next((met[name] for name in shared if name in met), None)
        if earlier is not None:
            _join(party, earlier.contact_id, earlier)
        else:
            row = next((found[name] for name in shared if name in found and not _is_other(found[name], shared)), None)
            if row is not None:
                _join_row(party, row)
        for name in shared:
            met.setdefault(name, party)


def _join(party: Party, contact_id: UUID, like: Party) -> None:
    party.contact_id, party.contact_is_new = contact_id, False
    party.contact_name, party.named_by, party.language = like.contact_name, like.named_by, like.language
    party.phone, party.avatar_media_id = like.phone, like.avatar_media_id


def _join_row(party: Party, row: asyncpg.Record) -> None:
    party.contact_id, party.contact_is_new = row["id"], False
    party.contact_name, party.named_by, party.language = row["name"], row["named_by"], row["language"]
    party.phone, party.avatar_media_id = row["phone"], row["avatar_media_id"]


def _is_other(row: asyncpg.Record, keys: Sequence[tuple[str, str, str]]) -> bool:
    """Was the contact found by a phone number only, while the platform's own ids say it is somebody else?"""
    own = {(scope, kind): value for scope, kind, value in row["own_ids"] or ()}
    return any(own.get((scope, kind), value) != value for scope, kind, value in keys if scope != WORLD)


def _is_shared(name: KeyName) -> bool:
    """Is the key more than one account's own?"""
    return name[1] != str(name[0])


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

REACHABILITY = update("identity", {"id": "uuid", "unreachable_reason": "text"})
"""Why a person cannot be written to, None = they can."""


async def _write(uow: UnitOfWork, book: _Book, now: datetime) -> None:
    """Write keys first, each kind in its order, then the rows they speak of. Raises Raced for a key that is no longer free."""
    batch = Batch(_IDENTITY_KEY, _CONTACT_KEY, _CONTACT, _IDENTITY, _MOVED_KEY, _RENAMED_IDENTITY, _RENAMED_CONTACT)
    people: dict[tuple[str, str, str], UUID] = {}
    for name, party in sorted(book.added.items()):
        batch.add(_IDENTITY_KEY, _key_row(name, party))
        if _is_shared(name) and name[1:] not in book.keyed:
            people.setdefault(name[1:], party.contact_id)
    for (scope, kind, value), contact_id in sorted(people.items()):
        batch.add(_CONTACT_KEY, {"scope": scope, "kind": kind, "value": value, "contact_id": contact_id})
    for party, one in book.newcomers.values():
        if party.contact_is_new:
            batch.add(_CONTACT, {**_contact_row(party), "country": one.person.country or None})
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
