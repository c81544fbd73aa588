"""Who events speak of: persons as payloads show them, and the identities with contacts that their keys lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.channel_accounts.directory import AccountView
from app.contacts.service import current_spelling, spellings
from app.ids import uuid7
from channels.contract import Json, Person

KeyName = tuple[UUID, str, str, str]
"""channel account, scope, kind, value: the primary key of identity_key."""

WORLD = "world"


class Raced(Exception):
    """Another transaction made the same rows first; begin anew."""


@dataclass(slots=True, eq=False)
class Party:
    """One identity with its contact. `conversation_id` is None while it has no thread.

    `is_blocked`: what the person writes is kept, but calls nobody.
    """

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
    is_blocked: bool = False
    keys: set[KeyName] = field(default_factory=set)
    source: Json = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Claim:
    """A person as one event shows them. `same`: all these keys are one person by the platform's word, whatever we believed.

    `source` is where somebody new comes from.
    """

    account: AccountView
    person: Person
    keys: tuple[KeyName, ...]
    same: bool = False
    party: Party | None = None
    source: Json = field(default_factory=dict)

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


def claim(account: AccountView, person: Person, *, also: Person | None = None, source: Json | None = None) -> Claim:
    """Name a person's keys as this account's rows do. With `also`, both persons are one (a changed number)."""
    keys = [*person.keys, *(also.keys if also else ())]
    names = tuple(dict.fromkeys((account.id, account.scopes[key.scope], key.kind, key.value) for key in keys))
    return Claim(account, also or person, names, same=also is not None, source=source or {})


class Book:
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
        self.alike: set[UUID] = set()
        """Contacts that bear a key which another contact bears too."""

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
        party.source = party.source or one.source
        one.party = party

    def _show_as(self, party: Party, one: Claim) -> None:
        """Show the new keys of a person who changed number or id; a phone number that an agent typed stays."""
        phones = {spelled for _, _, kind, value in one.keys if kind == "phone" for spelled in spellings(f"+{value}")}
        party.external_id = one.person.keys[0].value
        new_phone = next((current_spelling(f"+{key.value}") for key in one.person.keys if key.kind == "phone"), None)
        if new_phone and (party.phone is None or party.phone in phones):
            party.phone = new_phone
        if not party.is_new:
            self.renamed[party.identity_id] = party

    def _newcomer(self, one: Claim) -> Party:
        person = one.person
        phone = next((current_spelling(f"+{value}") for _, _, kind, value in one.keys if kind == "phone"), None)
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


def _rename(book: Book, party: Party, person: Person) -> None:
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


def is_shared(name: KeyName) -> bool:
    """Is the key more than one account's own?"""
    return name[1] != str(name[0])
