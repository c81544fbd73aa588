"""Automatic answers: what an account's settings say at once to somebody who follows, scans, taps the menu or writes first.

`settings.automatic_answers` is {occasion: text}. Occasions are the codes of `WindowOpened`, such as `followed` or
`menu_clicked`, one menu button or scene as `menu_clicked:KEY`, and `first_message`.

Where the platform takes an answer in the response to its own delivery, ours goes there: it costs nothing of what the reply
window allows. It is stored, so that a repeat gets the same bytes. In every other case it is an ordinary message of the outbox.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from app.inbound.arrivals import Arrival, Item
from app.inbound.batch import insert
from app.inbound.messages import automatic
from app.inbound.threads import Thread
from app.inbound.work import Due, Work
from channels.contract import (
    HttpAnswer,
    Json,
    MessageInvalid,
    MessageReceived,
    OutboundMessage,
    PassiveReply,
    WindowOpened,
)

FIRST_MESSAGE = "first_message"
ANSWER_WITHIN = timedelta(seconds=4)
"""Platforms that take an answer wait 5 s for it. What is written later than this goes out by itself."""

PASSIVE_ANSWER = insert(
    "passive_answer",
    {"channel_account_id": "uuid", "answered": "text", "body": "bytea", "content_type": "text"},
    conflict="ON CONFLICT DO NOTHING",
)


def due(item: Item, thread: Thread, answered: str) -> Due | None:
    """Return the answer that the account's settings have for a new event, if any."""
    event, texts = item.event, item.account.settings.get("automatic_answers")
    if not texts or not isinstance(texts, Mapping):
        return None
    occasions, reply_code = _occasions(event, thread)
    text = next((found for name in occasions if (found := texts.get(name))), None)
    return Due(item, thread, answered, str(text), reply_code) if text else None


def _occasions(event: object, thread: Thread) -> tuple[tuple[str, ...], str]:
    """Return what the event is called in the settings, the narrowest name first, and the code that its answer must carry."""
    match event:
        case WindowOpened(code=code, params=params):
            referral: Json = params.get("referral") or {}
            key = params.get("key") or referral.get("source_id")
            return ((f"{code}:{key}", code) if key else (code,)), str(params.get("reply_code", ""))
        case MessageReceived(historical=False) if thread.row["last_inbound_at"] is None:
            return (FIRST_MESSAGE,), ""
    return (), ""


async def answer_all(work: Work, deliveries: Iterable[Arrival]) -> None:
    """Write the group's answers, and have those that platforms wait for handed back after the commit."""
    waiting = {id(item): arrival for arrival in deliveries if _waits(arrival, work.now) for item in arrival.items}
    for one in work.due:
        arrival = waiting.get(id(one.item))
        answer = _passive(arrival, one, work.now) if arrival else None
        line = automatic(one.thread, one.text, work.now, sent=answer is not None, reply_code=one.reply_code)
        work.lines.append(line)
        if arrival is not None and answer is not None:
            _keep(work, arrival, one, answer)
        else:
            work.uow.enqueue("send_conversation", str(one.thread.id))
    for item, answered in work.repeated:
        if (arrival := waiting.get(id(item))) is not None:
            await _hand_back_stored(work, arrival, answered)


def _waits(arrival: Arrival, now: datetime) -> bool:
    opened = arrival.awaited
    return opened is not None and opened.takes_reply and now - arrival.delivery.received_at < ANSWER_WITHIN


def _passive(arrival: Arrival, one: Due, now: datetime) -> HttpAnswer | None:
    """Return the response that carries the answer; None where it does not fit into one."""
    adapter, opened = arrival.account.adapter, arrival.awaited
    if opened is None or "text" not in arrival.account.capabilities.passive_reply:
        return None
    reply = PassiveReply(OutboundMessage("text", one.text), now, secrets.token_bytes(32))
    try:
        return adapter.acknowledge(opened, (reply,))
    except MessageInvalid:
        return None


def _keep(work: Work, arrival: Arrival, one: Due, answer: HttpAnswer) -> None:
    row = {
        "channel_account_id": one.item.account.id,
        "answered": one.answered,
        "body": "\\x" + answer.body.hex(),
        "content_type": answer.content_type,
    }
    work.batch.add(PASSIVE_ANSWER, row)
    work.uow.after_commit(partial(_hand_back, arrival, answer))


async def _hand_back_stored(work: Work, arrival: Arrival, answered: str) -> None:
    row = await work.uow.conn.fetchrow(
        "SELECT body, content_type FROM passive_answer WHERE channel_account_id = $1 AND answered = $2",
        arrival.account.id,
        answered,
    )
    if row is not None:
        answer = HttpAnswer(body=row["body"], content_type=row["content_type"])
        work.uow.after_commit(partial(_hand_back, arrival, answer))


async def _hand_back(arrival: Arrival, answer: HttpAnswer) -> None:
    arrival.answer = answer
