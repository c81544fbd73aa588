"""Reports what becomes of a business's message: sent, delivered, read, played, failed.

Source: Meta's "status" messages webhook reference (20 Nov 2025) and "Pricing" (2025-07).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from channels.sandbox.emulator import Update
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json

SENT_AFTER_S = 0.03
DELIVERED_AFTER_S = 0.2
READ_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """An accepted message on its way to a phone: what its status webhooks carry."""

    account: Account
    line_id: str
    phone: str
    user_id: str
    name: str
    callback: str
    category: str
    pricing_type: str

    @property
    def lane(self) -> str:
        return f"{self.account.id}/{self.phone or self.user_id}"


def parcel_of(account: Account, customer: Customer, line: Line) -> Parcel:
    """Return the parcel again for a later status of a stored line."""
    return Parcel(
        account=account,
        line_id=line.id,
        phone=customer.phone,
        user_id=customer.user_id,
        name=customer.name,
        callback=line.callback,
        category=line.extra.get("category", "service"),
        pricing_type=line.extra.get("pricing_type", "free_customer_service"),
    )


class Statuses:
    """Posts statuses in their order and moves the line's tick with them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def travel(self, parcel: Parcel, chat: Chat | None, customer: Customer | None, *, reads: bool) -> None:
        """Let the message go: sent, then delivered to a phone that is on; a stranger may read, a customer does by hand or by itself."""
        self._host.later(SENT_AFTER_S, lambda: self.report(parcel, chat, "sent"))
        if customer is None or customer.online:
            self._host.later(DELIVERED_AFTER_S, lambda: self.report(parcel, chat, "delivered"))
        if reads or (customer and customer.auto_read and customer.online and customer.read_receipts):
            self._host.later(READ_AFTER_S, lambda: self.report(parcel, chat, "read"))

    def fail(self, parcel: Parcel, chat: Chat | None, error: GraphError) -> None:
        self._host.later(DELIVERED_AFTER_S, lambda: self.report(parcel, chat, "failed", error=error))

    def report(self, parcel: Parcel, chat: Chat | None, status: str, *, error: GraphError | None = None) -> None:
        line = chat.lines.get(parcel.line_id) if chat else None
        if chat and line:
            if not line.rises_to(status):
                return
            line.status = status
            if error:
                line.extra["error"] = error.in_webhook()
            self._host.show_line(chat, line)
        value = self._value(parcel, status, error)
        self._host.post(
            Update(parcel.account, parcel.lane, f"statuses · {status}", {"field": "messages", "value": value})
        )

    def _value(self, parcel: Parcel, status: str, error: GraphError | None) -> Json:
        entry: Json = {"id": parcel.line_id, "status": status, "timestamp": str(int(self._host.now()))}
        if parcel.phone:
            entry["recipient_id"] = parcel.phone
        if parcel.user_id and not error:
            entry["recipient_user_id"] = parcel.user_id
        if status in ("sent", "delivered"):
            entry["pricing"] = {
                "billable": parcel.pricing_type == "regular",
                "pricing_model": "PMP",
                "type": parcel.pricing_type,
                "category": parcel.category,
            }
            if conversation := self._conversation(parcel, status):
                entry["conversation"] = conversation
        if parcel.callback:
            entry["biz_opaque_callback_data"] = parcel.callback
        if error:
            entry["errors"] = [error.in_webhook()]
        return {
            "messaging_product": "whatsapp",
            "metadata": metadata(parcel.account),
            "contacts": [self._contact(parcel, error)],
            "statuses": [entry],
        }

    def _conversation(self, parcel: Parcel, status: str) -> Json:
        """Until v23 every message had a conversation; from v24 on only those in a free entry point have."""
        is_old = float(str(parcel.account.settings.get("api_version", "v24.0")).lstrip("v")) < 24
        if not is_old and parcel.pricing_type != "free_entry_point":
            return {}
        conversation: Json = {"id": secrets.token_hex(16), "origin": {"type": parcel.category.replace("-", "_")}}
        if status == "sent":
            conversation["expiration_timestamp"] = str(int(self._host.now()) + 86_400)
        return conversation

    @staticmethod
    def _contact(parcel: Parcel, error: GraphError | None) -> Json:
        """A person who is not on WhatsApp has a number and nothing else."""
        contact: Json = {"profile": {"name": parcel.name}} if parcel.name else {}
        if parcel.phone:
            contact["wa_id"] = parcel.phone
        if parcel.user_id and not (error and error.code == 131026):
            contact["user_id"] = parcel.user_id
        return contact


def metadata(account: Account) -> Json:
    return {"display_phone_number": account.phone, "phone_number_id": account.external_id}
