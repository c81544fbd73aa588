"""Write a group of deliveries in one transaction of set-based statements.

Locks are taken in one order on every lane of every process: accounts, keys, conversations, messages, each sorted. So two
groups never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from app.assignment.service import assign_soon
from app.conversations.present import reply_snippet
from app.db import UnitOfWork
from app.events import COLUMNS, ConversationCreated, ConversationUpdated, Event, row_of
from app.inbound import messages
from app.inbound.arrivals import Arrival, Item
from app.inbound.batch import Batch, Row, insert
from app.inbound.changes import ADOPTED, CHANGE, change_row, changed_among, show_changes
from app.inbound.consents import CONSENT, consent_row
from app.inbound.merges import merge_identities
from app.inbound.messages import ATTACHMENT, MEDIA, MESSAGE, ExternalName, Line, add_lines
from app.inbound.parties import REACHABILITY, Claim, Raced, Settled, claim, settle
from app.inbound.platform_events import HEALTH, KINDS, PLATFORM_EVENT, health_rows, platform_event_row
from app.inbound.threads import (
    CHANGED_CONVERSATION,
    CONVERSATION,
    GRANT,
    REQUEST,
    Thread,
    Threads,
    add_threads,
    close_grants,
)
from app.outbound.service import StatusUpdate, announce, apply_statuses, conversations_of, settle_echo
from app.runtime import Runtime
from channels.contract import (
    AccountChanged,
    ConsentChanged,
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

DELIVERY = insert(
    "delivery",
    {
        "id": "uuid",
        "received_at": "timestamptz",
        "channel_account_id": "uuid",
        "digest": "bytea",
        "headers": "jsonb",
        "query": "text",
        "body": "bytea",
        "state": "text",
        "error": "text",
    },
    conflict="ON CONFLICT DO NOTHING",
)
EVENT = insert("event", COLUMNS)
_PARTS = (
    *(CONVERSATION, CHANGED_CONVERSATION, GRANT, REQUEST, MESSAGE, MEDIA, ATTACHMENT, CHANGE, CONSENT, PLATFORM_EVENT),
    *(ADOPTED, DELIVERY, EVENT),
)


@dataclass(slots=True)
class Group:
    """What one transaction writes: the events of `items`, and the raw deliveries themselves."""

    items: Sequence[Item]
    deliveries: Sequence[Arrival] = ()


@dataclass(slots=True)
class _Work:
    """The group while it is written. `known` holds messages by the platform's name: the database's, then also the group's."""

    uow: UnitOfWork
    runtime: Runtime
    now: datetime
    batch: Batch
    claims: dict[int, Claim] = field(default_factory=dict)
    settled: Settled = field(default_factory=Settled)
    threads: Threads = field(default_factory=Threads)
    known: dict[ExternalName, asyncpg.Record | Row] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    statuses: list[StatusUpdate] = field(default_factory=list)
    changed: set[UUID] = field(default_factory=set)
    ours: set[int] = field(default_factory=set)
    adopted: bool = False


async def write_group(uow: UnitOfWork, group: Group, runtime: Runtime) -> None:
    """Write `group`; nothing of it changes anything a second time.

    Raises Raced when another transaction met the same new people or messages at the same moment: roll back, begin anew.
    """
    work = _Work(uow, runtime, datetime.now(UTC), Batch(*_PARTS))
    await _write_health(work, group.items)
    await _find_people(work, group.items)
    await _write_reachability(work, group.items)
    await _lock_threads(work, group.items)
    await _find_messages(work, group.items)
    await _settle_echoes(work, group.items)
    for index, item in enumerate(group.items):
        _take(work, index, item)
    for item in group.items:
        _take_change(work, item)
    await _write(work, group.deliveries)
    await _follow_up(work)


async def _write_health(work: _Work, items: Sequence[Item]) -> None:
    """Note what platforms told of their accounts. First, because accounts are locked first."""
    told = Batch(HEALTH)
    for row in health_rows((item.account, item.event) for item in items if isinstance(item.event, AccountChanged)):
        told.add(HEALTH, row)
    await told.write(work.uow.conn)


async def _find_people(work: _Work, items: Sequence[Item]) -> None:
    for index, item in enumerate(items):
        match item.event:
            case MessageReceived(sender=person) | MessageEchoed(recipient=person):
                work.claims[index] = claim(item.account, person)
            case WindowOpened(person=person) | ConsentChanged(person=person) | WatermarkMoved(person=person):
                work.claims[index] = claim(item.account, person)
            case ReachabilityChanged(person=person):
                work.claims[index] = claim(item.account, person)
            case IdentityChanged(before=before, after=after):
                work.claims[index] = claim(item.account, before, also=after)
    work.settled = await settle(work.uow, list(work.claims.values()), work.now)


async def _write_reachability(work: _Work, items: Sequence[Item]) -> None:
    """Note who can be written to. Here, because the rows of people are locked before conversations."""
    told = {
        work.claims[index].found.identity_id: None if item.event.reachable else item.event.code
        for index, item in enumerate(items)
        if isinstance(item.event, ReachabilityChanged)
    }
    changed = Batch(REACHABILITY)
    for identity_id, reason in sorted(told.items()):
        changed.add(REACHABILITY, {"id": identity_id, "unreachable_reason": reason})
    await changed.write(work.uow.conn)


_CONVERSATIONS = """
SELECT DISTINCT m.conversation_id FROM unnest($1::uuid[], $2::text[]) AS w(channel_account_id, external_id)
JOIN message m USING (channel_account_id, external_id)
"""


async def _lock_threads(work: _Work, items: Sequence[Item]) -> None:
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
    for merge in work.settled.merges:
        await merge_identities(work.uow, merge, work.threads, work.now)


_MESSAGES = """
SELECT m.id, m.channel_account_id, m.external_id, m.conversation_id, m.direction, m.kind, m.text, m.agent_id, m.deleted_at
FROM unnest($1::uuid[], $2::text[]) AS w(channel_account_id, external_id)
JOIN message m USING (channel_account_id, external_id)
"""


async def _find_messages(work: _Work, items: Sequence[Item]) -> None:
    """Find what the group names and the database has: its own messages, if it is a repeat, and those they speak of.

    The conversations are locked: another transaction with the same messages has ended, or waits for this one.
    """
    wanted: dict[ExternalName, None] = {}
    for item in items:
        for external_id in _names(item):
            wanted[item.account.id, external_id] = None
    if wanted:
        rows = await work.uow.conn.fetch(_MESSAGES, *zip(*wanted, strict=True))
        work.known = {(row["channel_account_id"], row["external_id"]): row for row in rows}


async def _settle_echoes(work: _Work, items: Sequence[Item]) -> None:
    """Find the echoes of messages that we are sending this very moment: they are no new rows."""
    for index, item in enumerate(items):
        event = item.event
        if not isinstance(event, MessageEchoed) or (item.account.id, event.external_id) in work.known:
            continue
        thread = work.threads.get(work.claims[index].found.conversation_id)
        if thread is None or event.historical:
            continue
        found = await settle_echo(
            work.uow,
            channel_account_id=item.account.id,
            conversation_id=thread.id,
            external_id=event.external_id,
            callback=_message_id(event.callback),
            kind=event.body.kind,
            text=event.body.text,
            occurred_at=event.occurred_at,
        )
        if found is not None:
            work.ours.add(index)
            thread.row["last_message"] = await work.uow.conn.fetchval(
                "SELECT last_message FROM conversation WHERE id = $1", thread.id
            )


def _take(work: _Work, index: int, item: Item) -> None:
    """Do to the group's rows what one event says."""
    match item.event:
        case MessageReceived() | MessageEchoed():
            _take_message(work, index, item, item.event)
        case WindowOpened() as event:
            thread = work.threads.of(work.claims[index].found, work.now, status="closed")
            thread.open_windows(item.account, event.opened_by, event.occurred_at)
            _add_activity(work, index, item, event.code, dict(event.params), _name_of_line(event))
        case IdentityChanged() as event:
            params = {"code": event.code, "before": event.before.keys[0].value, "after": event.after.keys[0].value}
            _add_activity(work, index, item, "identity_changed", params, _name_of_line(event))
        case ConsentChanged() as event:
            work.batch.add(CONSENT, consent_row(item.account, event, work.claims[index].found))
            said = {"purpose": event.purpose, "granted": event.granted, "source": event.source}
            _add_activity(work, index, item, "consent_changed", said, _name_of_line(event))
        case WatermarkMoved() as event:
            if (read := _thread_of(work, index)) is not None:
                read.move_watermark(event.status, event.until)
        case ReachabilityChanged() as event:
            work.batch.add(PLATFORM_EVENT, platform_event_row(item.account, event))
            if (lost := _thread_of(work, index)) is not None and not event.reachable:
                lost.close_windows(event.occurred_at)
                _add_activity(work, index, item, "reachability_changed", {"code": event.code}, _name_of_line(event))
        case event if type(event) in KINDS:
            work.batch.add(PLATFORM_EVENT, platform_event_row(item.account, event))


def _take_message(work: _Work, index: int, item: Item, event: MessageReceived | MessageEchoed) -> None:
    account, name = item.account, (item.account.id, event.external_id)
    if name in work.known or index in work.ours:
        return
    party = work.claims[index].found
    if isinstance(event, MessageReceived):
        thread = work.threads.of(party, work.now, status="closed" if event.historical else "open")
        lines = messages.received(thread, account, event, work.now)
    else:
        thread = work.threads.of(party, work.now, status="closed")
        lines = [messages.echoed(thread, account, event, work.now)]
    line = lines[-1]
    target = work.known.get((account.id, event.reply_to)) if event.reply_to else None
    if target is not None:
        line.row["reply_to_id"], line.reply_to = target["id"], reply_snippet(target)
    work.known[name] = line.row
    work.lines += lines


def _take_change(work: _Work, item: Item) -> None:
    """Put a reaction, edit or deletion on its message, once all messages of the group are taken."""
    event = item.event
    if not isinstance(event, ReactionChanged | MessageEdited | MessageDeleted):
        return
    target = work.known.get((item.account.id, event.target))
    work.batch.add(CHANGE, change_row(item.account, event, target["id"] if target else None))
    if target is None:
        return
    work.changed.add(target["id"])
    thread = work.threads.get(target["conversation_id"])
    if isinstance(event, ReactionChanged) and event.emoji and not event.ours and thread is not None:
        thread.open_windows(item.account, "reaction", event.occurred_at)


def _add_activity(work: _Work, index: int, item: Item, code: str, params: Row, external_id: str) -> None:
    """Add a system line to the person's thread, if there is one. The platform's id of the event tells a repeat."""
    thread = _thread_of(work, index)
    name = (item.account.id, external_id)
    if thread is None or name in work.known:
        return
    line = messages.activity(thread, code, params, item.event.occurred_at, work.now, external_id=external_id)
    work.known[name] = line.row
    work.lines.append(line)


def _thread_of(work: _Work, index: int) -> Thread | None:
    return work.threads.get(work.claims[index].found.conversation_id)


async def _write(work: _Work, deliveries: Sequence[Arrival]) -> None:
    """Write all rows with one statement: what is counted was unknown before, or another transaction was first."""
    batch = work.batch
    await close_grants(work.uow, work.threads.all())
    add_threads(batch, work.threads.all())
    add_lines(batch, work.lines, work.runtime.vault)
    for arrival in deliveries:
        batch.add(DELIVERY, _delivery(arrival, work.runtime))
    for event in _events(work):
        batch.add(EVENT, row_of(event))
    written = await batch.write(work.uow.conn)
    if any(written.get(part, 0) != batch.count(part) for part in (CONVERSATION, MESSAGE)):
        raise Raced
    work.adopted = bool(written.get(ADOPTED))
    work.uow.released.events |= bool(batch.count(EVENT))
    for line in work.lines:
        for file in line.media:
            work.uow.enqueue("fetch_media", str(file["id"]))
    for identity_id in _nameless(work):
        work.uow.enqueue("fetch_profile", str(identity_id))
    if batch.count(REQUEST):
        work.uow.after_commit(lambda: _assign(work.runtime))


def _nameless(work: _Work) -> set[UUID]:
    """Return who wrote without a name, on accounts that tell it when asked."""
    parties = [line.thread.party for line in work.lines if line.row["direction"] == "inbound"]
    return {one.identity_id for one in parties if one and not one.name and one.account.capabilities.profiles}


async def _assign(runtime: Runtime) -> None:
    assign_soon(runtime)


async def _follow_up(work: _Work) -> None:
    """Do what needs the rows of this group in place: changes on their messages, ticks, watermarks."""
    if work.adopted:
        work.changed |= await changed_among(work.uow, [line.row["id"] for line in work.lines])
    if work.changed:
        await show_changes(work.uow, work.changed)
        await announce(work.uow, sorted(work.changed))
    for thread in work.threads.all():
        if thread.watermarked:
            work.statuses += await _below_watermark(work, thread)
    await apply_statuses(work.uow, work.statuses)


_BELOW = """
SELECT channel_account_id, external_id FROM message
WHERE conversation_id = $1 AND direction = 'outbound' AND external_id IS NOT NULL AND position_at <= $2
  AND status IN ('sent', 'unknown', 'sending', 'delivered') AND (status <> 'delivered' OR $3 = 'read')
"""


async def _below_watermark(work: _Work, thread: Thread) -> list[StatusUpdate]:
    """Return a tick for every message of ours that a watermark of the thread covers."""
    ticks: list[StatusUpdate] = []
    for status, until in thread.watermarked.items():
        ticks += [
            StatusUpdate(channel_account_id=row[0], external_id=row[1], status=status, occurred_at=until)
            for row in await work.uow.conn.fetch(_BELOW, thread.id, until, status)
        ]
    return ticks


def _delivery(arrival: Arrival, runtime: Runtime) -> Row:
    delivery = arrival.delivery
    return {
        "id": arrival.id,
        "received_at": delivery.received_at,
        "channel_account_id": arrival.account.id,
        "digest": "\\x" + arrival.digest.hex(),
        "headers": arrival.headers,
        "query": delivery.query,
        "body": "\\x" + runtime.vault.seal(delivery.raw).hex(),
        "state": "failed" if arrival.error else "ingested",
        "error": arrival.error,
    }


def _events(work: _Work) -> Iterator[Event]:
    """Yield the live events: conversations before their messages, these in the order in which they were taken."""
    renamed = {party.conversation_id for party in work.settled.renamed.values()}
    for thread in work.threads.all():
        scope = thread.scope
        if thread.is_new:
            yield ConversationCreated(data=thread.whole(), conversation_id=thread.id, after=scope)
        elif thread.announced or thread.id in renamed:
            data = {**thread.patch(), **thread.contact()}
            yield ConversationUpdated(data=data, conversation_id=thread.id, before=scope, after=scope)
    for line in work.lines:
        yield line.created()


def _status(item: Item, event: StatusChanged) -> StatusUpdate:
    failure = event.failure
    return StatusUpdate(
        channel_account_id=item.account.id,
        external_id=event.external_id,
        status=event.status,
        occurred_at=event.occurred_at,
        callback=event.callback,
        error={"code": failure.code, "external_code": failure.external_code, "text": failure.text} if failure else None,
        pricing=event.pricing or None,
    )


def _names(item: Item) -> Iterable[str]:
    """Return the platform's ids of messages that an event speaks of."""
    match item.event:
        case MessageReceived(external_id=name, reply_to=reply_to) | MessageEchoed(external_id=name, reply_to=reply_to):
            return (name, reply_to) if reply_to else (name,)
        case ReactionChanged(target=name) | MessageEdited(target=name) | MessageDeleted(target=name):
            return (name,)
        case WindowOpened() | IdentityChanged() | ConsentChanged() | ReachabilityChanged() as event:
            return (_name_of_line(event),)
    return ()


def _name_of_line(event: WindowOpened | IdentityChanged | ConsentChanged | ReachabilityChanged) -> str:
    """Name the system line of an event, so that a repeat is known."""
    if isinstance(event, ConsentChanged):
        return f"consent:{event.event_key}"
    if isinstance(event, ReachabilityChanged):
        return f"reachability:{event.event_key}"
    return event.external_id or f"{type(event).__name__}:{event.occurred_at.isoformat()}:{event.event_key}"


def _target(item: Item) -> ExternalName | None:
    match item.event:
        case ReactionChanged(target=target) | MessageEdited(target=target) | MessageDeleted(target=target):
            return item.account.id, target
    return None


def _message_id(callback: str) -> UUID | None:
    try:
        return UUID(callback) if callback else None
    except ValueError:
        return None
