"""Let WhatsApp's deliveries in: prove where they come from, read them into events, answer them.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks (read Mar 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from channels.contract import (
    Credentials,
    Delivery,
    ErrorReported,
    HttpAnswer,
    InboundEvent,
    Json,
    Opened,
    PayloadMalformed,
)
from channels.kit.payload import read_payload
from channels.kit.signatures import open_meta_delivery
from channels.kit.tolerant import identifier, items, kept, moment, obj, text
from channels.whatsapp.account_events import (
    Change,
    account_event,
    call_events,
    group_events,
    preference_events,
    template_event,
)
from channels.whatsapp.coexistence import contact_event, echo_event, history_events
from channels.whatsapp.errors import failure_of
from channels.whatsapp.messages import message_events, unrecognised
from channels.whatsapp.people import contacts_by_key
from channels.whatsapp.statuses import status_event


def open_delivery(delivery: Delivery, credentials: Credentials) -> Opened:
    """Verify the raw bytes, or the token of a handshake. Raises SignatureInvalid."""
    challenge = open_meta_delivery(delivery, credentials)
    return Opened(delivery, b"" if challenge is not None else delivery.raw, challenge)


def acknowledge(opened: Opened) -> HttpAnswer:
    """Answer a handshake with its challenge, anything else with an empty 200."""
    return HttpAnswer(body=(opened.challenge or "").encode("utf-8", "replace"))


def parse(opened: Opened) -> list[InboundEvent]:
    """Return the events of every entry and change, in the payload's order; a broken part becomes Unrecognised.

    Raises PayloadMalformed, nothing else, when the body is no WhatsApp payload at all.
    """
    if opened.challenge is not None:
        return []
    payload = read_payload(opened.body)
    entries = payload.get("entry")
    if payload.get("object") != "whatsapp_business_account" or not isinstance(entries, list):
        raise PayloadMalformed("no payload of a WhatsApp business account")
    received_at = opened.delivery.received_at
    return [event for entry in entries for event in _entry_events(entry, received_at)]


def _entry_events(entry: Any, received_at: datetime) -> Iterable[InboundEvent]:
    if not isinstance(entry, dict) or not isinstance(entry.get("changes"), list):
        return (unrecognised("entry", entry, "", received_at),)
    return _change_events(entry, received_at)


def _change_events(entry: Json, received_at: datetime) -> Iterator[InboundEvent]:
    occurred_at = moment(entry.get("time"), received_at)
    waba, time = identifier(entry.get("id")), text(entry.get("time"))
    for raw in entry["changes"]:
        if not isinstance(raw, dict) or not isinstance(raw.get("value"), dict):
            yield unrecognised("changes", raw, "", occurred_at)
            continue
        value: Json = raw["value"]
        account = identifier(obj(value.get("metadata")).get("phone_number_id"))
        yield from _read(Change(text(raw.get("field")), value, account, waba, time, occurred_at))


def _read(change: Change) -> Iterator[InboundEvent]:
    """Yield a change's events; one that has none is kept as unrecognised, so that nothing vanishes."""
    reader = _READERS.get(change.field) or _by_content(change.value)
    empty = True
    for event in reader(change) if reader else ():
        empty = False
        yield event
    if empty:
        yield unrecognised(change.field, change.value, change.account, change.occurred_at)


def _by_content(value: Json) -> _Reader | None:
    """Recognise a known shape under a field name that nobody documented."""
    if "message_template_id" in value:
        return _template
    return _messages if "messages" in value or "statuses" in value else None


def _messages(change: Change) -> Iterator[InboundEvent]:
    value, account, at = change.value, change.account, change.occurred_at
    contacts = contacts_by_key(value)
    for raw in items(value.get("messages")):
        if isinstance(raw, dict):
            yield from message_events(raw, account, contacts, at)
        else:
            yield unrecognised("messages", raw, account, at)
    for raw in items(value.get("statuses")):
        if isinstance(raw, dict):
            yield status_event(raw, account, contacts, at)
        else:
            yield unrecognised("statuses", raw, account, at)
    for raw in items(value.get("errors")):
        yield _error(change, raw)


def _error(change: Change, raw: object) -> ErrorReported:
    return ErrorReported(
        account=change.account,
        occurred_at=change.occurred_at,
        event_key=change.key("errors", kept(raw)),
        failure=failure_of([obj(raw)]),
    )


def _echoes(change: Change) -> Iterator[InboundEvent]:
    contacts = contacts_by_key(change.value)
    for raw in items(change.value.get("message_echoes")):
        if isinstance(raw, dict):
            yield echo_event(raw, change.account, contacts, change.occurred_at)
        else:
            yield unrecognised(change.field, raw, change.account, change.occurred_at)


def _state_sync(change: Change) -> Iterator[InboundEvent]:
    for raw in items(change.value.get("state_sync")):
        yield contact_event(obj(raw), change.account, change.occurred_at)


def _history(change: Change) -> Iterator[InboundEvent]:
    yield from history_events(change.value, change.account, change.occurred_at)
    yield from _messages(change)


def _template(change: Change) -> Iterator[InboundEvent]:
    yield template_event(change)


def _account(change: Change) -> Iterator[InboundEvent]:
    yield account_event(change)


_Reader = Callable[[Change], Iterator[InboundEvent]]

_READERS: dict[str, _Reader] = {
    "messages": _messages,
    "smb_message_echoes": _echoes,
    "message_echoes": _echoes,
    "smb_app_state_sync": _state_sync,
    "history": _history,
    "user_preferences": preference_events,
    "calls": call_events,
    **dict.fromkeys(
        (
            "message_template_status_update",
            "message_template_quality_update",
            "message_template_components_update",
            "template_category_update",
        ),
        _template,
    ),
    **dict.fromkeys(
        ("group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update"),
        group_events,
    ),
    **dict.fromkeys(
        (
            "account_alerts",
            "account_review_update",
            "account_update",
            "automatic_events",
            "business_capability_update",
            "business_username_update",
            "flows",
            "partner_solutions",
            "payment_configuration_update",
            "phone_number_name_update",
            "phone_number_quality_update",
            "security",
            "tracking_events",
        ),
        _account,
    ),
}
