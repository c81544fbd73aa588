"""Find what a group speaks of, and lock it: people, conversations, messages, in this order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from app.inbound.arrivals import Item
from app.inbound.merges import merge_identities
from app.inbound.messages import ExternalName
from app.inbound.parties import KeyName, claim
from app.inbound.party_rows import hold_identities, write_reachability
from app.inbound.people import settle
from app.inbound.work import Group, Work
from app.outbound.service import StatusUpdate, conversations_of, failure_json
from channels.contract import (
    ConsentChanged,
    ControlChanged,
    IdentityChanged,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    ReachabilityChanged,
    ReactionChanged,
    StatusChanged,
    WatermarkMoved,
    WindowOpened,
)


async def find_people(work: Work, items: Sequence[Item]) -> None:
    """Give every event that shows a person its identity and contact, made where nobody knows them.

    The echo of a message of ours is that message's person, by whatever id it names them: the echo of a private reply to a comment
    may come before the answer that tells us the commenter's other id.
    """
    addressed = await _addressed(work, items)
    for index, item in enumerate(items):
        match item.event:
            case MessageReceived(sender=person, body=body):
                work.claims[index] = claim(item.account, person, source=body.content.get("referral"))
            case WindowOpened(person=person, params=params):
                work.claims[index] = claim(item.account, person, source=params.get("referral"))
            case MessageEchoed(recipient=person, callback=callback):
                one = work.claims[index] = claim(item.account, person)
                one.keys = (*one.keys, *addressed.get((item.account.id, callback), ()))
            case ConsentChanged(person=person) | WatermarkMoved(person=person):
                work.claims[index] = claim(item.account, person)
            case ReachabilityChanged(person=person) | ControlChanged(person=person):
                work.claims[index] = claim(item.account, person)
            case IdentityChanged(before=before, after=after):
                work.claims[index] = claim(item.account, before, also=after)
    work.settled = await settle(work.uow, list(work.claims.values()), work.now)


_ADDRESSED = """
SELECT m.channel_account_id, m.id, k.scope, k.kind, k.value FROM message m JOIN conversation c ON c.id = m.conversation_id
JOIN identity_key k ON k.identity_id = c.identity_id AND k.channel_account_id = m.channel_account_id
WHERE m.id = ANY($1::uuid[])
"""


async def _addressed(work: Work, items: Sequence[Item]) -> dict[tuple[UUID, str], list[KeyName]]:
    """Return the keys of whom each echoed message of ours was written to, by (channel account, callback)."""
    callbacks = {item.event.callback for item in items if isinstance(item.event, MessageEchoed)}
    ours = [found for callback in callbacks if (found := message_of(callback))]
    keys: dict[tuple[UUID, str], list[KeyName]] = defaultdict(list)
    for row in await work.uow.conn.fetch(_ADDRESSED, ours) if ours else ():
        keys[row["channel_account_id"], str(row["id"])].append(
            (row["channel_account_id"], row["scope"], row["kind"], row["value"])
        )
    return keys


def message_of(callback: str) -> UUID | None:
    """Return our message id that travelled with a message; None for what others put there."""
    try:
        return UUID(callback) if callback else None
    except ValueError:
        return None


_CONVERSATIONS = """
SELECT DISTINCT m.conversation_id FROM unnest($1::uuid[], $2::text[]) AS w(channel_account_id, external_id)
JOIN message m USING (channel_account_id, external_id)
"""


async def lock_threads(work: Work, items: Sequence[Item]) -> None:
    """Lock every conversation that the group may change, in one order; then make the merges that settling found."""
    for item in items:
        if isinstance(item.event, StatusChanged):
            work.statuses.append(_status(item, item.event))
    others: set[UUID] = set()
    if work.statuses:
        others |= await conversations_of(work.uow, work.statuses)
    if targets := {name: None for item in items if (name := _target(item))}:
        rows = await work.uow.conn.fetch(_CONVERSATIONS, *zip(*targets, strict=True))
        others |= {row[0] for row in rows}
    parties = {one.found.identity_id: one.found for one in work.claims.values()}
    for merge in work.settled.merges:
        parties[merge.goes.identity_id] = merge.goes
    await work.threads.lock(work.uow, parties.values(), others)
    await hold_identities(work.uow, parties.values())
    await _write_reachability(work, items)
    for merge in work.settled.merges:
        await merge_identities(work.uow, merge, work.threads, work.now)


async def _write_reachability(work: Work, items: Sequence[Item]) -> None:
    reachable = {
        work.claims[index].found.identity_id: (
            None if item.event.reachable else item.event.code,
            item.event.occurred_at,
        )
        for index, item in enumerate(items)
        if isinstance(item.event, ReachabilityChanged)
    }
    await write_reachability(work.uow, reachable)


_MESSAGES = """
SELECT m.id, m.channel_account_id, m.external_id, m.conversation_id, m.direction, m.kind, m.text, m.agent_id, m.deleted_at
FROM unnest($1::uuid[], $2::text[]) AS w(channel_account_id, external_id)
JOIN message m USING (channel_account_id, external_id)
"""


async def find_messages(work: Work, group: Group) -> None:
    """Find what the group speaks of and the database has. The conversations are locked: other transactions with it wait, or have ended."""
    wanted: dict[ExternalName, None] = {}
    for item in group.items:
        for external_id in _names(item, repeats=group.repeats):
            wanted[item.account.id, external_id] = None
    if wanted:
        rows = await work.uow.conn.fetch(_MESSAGES, *zip(*wanted, strict=True))
        work.known = {(row["channel_account_id"], row["external_id"]): row for row in rows}


def name_of_line(event: WindowOpened | IdentityChanged | ConsentChanged | ReachabilityChanged | ControlChanged) -> str:
    """Name the system line of an event, so that a repeat is known."""
    if isinstance(event, ConsentChanged):
        return f"consent:{event.event_key}"
    if isinstance(event, ReachabilityChanged):
        return f"reachability:{event.event_key}"
    if isinstance(event, ControlChanged):
        return f"control:{event.event_key}"
    return event.external_id or f"{type(event).__name__}:{event.occurred_at.isoformat()}:{event.event_key}"


def _names(item: Item, *, repeats: bool) -> Iterable[str]:
    """Return the platform's ids of messages that an event speaks of; that of a new message only where it may be a repeat."""
    match item.event:
        case MessageReceived(external_id=name, reply_to=reply_to):
            return (*((name,) if repeats else ()), *((reply_to,) if reply_to else ()))
        case MessageEchoed(external_id=name, reply_to=reply_to):
            return (name, reply_to) if reply_to else (name,)
        case ReactionChanged(target=name) | MessageEdited(target=name) | MessageDeleted(target=name):
            return (name,)
        case WindowOpened() | IdentityChanged() | ConsentChanged() | ReachabilityChanged() | ControlChanged() as event:
            return (name_of_line(event),)
    return ()


def _target(item: Item) -> ExternalName | None:
    match item.event:
        case ReactionChanged(target=target) | MessageEdited(target=target) | MessageDeleted(target=target):
            return item.account.id, target
    return None


def _status(item: Item, event: StatusChanged) -> StatusUpdate:
    failure = event.failure
    return StatusUpdate(
        channel_account_id=item.account.id,
        external_id=event.external_id,
        status=event.status,
        occurred_at=event.occurred_at,
        callback=event.callback,
        error=failure_json(failure.code, external_code=failure.external_code, said=failure.text) if failure else None,
        pricing=event.pricing or None,
    )
