"""Settle who a group speaks of: every claim gets its party, made where nobody knows the person.

The contacts that the group adds to are locked first. Keys are written in one order on every lane. A key that another
transaction wrote first means that somebody else met the same person at the same moment: the group begins anew and then finds
what the other made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.contacts.service import request_matches
from app.db import UnitOfWork
from app.inbound.parties import Book, Claim, Settled
from app.inbound.party_rows import find_contacts, hold_contacts, known_parties, load_keys, write_people


async def settle(uow: UnitOfWork, claims: Sequence[Claim], now: datetime) -> Settled:
    """Give every claim its party, making identities and contacts for those nobody knows. Raises Raced."""
    if not claims:
        return Settled()
    book = Book(await known_parties(uow, claims))
    doubtful = [one for one in claims if book.is_doubtful(one)]
    if doubtful:
        await load_keys(uow, book, doubtful)
    for one in claims:
        book.settle(one)
    for one in claims:
        while one.party is not None and (stays := book.replaced.get(one.party.identity_id)):
            one.party = stays
    if book.added:
        await find_contacts(uow, book)
    await hold_contacts(uow, book)
    await write_people(uow, book, now)
    await request_matches(uow, book.alike)
    return Settled(book.merges, book.renamed)
