"""Write a group of deliveries in one transaction of set-based statements.

Locks are taken in one order on every lane of every process: keys, conversations, messages, each sorted. So two groups
never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import asyncpg
import orjson

from app.conversations.present import reply_snippet
from app.db import UnitOfWork
from app.events import ConversationCreated, Event, record_all
from app.inbound import messages
from app.inbound.arrivals import Arrival, Item
from app.inbound.batch import Batch, insert
from app.inbound.messages import ATTACHMENT, MEDIA, MESSAGE, ExternalName, Line, add_lines
from app.inbound.parties import Claim, Raced, claim, settle
from app.inbound.threads import CHANGED_CONVERSATION, CONVERSATION, GRANT, REQUEST, Threads, add_threads
from app.secrets import Vault
from channels.contract import MessageEchoed, MessageReceived

T = TypeVar("T")

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


@dataclass(slots=True)
class Group:
    """What one transaction writes: the events of `items`, and the raw deliveries themselves."""

    items: Sequence[Item]
    deliveries: Sequence[Arrival] = ()


@dataclass(slots=True)
class _Work:
    """The group while it is written."""

    uow: UnitOfWork
    now: datetime
    vault: Vault
    claims: dict[int, Claim] = field(default_factory=dict)
    threads: Threads = field(default_factory=Threads)
    known: dict[ExternalName, asyncpg.Record] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


async def write_group(uow: UnitOfWork, group: Group, vault: Vault) -> bool:
    """Write `group`; nothing of it changes anything a second time. Return whether a conversation needs an owner now.

    Raises Raced when another transaction met the same new people or messages at the same moment: roll back, begin anew.
    """
    work = _Work(uow, datetime.now(UTC), vault)
    await _find_people(work, group.items)
    await work.threads.lock(uow, {one.found.identity_id: one.found for one in work.claims.values()}.values(), ())
    await _find_messages(work, group.items)
    for index, item in enumerate(group.items):
        _take(work, index, item)
    needs_owner = await _write(work, group.deliveries)
    await _announce(work)
    return needs_owner


async def _find_people(work: _Work, items: Sequence[Item]) -> None:
    for index, item in enumerate(items):
        match item.event:
            case MessageReceived(sender=person) | MessageEchoed(recipient=person):
                work.claims[index] = claim(item.account, person)
    await settle(work.uow, list(work.claims.values()))


_MESSAGES = """
SELECT m.id, m.channel_account_id, m.external_id, m.conversation_id, m.direction, m.kind, m.text, m.agent_id, m.deleted_at
FROM unnest($1::uuid[], $2::text[]) AS w(channel_account_id, external_id)
JOIN message m USING (channel_account_id, external_id)
"""


async def _find_messages(work: _Work, items: Sequence[Item]) -> None:
    """Find what the group names and the database has: its own messages, if it is a repeat, and those they answer.

    The conversations are locked: another transaction with the same messages has ended, or waits for this one.
    """
    wanted: dict[ExternalName, None] = {}
    for item in items:
        event = item.event
        if isinstance(event, MessageReceived | MessageEchoed):
            wanted[item.account.id, event.external_id] = None
            if event.reply_to:
                wanted[item.account.id, event.reply_to] = None
    if wanted:
        rows = await work.uow.conn.fetch(_MESSAGES, *zip(*wanted, strict=True))
        work.known = {(row["channel_account_id"], row["external_id"]): row for row in rows}


def _take(work: _Work, index: int, item: Item) -> None:
    """Do to the group's rows what one event says."""
    event, account = item.event, item.account
    if not isinstance(event, MessageReceived | MessageEchoed):
        return
    name = (account.id, event.external_id)
    if name in work.known:
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


async def _write(work: _Work, deliveries: Sequence[Arrival]) -> bool:
    batch = Batch(CONVERSATION, CHANGED_CONVERSATION, GRANT, REQUEST, MESSAGE, MEDIA, ATTACHMENT, DELIVERY)
    add_threads(batch, work.threads.all())
    add_lines(batch, work.lines, work.vault)
    for arrival in deliveries:
        batch.add(DELIVERY, *_delivery(arrival, work.vault))
    written = await batch.write(work.uow.conn)
    if any(written.get(part, 0) != batch.count(part) for part in (CONVERSATION, MESSAGE)):
        raise Raced
    for line in work.lines:
        for file in line.media:
            work.uow.enqueue("fetch_media", str(file["id"]))
    return batch.count(REQUEST) > 0


def _delivery(arrival: Arrival, vault: Vault) -> tuple[object, ...]:
    delivery = arrival.delivery
    return (
        arrival.id,
        delivery.received_at,
        arrival.account.id,
        arrival.digest,
        orjson.dumps(arrival.headers).decode(),
        delivery.query,
        vault.seal(delivery.raw),
        "failed" if arrival.error else "ingested",
        arrival.error,
    )


async def _announce(work: _Work) -> None:
    """Record the live events: a new conversation before its messages, these in the order in which they were taken."""
    events: list[Event] = [
        ConversationCreated(data=thread.whole(), conversation_id=thread.id, after=thread.scope)
        for thread in work.threads.all()
        if thread.is_new
    ]
    events += [line.created() for line in work.lines]
    await record_all(work.uow, events)
