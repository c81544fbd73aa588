"""One verified delivery on its way into the database: what came, what it says, and for which accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from app.channel_accounts.directory import AccountView, Directory
from app.ids import uuid7
from channels.contract import (
    Delivery,
    HttpAnswer,
    InboundEvent,
    Opened,
    PayloadMalformed,
    Person,
    SignatureInvalid,
    Unrecognised,
)

_KEPT_HEADERS = ("content-type", "content-encoding")
_FORWARDED = ("x-forwarded", "x-real-ip", "x-request-id")


class Item(NamedTuple):
    """One event and the channel account whose rows it changes."""

    account: AccountView
    event: InboundEvent


@dataclass(slots=True, eq=False)
class Arrival:
    """A delivery whose origin is proven. `error` is the code of why (a part of) it could not be taken in; it is kept all the same.

    `awaited`: the platform's request is open, and takes `answer`, if there is one by then, back with the response.
    """

    account: AccountView
    delivery: Delivery
    items: list[Item]
    error: str | None = None
    awaited: Opened | None = None
    answer: HttpAnswer | None = None
    id: UUID = field(default_factory=uuid7)

    @property
    def whose(self) -> str:
        """Name one person whom the delivery speaks of, if any; else its account."""
        for item in self.items:
            person = getattr(item.event, "sender", None) or getattr(item.event, "recipient", None)
            person = person or getattr(item.event, "person", None)
            if isinstance(person, Person):
                return person.keys[0].value
        return str(self.account.id)

    @property
    def digest(self) -> bytes:
        return hashlib.blake2b(self.delivery.raw, digest_size=16).digest()

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that verifying again may need."""
        return {
            name: value
            for name, value in self.delivery.headers.items()
            if name in _KEPT_HEADERS or (name.startswith("x-") and not name.startswith(_FORWARDED))
        }


def read(account: AccountView, opened: Opened, directory: Directory) -> Arrival:
    """Parse a proven delivery. What nobody understands becomes an arrival with an error."""
    try:
        events = account.adapter.parse(opened)
    except PayloadMalformed:
        return Arrival(account, opened.delivery, [], error="payload_malformed")
    return Arrival(account, opened.delivery, list(_routed(account, opened.delivery, events, directory)))


def of_account(account: AccountView, events: Iterable[InboundEvent]) -> Iterable[Item]:
    """Give events that were fetched for an account to it; those of another, which nothing proves, are only noted."""
    for event in events:
        yield Item(account, event if event.account in ("", account.external_id) else _foreign(event))


def _routed(
    account: AccountView, delivery: Delivery, events: Iterable[InboundEvent], directory: Directory
) -> Iterable[Item]:
    """Give each event the account it names: the addressed one, or another whose secret proves this very delivery too."""
    others: dict[str, AccountView | None] = {}
    for event in events:
        name = event.account
        if not name or name == account.external_id:
            yield Item(account, event)
            continue
        if name not in others:
            others[name] = _proven(directory.by_external_id(account.channel, name), delivery)
        other = others[name]
        yield Item(account, _foreign(event)) if other is None else Item(other, event)


def _proven(other: AccountView | None, delivery: Delivery) -> AccountView | None:
    if other is None:
        return None
    try:
        other.adapter.open(delivery, other.credentials, delivery.received_at)
    except SignatureInvalid:
        return None
    return other


def _foreign(event: InboundEvent) -> Unrecognised:
    """Keep an event for an account that is not connected here, without what it says: it may be another business's."""
    external_id = getattr(event, "external_id", "")
    kind = type(event).__name__
    return Unrecognised(
        account="",
        occurred_at=event.occurred_at,
        event_key=f"foreign:{event.account}:{kind}:{external_id or event.event_key}",
        field="foreign_account",
        raw={"account": event.account, "kind": kind, "external_id": external_id},
    )
