"""Do to the rows of a group what each of its events says."""

from __future__ import annotations

from collections.abc import Sequence

from app.conversations.present import reply_snippet
from app.inbound import messages
from app.inbound.answers import due
from app.inbound.arrivals import Item
from app.inbound.batch import Row
from app.inbound.changes import CHANGE, change_row
from app.inbound.consents import CONSENT, consent_row
from app.inbound.find import message_of, name_of_line
from app.inbound.platform_events import KINDS, PLATFORM_EVENT, platform_event_row
from app.inbound.threads import Thread
from app.inbound.work import Work
from app.outbound.service import settle_echo
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
    WatermarkMoved,
    WindowOpened,
)


def take(work: Work, index: int, item: Item) -> None:
    """Do to the group's rows what one event says."""
    match item.event:
        case MessageReceived() | MessageEchoed():
            _take_message(work, index, item, item.event)
        case WindowOpened() as event:
            thread = work.threads.of(work.claims[index].found, work.now, status="closed")
            thread.open_windows(item.account, event.opened_by, event.occurred_at)
            name = name_of_line(event)
            _answer(work, item, thread, name, is_new=(item.account.id, name) not in work.known)
            _add_activity(work, index, item, event.code, dict(event.params), name)
        case IdentityChanged() as event:
            params = {"code": event.code, "before": event.before.keys[0].value, "after": event.after.keys[0].value}
            _add_activity(work, index, item, "identity_changed", params, name_of_line(event))
        case ConsentChanged() as event:
            work.batch.add(CONSENT, consent_row(item.account, event, work.claims[index].found))
            said = {"purpose": event.purpose, "granted": event.granted, "source": event.source}
            _add_activity(work, index, item, "consent_changed", said, name_of_line(event))
        case WatermarkMoved() as event:
            if (read := work.thread_of(index)) is not None:
                read.move_watermark(event.status, event.until)
        case ReachabilityChanged() as event:
            work.batch.add(PLATFORM_EVENT, platform_event_row(item.account, event))
            if (lost := work.thread_of(index)) is not None and not event.reachable:
                lost.close_windows(event.occurred_at)
                _add_activity(work, index, item, "reachability_changed", {"code": event.code}, name_of_line(event))
        case ControlChanged() as event:
            work.batch.add(PLATFORM_EVENT, platform_event_row(item.account, event))
            _take_control(work, index, item, event)
        case event if type(event) in KINDS:
            work.batch.add(PLATFORM_EVENT, platform_event_row(item.account, event))


def _take_control(work: Work, index: int, item: Item, event: ControlChanged) -> None:
    """A thread that was passed is ours: only its new owner is told so. One that was taken is its taker's. A wish changes nothing."""
    thread = work.thread_of(index)
    name = name_of_line(event)
    if thread is None or event.change == "requested" or (item.account.id, name) in work.known:
        return
    holder = None if event.change == "passed" else event.owner or messages.OTHER_APP
    if thread.hold(holder):
        params = {"app": holder, "previous": event.previous}
        code = "thread_taken" if holder else "thread_passed"
        _add_activity(work, index, item, code, params, name)


def _take_message(work: Work, index: int, item: Item, event: MessageReceived | MessageEchoed) -> None:
    account, name = item.account, (item.account.id, event.external_id)
    if name in work.known or index in work.ours:
        work.repeated.append((item, event.external_id))
        return
    party = work.claims[index].found
    if isinstance(event, MessageReceived):
        quiet = event.historical or party.is_blocked
        thread = work.threads.of(party, work.now, status="closed" if quiet else "open")
        if not party.is_blocked:
            _answer(work, item, thread, event.external_id, is_new=True)
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


def _answer(work: Work, item: Item, thread: Thread, name: str, *, is_new: bool) -> None:
    """Note the automatic answer that a new event is to get, or that a repeated one may have got."""
    if not is_new:
        work.repeated.append((item, name))
    elif (found := due(item, thread, name)) is not None:
        work.due.append(found)


def take_change(work: Work, item: Item) -> None:
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


def _add_activity(work: Work, index: int, item: Item, code: str, params: Row, external_id: str) -> None:
    """Add a system line to the person's thread, if there is one. The platform's id of the event tells a repeat."""
    thread = work.thread_of(index)
    name = (item.account.id, external_id)
    if thread is None or name in work.known:
        return
    line = messages.activity(thread, code, params, item.event.occurred_at, work.now, external_id=external_id)
    work.known[name] = line.row
    work.lines.append(line)


async def settle_echoes(work: Work, items: Sequence[Item]) -> None:
    """Find the echoes of messages that we are sending this very moment: they are no new rows."""
    for index, item in enumerate(items):
        event = item.event
        if not isinstance(event, MessageEchoed) or (item.account.id, event.external_id) in work.known:
            continue
        thread = work.thread_of(index)
        if thread is None or event.historical:
            continue
        found = await settle_echo(
            work.uow,
            channel_account_id=item.account.id,
            conversation_id=thread.id,
            external_id=event.external_id,
            callback=message_of(event.callback),
            kind=event.body.kind,
            text=event.body.text,
            occurred_at=event.occurred_at,
        )
        if found is not None:
            work.ours.add(index)
            thread.row["last_message"] = await work.uow.conn.fetchval(
                "SELECT last_message FROM conversation WHERE id = $1", thread.id
            )
