"""Posts what a customer did, in the shapes of the `messages` webhook and its neighbours.

Source: Meta's "messages" webhook reference pages and "Business-scoped user IDs" (2025–2026).
"""

from __future__ import annotations

from channels.sandbox.emulator import Update
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.messages import message_id
from channels.whatsapp.sandbox.statuses import metadata


class Mail:
    """From a phone to the business's callback."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def deliver(self, account: Account, customer: Customer, chat: Chat, line_id: str, kind: str, parts: Json) -> None:
        """Post a `messages` webhook; nothing from somebody the business has blocked."""
        if chat.blocked_by_account:
            return
        message: Json = {"id": line_id, "timestamp": self.timestamp(), "type": kind, **parts}
        if customer.phone:
            message = {"from": customer.phone, **message}
        if customer.user_id:
            message["from_user_id"] = customer.user_id
        self.post(
            account,
            customer,
            f"messages · {kind}",
            "messages",
            {"contacts": [self.contact(customer)], "messages": [message]},
        )

    def system(self, account: Account, customer: Customer, system: Json) -> None:
        message: Json = {"id": message_id(), "timestamp": self.timestamp(), "type": "system", "system": system}
        if customer.phone:
            message = {"from": customer.phone, **message}
        if customer.user_id:
            message["from_user_id"] = customer.user_id
        self.post(account, customer, "messages · system", "messages", {"messages": [message]})

    def post(self, account: Account, customer: Customer, label: str, field: str, value: Json) -> None:
        value = {"messaging_product": "whatsapp", "metadata": metadata(account), **value}
        lane = f"{account.id}/{customer.phone or customer.user_id}"
        self._host.post(Update(account, lane, label, {"field": field, "value": value}))

    def timestamp(self) -> str:
        return str(int(self._host.now()))

    @staticmethod
    def contact(customer: Customer) -> Json:
        profile: Json = {"name": customer.name}
        if customer.username:
            profile["username"] = customer.username
        contact: Json = {"profile": profile}
        if customer.phone:
            contact["wa_id"] = customer.phone
        return contact | ({"user_id": customer.user_id} if customer.user_id else {})
