"""Write a group of deliveries in one transaction of set-based statements.

Locks are taken in one order on every lane of every process: accounts, keys, conversations, messages, each sorted. So two
groups never wait for each other in a ring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from app.assignment.service import assign_soon
from app.db import UnitOfWork
from app.events import COLUMNS, ConversationCreated, ConversationUpdated, Event, row_of
from app.hosted.codes import claim_codes, codes_in
from app.inbound.announcements import note_announced
from app.inbound.answers import PASSIVE_ANSWER, answer_all
from app.inbound.arrivals import Arrival, Item
from app.inbound.batch import Batch, Row, insert
from app.inbound.changes import ADOPTED, CHANGE, changed_among, show_changes
from app.inbound.consents import CONSENT
from app.inbound.erased import leave_out_erased, recall_opt_outs
from app.inbound.find import find_messages, find_people, lock_threads
from app.inbound.messages import ATTACHMENT, MEDIA, MESSAGE, add_lines
from app.inbound.parties import Raced
from app.inbound.platform_events import HEALTH, PLATFORM_EVENT, health_rows
from app.inbound.take import settle_echoes, take, take_change
from app.inbound.threads import CHANGED_CONVERSATION, CONVERSATION, GRANT, REQUEST, Thread, add_threads, close_grants
from app.inbound.work import Group, Work
from app.outbound.service import StatusUpdate, announce, apply_statuses
from app.runtime import Runtime
from app.templates.sync import apply_changes
from channels.contract import AccountChanged, TemplateChanged

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
    *(ADOPTED, DELIVERY, PASSIVE_ANSWER, EVENT),
)
_BREATH = 50
"""Events taken in one go: between, the process serves its sockets."""


async def write_group(uow: UnitOfWork, group: Group, runtime: Runtime) -> None:
    """Write `group`; nothing of it changes anything a second time.

    Raises Raced when another transaction met the same new people or messages at the same moment: roll back, begin anew.
    """
    work = Work(uow, runtime, datetime.now(UTC), Batch(*_PARTS))
    if group.first is not None:
        await group.first(uow)
    await leave_out_erased(work, group)
    await note_announced(uow, group.items)
    await _write_health(work, group.items)
    await find_people(work, group.items)
    await lock_threads(work, group.items)
    await find_messages(work, group)
    await settle_echoes(work, group.items)
    for index, item in enumerate(group.items):
        if index % _BREATH == _BREATH - 1:
            await asyncio.sleep(0)
        take(work, index, item)
    for item in group.items:
        take_change(work, item)
    await answer_all(work, group.deliveries)
    await _write(work, group.deliveries)
    await recall_opt_outs(work, group.items)
    await _follow_up(work)


async def _write_health(work: Work, items: Sequence[Item]) -> None:
    """Note what platforms told of their accounts and templates. First, because accounts are locked first."""
    told = Batch(HEALTH)
    for row in health_rows((item.account, item.event) for item in items if isinstance(item.event, AccountChanged)):
        told.add(HEALTH, row)
    await told.write(work.uow.conn)
    templates = [(item.account, item.event) for item in items if isinstance(item.event, TemplateChanged)]
    if templates:
        await apply_changes(work.uow, templates)


async def _write(work: Work, deliveries: Sequence[Arrival]) -> None:
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
    for identity_id in sorted(_nameless(work)):
        work.uow.enqueue("fetch_profile", str(identity_id))
    if batch.count(REQUEST):
        work.uow.after_commit(lambda: _assign(work.runtime))


def _nameless(work: Work) -> set[UUID]:
    """Return who wrote, or came, without a name, on accounts that tell it when asked."""
    parties = [line.thread.party for line in work.lines if line.row["direction"] == "inbound" or line.thread.is_new]
    return {one.identity_id for one in parties if one and not one.name and one.account.capabilities.profiles}


async def _assign(runtime: Runtime) -> None:
    assign_soon(runtime)


async def _follow_up(work: Work) -> None:
    """Do what needs the rows of this group in place: changes on their messages, ticks, watermarks, codes that join people."""
    if said := _codes(work):
        await claim_codes(work.uow, said)
    if work.adopted:
        work.changed |= await changed_among(work.uow, [line.row["id"] for line in work.lines])
    if work.changed:
        await show_changes(work.uow, work.changed)
        await announce(work.uow, sorted(work.changed))
    for thread in work.threads.all():
        if thread.watermarked:
            work.statuses += await _below_watermark(work, thread)
    await apply_statuses(work.uow, work.statuses)


def _codes(work: Work) -> dict[str, UUID]:
    """Return hand-over code → who wrote it, of the codes that are ours."""
    return {
        code: line.thread.party.identity_id
        for line in work.lines
        if line.row["direction"] == "inbound" and line.thread.party
        for code in codes_in(work.runtime.vault, line.row["text"])
    }


_BELOW = """
SELECT channel_account_id, external_id FROM message
WHERE conversation_id = $1 AND direction = 'outbound' AND external_id IS NOT NULL AND position_at <= $2
  AND status IN ('sent', 'unknown', 'sending', 'delivered') AND (status <> 'delivered' OR $3 = 'read')
"""


async def _below_watermark(work: Work, thread: Thread) -> list[StatusUpdate]:
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


def _events(work: Work) -> Iterator[Event]:
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
