"""Consent given or withdrawn at the platform, as lines of the consent ledger."""

from __future__ import annotations

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.inbound.batch import Row, insert
from app.inbound.parties import Party
from channels.contract import ConsentChanged

CONSENT = insert(
    "consent",
    {
        "id": "uuid",
        "contact_id": "uuid",
        "identity_id": "uuid",
        "purpose": "text",
        "channel": "text",
        "granted": "bool",
        "source": "text",
        "proof": "jsonb",
        "event_key": "text",
        "occurred_at": "timestamptz",
    },
    conflict="ON CONFLICT DO NOTHING",
)


def consent_row(account: AccountView, event: ConsentChanged, party: Party) -> Row:
    """Return a ledger line; the account and the event's key tell a repeat."""
    return {
        "id": uuid7(),
        "contact_id": party.contact_id,
        "identity_id": party.identity_id,
        "purpose": event.purpose,
        "channel": account.channel,
        "granted": event.granted,
        "source": event.source,
        "proof": {"detail": event.detail} if event.detail else {},
        "event_key": f"{account.id}:{event.event_key}",
        "occurred_at": event.occurred_at,
    }
