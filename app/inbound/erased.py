"""People who were erased: what they wrote before is not taken in again, and what they had opted out of is known when they come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from app.contacts.service import digest_of
from app.ids import uuid7
from app.inbound.arrivals import Item
from app.inbound.work import Group, Work
from channels.contract import (
    ConsentChanged,
    IdentityChanged,
    MessageEchoed,
    MessageReceived,
    Person,
    ReachabilityChanged,
    WatermarkMoved,
    WindowOpened,
)

FRESH = timedelta(seconds=30)
"""Events younger than this are not from before an erasure, as good as ever; so the busy way in asks nothing."""

_ERASED = "SELECT digest, erased_at FROM erased_key WHERE digest = ANY($1::bytea[])"
_OPT_OUTS = "SELECT digest, withdrawn FROM erased_key WHERE digest = ANY($1::bytea[]) AND withdrawn <> '{}'"
_WITHDRAW = """
INSERT INTO consent (id, contact_id, purpose, channel, granted, source, occurred_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::timestamptz[])
"""


async def leave_out_erased(work: Work, group: Group) -> None:
    """Drop the events that show a person as of before the person was erased."""
    old = {
        id(item): _digests(work, item, person)
        for item in group.items
        if item.event.occurred_at < work.now - FRESH and (person := _person(item)) is not None
    }
    if not old:
        return
    wanted = {digest for digests in old.values() for digest in digests}
    rows = await work.uow.conn.fetch(_ERASED, sorted(wanted))
    erased_at = {row["digest"]: row["erased_at"] for row in rows}
    if erased_at:
        group.items = [
            item
            for item in group.items
            if not any(
                erased_at.get(digest, item.event.occurred_at) > item.event.occurred_at
                for digest in old.get(id(item), ())
            )
        ]


async def recall_opt_outs(work: Work, items: Sequence[Item]) -> None:
    """Note for new contacts what they had opted out of before they were erased."""
    new: dict[bytes, UUID] = {}
    for index, one in work.claims.items():
        if one.found.contact_is_new:
            for digest in _digests(work, items[index], one.person):
                new[digest] = one.found.contact_id
    if not new:
        return
    rows = await work.uow.conn.fetch(_OPT_OUTS, sorted(new))
    known = sorted({(new[row["digest"]], purpose) for row in rows for purpose in row["withdrawn"]})
    if known:
        contacts, purposes = zip(*known, strict=True)
        n = len(known)
        await work.uow.conn.execute(
            _WITHDRAW,
            *(
                [uuid7() for _ in known],
                list(contacts),
                list(purposes),
                [""] * n,
                [False] * n,
                ["erased"] * n,
                [work.now] * n,
            ),
        )


def _digests(work: Work, item: Item, person: Person) -> Sequence[bytes]:
    scopes = item.account.scopes
    return [digest_of(work.runtime.vault, scopes[key.scope], key.kind, key.value) for key in person.keys]


def _person(item: Item) -> Person | None:
    match item.event:
        case MessageReceived(sender=person) | MessageEchoed(recipient=person) | IdentityChanged(before=person):
            return person
        case WindowOpened(person=person) | ConsentChanged(person=person) | WatermarkMoved(person=person):
            return person
        case ReachabilityChanged(person=person):
            return person
    return None
