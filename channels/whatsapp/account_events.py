"""Turn the webhook fields about templates, numbers and accounts, consent, calls and groups into events.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference (read Mar 2026).
Examples: tests/channels/whatsapp/fixtures/templates.json, account.json, preferences.json, calls.json, groups.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from channels.contract import (
    AccountChanged,
    CallChanged,
    ConsentChanged,
    InboundEvent,
    Json,
    WindowOpened,
)
from channels.kit import template_events
from channels.kit.events import event_key
from channels.kit.tolerant import identifier, integer, items, kept, moment, obj, text, without_empty
from channels.whatsapp.messages import unrecognised
from channels.whatsapp.people import Contacts, contacts_by_key, person

Severity = Literal["info", "warning", "error"]


class Change(NamedTuple):
    """One element of `changes[]`: its field and value, the number and WABA it speaks of, the entry's `time` as it came and as read."""

    field: str
    value: Json
    account: str
    waba: str
    time: str
    occurred_at: datetime

    def key(self, *parts: object) -> str:
        """Name an event by what came alone, never by when: a repeat has the same name."""
        return event_key(self.account, self.waba, self.field, self.time, *parts)


def template_event(change: Change) -> InboundEvent:
    """Return what became of a template."""
    event = template_events.template_event(
        change.value,
        account=change.account,
        platform_account=change.waba,
        occurred_at=change.occurred_at,
        event_key=change.key(kept(change.value)),
    )
    return event or unrecognised(change.field, change.value, change.account, change.occurred_at)


def account_event(change: Change) -> AccountChanged:
    """Return a change of health, limits, name or rights; `value` is the platform's event, decision or status in lower case."""
    value = change.value
    alert = obj(value.get("alert_info"))
    said = next((found for name in _TELLING if (found := text(value.get(name)) or text(alert.get(name)))), "")
    return AccountChanged(
        account=change.account,
        occurred_at=change.occurred_at,
        event_key=change.key(kept(value)),
        field=change.field,
        value=said.lower(),
        severity=_severity(value, said),
        platform_account=change.waba,
        data=kept(value),
    )


def preference_events(change: Change) -> Iterator[InboundEvent]:
    """Yield consent given or withdrawn: `{"wa_id", "user_id", "category": "marketing_messages", "value": "stop", "timestamp": 1763}`."""
    contacts = contacts_by_key(change.value)
    for raw in items(change.value.get("user_preferences")):
        preference = obj(raw)
        granted = _PREFERENCES.get(text(preference.get("value")))
        who = person(
            contacts,
            phone=preference.get("wa_id"),
            user_id=preference.get("user_id"),
            parent_ids=(preference.get("parent_user_id"),),
        )
        if who is None or granted is None:
            yield unrecognised(change.field, raw, change.account, change.occurred_at)
            continue
        yield ConsentChanged(
            account=change.account,
            occurred_at=moment(preference.get("timestamp"), change.occurred_at),
            event_key=event_key(change.account, change.field, kept(preference)),
            person=who,
            purpose=text(preference.get("category")).removesuffix("_messages") or "marketing",
            granted=granted,
            source="whatsapp",
            detail=text(preference.get("detail")),
        )


def call_events(change: Change) -> Iterator[InboundEvent]:
    """Yield what calls did. One that a customer starts also opens the reply window."""
    contacts = contacts_by_key(change.value)
    for raw in items(change.value.get("calls")):
        yield from _call(change, raw, contacts)
    for raw in items(change.value.get("statuses")):
        yield _call_status(change, raw, contacts)


def group_events(change: Change) -> Iterator[InboundEvent]:
    """Yield one account event per element of `groups[]`."""
    for raw in items(change.value.get("groups")):
        if not isinstance(raw, dict):
            yield unrecognised(change.field, raw, change.account, change.occurred_at)
            continue
        yield AccountChanged(
            account=change.account,
            occurred_at=moment(raw.get("timestamp"), change.occurred_at),
            event_key=change.key(kept(raw)),
            field=change.field,
            value=text(raw.get("type")).lower(),
            severity="warning" if raw.get("errors") else "info",
            platform_account=change.waba,
            data=kept(raw),
        )


def _severity(value: Json, said: str) -> Severity:
    alert = text(obj(value.get("alert_info")).get("alert_severity"))
    if alert:
        return _ALERTS.get(alert, "warning")
    ban = text(obj(value.get("ban_info")).get("waba_ban_state"))
    if said == "DISABLED_UPDATE" and ban:
        return "info" if ban == "REINSTATE" else "error"
    return "error" if said in _ERRORS else "warning" if said in _WARNINGS else "info"


def _call(change: Change, raw: object, contacts: Contacts) -> Iterator[InboundEvent]:
    call = obj(raw)
    external_id, state = identifier(call.get("id")), text(call.get("event")).lower()
    if not external_id or not state:
        yield unrecognised(change.field, raw, change.account, change.occurred_at)
        return
    inbound = call.get("direction") == "USER_INITIATED"
    side = "from" if inbound else "to"
    who = person(
        contacts,
        phone=call.get(side),
        user_id=call.get(f"{side}_user_id"),
        parent_ids=(call.get(f"{side}_parent_user_id"),),
    )
    occurred_at = moment(call.get("timestamp"), change.occurred_at)
    if inbound and state == "connect" and who:
        yield WindowOpened(
            account=change.account,
            occurred_at=occurred_at,
            person=who,
            code="called",
            external_id=external_id,
            opened_by="call",
        )
    yield CallChanged(
        account=change.account,
        occurred_at=occurred_at,
        event_key=event_key(change.account, "call", external_id, state),
        external_id=external_id,
        state=state,
        person=who,
        inbound=inbound,
        duration_s=integer(call.get("duration")),
        data=kept(without_empty({name: call.get(name) for name in ("status", "session", "start_time", "end_time")})),
    )


def _call_status(change: Change, raw: object, contacts: Contacts) -> InboundEvent:
    status = obj(raw)
    external_id, state = identifier(status.get("id")), text(status.get("status")).lower()
    if not external_id or not state:
        return unrecognised(change.field, raw, change.account, change.occurred_at)
    return CallChanged(
        account=change.account,
        occurred_at=moment(status.get("timestamp"), change.occurred_at),
        event_key=event_key(change.account, "call", external_id, state),
        external_id=external_id,
        state=state,
        person=person(contacts, phone=status.get("recipient_id"), user_id=status.get("recipient_user_id")),
    )


_TELLING = ("event", "decision", "status", "alert_type", "new_status", "max_daily_conversations_per_business")
_PREFERENCES = {"stop": False, "resume": True, "signup": True}
_ALERTS: dict[str, Severity] = {"CRITICAL": "error", "WARNING": "warning", "INFORMATIONAL": "info", "INFO": "info"}
_ERRORS = frozenset(
    ("ACCOUNT_DELETED", "ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION", "DISABLED_UPDATE", "PARTNER_REMOVED", "REJECTED")
)
_WARNINGS = frozenset(
    (
        "DOWNGRADE",
        "FLAGGED",
        "DEFERRED",
        "PIN_CHANGED",
        "PIN_RESET_REQUEST",
        "Needs Connecting",
        "PARTNER_APP_UNINSTALLED",
    )
)
