"""Events without a message: kept as typed rows for whoever reads them now or in a later version, and as facts of the account's health."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from uuid import UUID

from app.channel_accounts.directory import AccountView
from app.conversations.present import time_json
from app.ids import uuid7
from app.inbound.batch import Part, Row, insert
from channels.contract import (
    AccountChanged,
    BulkFinished,
    CallChanged,
    ContactActed,
    ContactSynced,
    ControlChanged,
    ErasureRequested,
    ErrorReported,
    Event,
    PaymentChanged,
    ReachabilityChanged,
    TemplateChanged,
    Unrecognised,
)

KINDS: dict[type[Event], str] = {
    TemplateChanged: "template_changed",
    AccountChanged: "account_changed",
    PaymentChanged: "payment_changed",
    CallChanged: "call_changed",
    ErrorReported: "error_reported",
    ContactSynced: "contact_synced",
    ContactActed: "contact_acted",
    ReachabilityChanged: "reachability_changed",
    ControlChanged: "control_changed",
    ErasureRequested: "erasure_requested",
    BulkFinished: "bulk_finished",
    Unrecognised: "unrecognised",
}
_COMMON = {"account", "occurred_at", "event_key"}

PLATFORM_EVENT = insert(
    "platform_event",
    {
        "id": "uuid",
        "channel_account_id": "uuid",
        "event_key": "text",
        "kind": "text",
        "field": "text",
        "severity": "text",
        "data": "jsonb",
        "occurred_at": "timestamptz",
    },
    conflict="ON CONFLICT DO NOTHING",
)

HEALTH = Part(
    """UPDATE channel_account a SET health = a.health || jsonb_build_object('told', coalesce(a.health -> 'told', '{{}}') || r.told)
    FROM {rows} WHERE a.id = r.id""",
    {"id": "uuid", "told": "jsonb"},
)
"""`health.told` = {field: {value, severity, at}}: the newest that the platform told of each field."""


def platform_event_row(account: AccountView, event: Event) -> Row:
    """Return the row of an event of KINDS. Raises KeyError for another."""
    kind = KINDS[type(event)]
    data = {field.name: getattr(event, field.name) for field in fields(event) if field.name not in _COMMON}
    return {
        "id": uuid7(),
        "channel_account_id": account.id,
        "event_key": event.event_key or f"{kind}:{data.get('external_id', '')}:{event.occurred_at.isoformat()}",
        "kind": kind,
        "field": getattr(event, "field", "") or data.get("change") or data.get("code", ""),
        "severity": "warning" if isinstance(event, ErasureRequested) else getattr(event, "severity", "info"),
        "data": data,
        "occurred_at": event.occurred_at,
    }


def health_rows(events: Iterable[tuple[AccountView, AccountChanged]]) -> list[Row]:
    """Return one row per account, sorted by id, with the newest of each field."""
    told: dict[UUID, dict[str, AccountChanged]] = {}
    for account, event in events:
        newest = told.setdefault(account.id, {})
        known = newest.get(event.field)
        if known is None or known.occurred_at <= event.occurred_at:
            newest[event.field] = event
    return [
        {
            "id": account_id,
            "told": {
                name: {"value": event.value, "severity": event.severity, "at": time_json(event.occurred_at)}
                for name, event in newest.items()
            },
        }
        for account_id, newest in sorted(told.items())
    ]
