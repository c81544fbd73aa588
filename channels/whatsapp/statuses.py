"""Turn `statuses[]` of one payload value into events: ticks and payments.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status (20 Nov 2025).
Example: tests/channels/whatsapp/fixtures/statuses.json.
"""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from channels.contract import DeliveryStatus, InboundEvent, Json, PaymentChanged, Person, StatusChanged
from channels.kit.events import event_key
from channels.kit.money import decimals
from channels.kit.tolerant import identifier, integer, kept, moment, obj, objects, rfc3339, text, without_empty
from channels.whatsapp.errors import failure_of
from channels.whatsapp.messages import unrecognised
from channels.whatsapp.people import Contacts, person

_STATUSES: dict[str, DeliveryStatus] = {status: status for status in get_args(DeliveryStatus)}


def status_event(raw: Json, account: str, contacts: Contacts, received_at: datetime) -> InboundEvent:
    """Return what one element of `statuses[]` means."""
    occurred_at = moment(raw.get("timestamp"), received_at)
    external_id = identifier(raw.get("id"))
    if external_id and raw.get("type") == "payment":
        return _payment(raw, external_id, account, contacts, occurred_at)
    status = _STATUSES.get(text(raw.get("status")))
    if not external_id or not status:
        return unrecognised("statuses", raw, account, occurred_at)
    return StatusChanged(
        account=account,
        occurred_at=occurred_at,
        external_id=external_id,
        status=status,
        recipient=_recipient(raw, contacts),
        failure=failure_of(objects(raw.get("errors"))) if status == "failed" else None,
        callback=identifier(raw.get("biz_opaque_callback_data")),
        pricing=_pricing(raw),
    )


def _recipient(raw: Json, contacts: Contacts) -> Person | None:
    """Return who got it. The parent BSUID goes by three names; in a group the recipient is a participant."""
    if raw.get("recipient_type") == "group":
        return person(
            contacts,
            phone=raw.get("recipient_participant_id"),
            user_id=raw.get("recipient_participant_user_id"),
            parent_ids=(raw.get("recipient_participant_parent_user_id"),),
        )
    return person(
        contacts,
        phone=raw.get("recipient_id"),
        user_id=raw.get("recipient_user_id"),
        parent_ids=(
            raw.get("parent_recipient_user_id"),
            raw.get("recipient_parent_user_id"),
            raw.get("parent_user_id"),
        ),
    )


def _pricing(raw: Json) -> Json:
    """Return what the message costs by; `conversation` comes from Graph versions up to v23 and in free entry windows."""
    if "pricing" not in raw and "conversation" not in raw:
        return {}
    pricing, conversation = obj(raw.get("pricing")), obj(raw.get("conversation"))
    billable = pricing.get("billable")
    return without_empty(
        {
            "billable": billable if isinstance(billable, bool) else None,
            "model": text(pricing.get("pricing_model")),
            "type": text(pricing.get("type")),
            "category": text(pricing.get("category")).replace("-", "_"),
            "conversation": without_empty(
                {
                    "id": identifier(conversation.get("id")),
                    "origin": text(obj(conversation.get("origin")).get("type")),
                    "expires_at": rfc3339(conversation.get("expiration_timestamp")),
                }
            ),
        }
    )


def _payment(raw: Json, external_id: str, account: str, contacts: Contacts, occurred_at: datetime) -> PaymentChanged:
    payment = kept(obj(raw.get("payment")))
    transaction = obj(payment.get("transaction"))
    reference, status = identifier(payment.get("reference_id")), text(raw.get("status")).lower()
    transaction_id = identifier(transaction.get("id"))
    transaction_status = text(transaction.get("status"))
    currency = text(payment.get("currency")).upper()
    return PaymentChanged(
        account=account,
        occurred_at=occurred_at,
        event_key=event_key(account, "payment", external_id, reference, transaction_id, transaction_status, status),
        external_id=external_id,
        reference=reference,
        status=status,
        person=_recipient(raw, contacts),
        amount_minor=_amount_minor(obj(payment.get("amount")), currency),
        currency=currency,
        transaction_id=transaction_id,
        data=payment,
    )


def _amount_minor(amount: Json, currency: str) -> int | None:
    """Return minor units of `{"value": 21000, "offset": 100}`, where value / offset is the amount in major units."""
    value, offset = integer(amount.get("value")), integer(amount.get("offset"))
    if value is None or value < 0 or not offset or offset < 1:
        return None
    minor, rest = divmod(value * 10 ** decimals(currency), offset)
    return None if rest else minor
