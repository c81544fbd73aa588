"""Turn what the WhatsApp Business phone app shares with us into events: its own messages, its history, its address book.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference (read Mar 2026).
Examples: tests/channels/whatsapp/fixtures/echoes.json, history.json, state_sync.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from channels.contract import (
    AccountChanged,
    ContactSynced,
    DeliveryStatus,
    InboundEvent,
    Json,
    MessageEchoed,
    MessageReceived,
    Person,
    StatusChanged,
)
from channels.kit.events import event_key
from channels.kit.tolerant import identifier, items, kept, moment, obj, objects, text
from channels.whatsapp.bodies import body_of
from channels.whatsapp.errors import failure_of
from channels.whatsapp.messages import Message, change_of, message_events, reply_target, unrecognised
from channels.whatsapp.people import Contacts, contacts_by_key, person, phone_digits

_HISTORY_STATUSES: dict[str, DeliveryStatus] = {
    "SENT": "sent",
    "DELIVERED": "delivered",
    "READ": "read",
    "PLAYED": "played",
    "ERROR": "failed",
}


def echo_event(raw: Json, account: str, contacts: Contacts, received_at: datetime) -> InboundEvent:
    """Return what one element of `message_echoes[]` means: a message typed in the phone app, or a change to one."""
    recipient = person(
        contacts, phone=raw.get("to"), user_id=raw.get("to_user_id"), parent_ids=(raw.get("to_parent_user_id"),)
    )
    return _echo(raw, account, recipient, received_at)


def history_events(value: Json, account: str, received_at: datetime) -> Iterator[InboundEvent]:
    """Yield the messages of `history[]`, oldest thread first as given, and the progress of the backfill."""
    contacts = contacts_by_key(value)
    for chunk in items(value.get("history")):
        if not isinstance(chunk, dict):
            yield unrecognised("history", chunk, account, received_at)
            continue
        for thread in items(chunk.get("threads")):
            yield from _thread_events(thread, value, account, contacts, received_at)
        yield _progress(chunk, account, received_at)


def contact_event(raw: Json, account: str, received_at: datetime) -> InboundEvent:
    """Return one entry of the phone's address book, from `state_sync[]`."""
    occurred_at = moment(obj(raw.get("metadata")).get("timestamp"), received_at)
    contact = obj(raw.get("contact"))
    known = person(
        {},
        phone=contact.get("phone_number"),
        user_id=contact.get("user_id"),
        name=text(contact.get("full_name")) or text(contact.get("first_name")),
    )
    action = text(raw.get("action"))
    if known is None or action not in ("add", "edit", "remove"):
        return unrecognised("smb_app_state_sync", raw, account, occurred_at)
    return ContactSynced(
        account=account,
        occurred_at=occurred_at,
        event_key=event_key(account, "state_sync", kept(raw)),
        person=known,
        removed=action == "remove",
    )


def _echo(
    raw: Json, account: str, recipient: Person | None, received_at: datetime, *, historical: bool = False
) -> InboundEvent:
    occurred_at = moment(raw.get("timestamp"), received_at)
    external_id = identifier(raw.get("id"))
    if not external_id or recipient is None:
        return unrecognised("message_echoes", raw, account, occurred_at)
    change = change_of(Message(raw, external_id, account, occurred_at, recipient, ours=True))
    return change or MessageEchoed(
        account=account,
        occurred_at=occurred_at,
        external_id=external_id,
        recipient=recipient,
        body=body_of(raw),
        reply_to=reply_target(raw),
        historical=historical,
    )


def _thread_events(
    thread: object, value: Json, account: str, contacts: Contacts, received_at: datetime
) -> Iterator[InboundEvent]:
    if not isinstance(thread, dict):
        yield unrecognised("history", thread, account, received_at)
        return
    context = obj(thread.get("context"))
    customer = person(
        contacts,
        phone=thread.get("id") or context.get("wa_id"),
        user_id=thread.get("user_id") or context.get("user_id"),
        name=text(context.get("username")),
    )
    business = phone_digits(obj(value.get("metadata")).get("display_phone_number"))
    for raw in items(thread.get("messages")):
        if not isinstance(raw, dict):
            yield unrecognised("history", raw, account, received_at)
        elif _is_ours(raw, customer, business):
            yield from _historical_echo(raw, account, customer, received_at)
        else:
            yield from _historical_message(raw, account, contacts, customer, received_at)


def _is_ours(raw: Json, customer: Person | None, business: str) -> bool:
    """Tell who wrote: only our own messages name a receiver, and they come from the business's number."""
    sender = phone_digits(raw.get("from"))
    if customer and any(key.value == sender for key in customer.keys):
        return False
    return bool(sender and sender == business) or "to" in raw or "to_user_id" in raw


def _historical_echo(raw: Json, account: str, customer: Person | None, received_at: datetime) -> Iterator[InboundEvent]:
    echo = _echo(raw, account, customer, received_at, historical=True)
    yield echo
    status = _HISTORY_STATUSES.get(text(obj(raw.get("history_context")).get("status")).upper())
    if isinstance(echo, MessageEchoed) and status:
        yield StatusChanged(
            account=account,
            occurred_at=echo.occurred_at,
            external_id=echo.external_id,
            status=status,
            recipient=customer,
            failure=failure_of(objects(raw.get("errors"))) if status == "failed" else None,
        )


def _historical_message(
    raw: Json, account: str, contacts: Contacts, customer: Person | None, received_at: datetime
) -> Iterator[InboundEvent]:
    named = raw
    if customer and not (raw.get("from") or raw.get("from_user_id")):
        named = {**raw, "from_user_id" if customer.keys[0].kind == "bsuid" else "from": customer.keys[0].value}
    for event in message_events(named, account, contacts, received_at):
        yield replace(event, opens_window=False, historical=True) if isinstance(event, MessageReceived) else event


def _progress(chunk: Json, account: str, received_at: datetime) -> AccountChanged:
    metadata, errors = obj(chunk.get("metadata")), objects(chunk.get("errors"))
    return AccountChanged(
        account=account,
        occurred_at=received_at,
        event_key=event_key(account, "history", kept(metadata), kept({"errors": errors})),
        field="history",
        value=failure_of(errors).code if errors else text(metadata.get("progress")),
        severity="warning" if errors else "info",
        data=kept({"errors": errors} if errors else metadata),
    )
