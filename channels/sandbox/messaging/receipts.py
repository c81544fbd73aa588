"""Tells what became of a business's messages: delivered and read, by watermark or, on Instagram, by message.

Source: Meta's `message_deliveries`, `message_reads` and `messaging_seen` references (1 Jun 2026).
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.sandbox.host import Host, Json
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Chat, Customer, Line

DELIVERED_AFTER_S = 0.2
READ_AFTER_S = 2.0


class Receipts:
    def __init__(self, host: Host, platform: Platform, mail: Mail) -> None:
        self._host = host
        self._platform = platform
        self._mail = mail

    def travel(self, account: Account, customer: Customer, chat: Chat, line: Line) -> None:
        """Let a message go to a phone that is on, and be read if its owner reads by themselves."""
        if customer.online:
            self._host.later(DELIVERED_AFTER_S, lambda: self.deliver(account, customer, chat, [line]))
        if customer.online and customer.auto_read and customer.read_receipts:
            self._host.later(READ_AFTER_S, lambda: self.read(account, customer, chat, [line]))

    def deliver(self, account: Account, customer: Customer, chat: Chat, lines: Sequence[Line]) -> None:
        """Report lines as delivered, where the channel does; the phone knows in any case."""
        moved = self._raise(chat, lines, "delivered")
        if not moved or not self._platform.flavour.delivers:
            return
        delivery: Json = {"watermark": int(self._host.now() * 1000)}
        if account.settings.get("delivery_mids", True):
            delivery = {"mids": [line.id for line in moved], **delivery}
        self._mail.item(account, customer, "delivery", {"delivery": delivery})

    def read(self, account: Account, customer: Customer, chat: Chat, lines: Sequence[Line]) -> None:
        """Report lines as read: a watermark says up to when, a message id that this and all before were seen."""
        moved = self._raise(chat, lines, "read")
        if moved:
            read = (
                {"mid": moved[-1].id}
                if self._platform.flavour.reads_by_mid
                else {"watermark": int(self._host.now() * 1000)}
            )
            self._mail.item(account, customer, "read", {"read": read})

    def _raise(self, chat: Chat, lines: Sequence[Line], status: str) -> list[Line]:
        moved = [line for line in lines if line.rises_to(status)]
        for line in moved:
            line.status = status
            self._host.show_line(chat, line)
        return moved
