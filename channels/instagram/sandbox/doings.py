"""What people do on Instagram that is no message: new names, mentions, and the test to oneself.

Source: Meta's "Webhooks for Instagram" (2026).
"""

from __future__ import annotations

from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host, numeric_id
from channels.sandbox.messaging.customer import Doing
from channels.sandbox.messaging.ids import message_id
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Chat, Customer, Line


class Doings:
    def __init__(self, host: Host, platform: Platform, mail: Mail) -> None:
        self._host = host
        self._platform = platform
        self._mail = mail

    def table(self) -> dict[str, Doing]:
        return {"username_change": self._rename, "mention": self._mention}

    def _rename(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Take another user name. Nobody is told; the next question for the profile has it."""
        customer.username = str(wish.get("username") or f"{customer.username or 'guest'}.{numeric_id(3)}")
        self._host.show_customer(customer)
        view = {"kind": "notice", "notice": "renamed", "detail": customer.username}
        line = Line(message_id(self._platform.flavour), "customer", self._host.now(), view, "read")
        chat.add(line)
        self._host.show_line(chat, line)
        return line

    def _mention(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        """Name the account below somebody else's post; with Instagram Login that comes as a comment."""
        media_id, comment_id = f"18{numeric_id(15)}", f"17{numeric_id(15)}"
        if self._platform.page_of(account):
            self._mail.change(account, "mentions", {"media_id": media_id, "comment_id": comment_id})
            return
        who = {"id": self._platform.scoped_id(account, customer), "username": customer.username}
        media = {"id": media_id, "media_product_type": "FEED"}
        text = str(wish.get("text") or f"@{account.settings['username']} 呢間！")
        self._mail.change(account, "comments", {"id": comment_id, "from": who, "text": text, "media": media})
