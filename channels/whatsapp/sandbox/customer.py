"""The customer's side: writes, taps, reacts, reads, edits, blocks, changes numbers; every doing becomes its webhook."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.whatsapp.sandbox import content, people
from channels.whatsapp.sandbox.content import REFERRAL, Content, Desk
from channels.whatsapp.sandbox.errors import GraphError
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.mail import Mail
from channels.whatsapp.sandbox.messages import FREE_ENTRY_S, message_id
from channels.whatsapp.sandbox.platform import Platform
from channels.whatsapp.sandbox.statuses import Statuses, parcel_of


class Phone:
    """The app on a customer's phone."""

    def __init__(self, host: Host, platform: Platform, statuses: Statuses, file_url: Callable[[str], str]) -> None:
        self._host = host
        self._platform = platform
        self._statuses = statuses
        self._file_url = file_url
        self._mail = Mail(host)

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        """Let the customer send or do {kind, …}. Raises WishRefused."""
        chat = self._host.world.chat(account, customer)
        kind = str(wish.get("kind") or "text")
        if doing := self._doings().get(kind):
            return doing(account, customer, chat, wish)
        if chat.blocked_by_customer:
            raise WishRefused("This customer has blocked the business; unblock it first.")
        built = content.build(Desk(self._host, account, customer, self._file_url), kind, wish)
        context, reply_to = self._context(account, customer, chat, wish, built)
        parts = dict(built.parts)
        if context:
            parts["context"] = context
        if wish.get("referral"):
            parts["referral"] = wish["referral"] if isinstance(wish["referral"], dict) else REFERRAL
            chat.free_entry_until = self._host.now() + FREE_ENTRY_S
        line = Line(
            message_id(),
            "customer",
            self._host.now(),
            built.view | self._marks(wish),
            "sent",
            reply_to,
            extra={"type": built.type},
        )
        self._mail.deliver(account, customer, chat, line.id, built.type, parts)
        chat.last_inbound_at = self._host.now()
        self._host.add_line(chat, line)
        self._host.show_chat(chat)
        return line

    def _doings(self) -> dict[str, Callable[[Account, Customer, Chat, Json], Line | None]]:
        return {
            "reaction": self.react,
            "edit": self._edit,
            "revoke": self._revoke,
            "number_change": self._change_number,
            "user_id_change": self._change_user_id,
            "identity_change": self._change_identity,
            "preference": self._prefer,
            "echo": self._echo,
        }

    def _marks(self, wish: Json) -> Json:
        marks = {key: True for key in ("forwarded", "frequently_forwarded") if wish.get(key)}
        return marks | ({"ad": True} if wish.get("referral") else {})

    def _context(
        self, account: Account, customer: Customer, chat: Chat, wish: Json, built: Content
    ) -> tuple[Json, str]:
        """Return the webhook's `context` and the id of the line that is answered."""
        context: Json = {key: True for key in ("forwarded", "frequently_forwarded") if wish.get(key)}
        target = str(wish.get("reply_to") or wish.get("message_id") or "")
        if not target and built.type in ("button", "interactive") and wish.get("kind") != "interactive_empty":
            target = next((line.id for line in reversed(chat.lines.values()) if line.by == "business"), message_id())
        if target:
            line = chat.lines.get(target)
            author = customer.phone if line and line.by == "customer" else account.phone
            context |= {"from": author, "id": target}
        if product := wish.get("referred_product"):
            sample = {"catalog_id": "600100200300", "product_retailer_id": "GAIWAN-CELADON"}
            context |= {"from": account.phone, "id": context.get("id", message_id())}
            context["referred_product"] = product if isinstance(product, dict) else sample
        return context, target

    def target(self, chat: Chat, wish: Json, *, by: str) -> Line:
        """Return the line that the wish names, else the newest by that side. Raises WishRefused."""
        wanted = str(wish.get("message_id") or "")
        line = (
            chat.lines.get(wanted)
            if wanted
            else next((line for line in reversed(chat.lines.values()) if line.by == by), None)
        )
        if line is None:
            raise WishRefused("There is no such message in this chat.")
        return line

    def react(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        """React to a message; an empty emoji takes the reaction back (then `emoji` is absent, or "" if `removal` says so)."""
        line = self.target(chat, wish, by="business")
        emoji = str(wish.get("emoji") or "")
        reaction: Json = {"message_id": line.id}
        if emoji:
            line.reactions["customer"] = emoji
            reaction["emoji"] = emoji
        else:
            line.reactions.pop("customer", None)
            if wish.get("removal") == "empty":
                reaction["emoji"] = ""
        self._mail.deliver(account, customer, chat, message_id(), "reaction", {"reaction": reaction})
        chat.last_inbound_at = self._host.now()
        self._host.show_line(chat, line)

    def _edit(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        line = self.target(chat, wish, by="customer")
        text = str(wish.get("text") or f"{line.view.get('text', '')} ✎")
        inner: Json = {"type": "text", "text": {"body": text}}
        if media := line.view.get("media"):
            body = {"id": media["file_id"], "mime_type": media["mime"], "sha256": media["sha256"], "caption": text}
            inner = {"type": media["kind"], media["kind"]: body}
        if line.reply_to:
            inner["context"] = {"id": "M0"}
        self._change(account, customer, chat, "edit", {"original_message_id": line.id, "message": inner})
        line.view["text"], line.edited = text, True
        self._host.show_line(chat, line)
        return line

    def _revoke(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        line = self.target(chat, wish, by="customer")
        self._change(account, customer, chat, "revoke", {"original_message_id": line.id})
        line.deleted = True
        self._host.show_line(chat, line)
        return line

    def _change(self, account: Account, customer: Customer, chat: Chat, kind: str, body: Json) -> None:
        """Edits and revocations reach only numbers that are also in the business app; others hear of something unsupported."""
        if account.settings.get("coexistence", True):
            self._mail.deliver(account, customer, chat, message_id(), kind, {kind: body})
            return
        error = GraphError(131051, "Message type is currently not supported.").in_webhook()
        parts = {"errors": [error], "unsupported": {"type": kind}}
        self._mail.deliver(account, customer, chat, message_id(), "unsupported", parts)

    def _change_number(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Move to a new number: every business that knows the customer is told, and the user id is a new one too."""
        if not customer.phone:
            raise WishRefused("This customer shows no number.")
        old, new = customer.phone, "".join(char for char in str(wish.get("phone") or "") if char.isdigit())
        new = new or f"{old[:-4]}{secrets.randbelow(10_000):04d}"
        waba = self._platform.waba_of(account)
        user_id = people.user_id_of(new, waba["business_id"])
        body = f"User {customer.name} changed from {old} to {new}"
        system = {"body": body, "type": "user_changed_number", "wa_id": new, "user_id": user_id}
        accounts = {chat.account_id for chat in self._host.world.chats_of(customer)} | {account.id}
        for account_id in sorted(accounts):
            self._mail.system(self._host.world.accounts[account_id], customer, system)
        customer.past_phones.append(old)
        customer.phone, customer.user_id = new, user_id
        self._host.world.index(customer)
        self._host.show_customer(customer)
        return self._notice(chat, "number_changed", new)

    def _change_user_id(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        country = customer.user_id.split(".")[0] or "HK"
        user_id = f"{country}.{secrets.randbelow(10**18):018d}"
        system = {
            "body": f"User {customer.name} changed their user ID",
            "type": "user_changed_user_id",
            "user_id": user_id,
        }
        self._mail.system(account, customer, system)
        customer.user_id = user_id
        self._host.world.index(customer)
        self._host.show_customer(customer)
        return self._notice(chat, "user_id_changed", user_id)

    def _change_identity(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        identity = {
            "acknowledged": False,
            "created_timestamp": self._mail.timestamp(),
            "hash": secrets.token_urlsafe(9),
        }
        system = {"body": f"{customer.name}'s security code changed", "type": "customer_identity_changed"}
        self._mail.deliver(account, customer, chat, message_id(), "system", {"system": system, "identity": identity})
        return self._notice(chat, "identity_changed", "")

    def _prefer(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Stop or resume marketing messages, in the app's own menu."""
        value = "resume" if wish.get("value") == "resume" else "stop"
        chat.marketing_stopped = value == "stop"
        preference: Json = {
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self._host.now()),
        }
        if customer.phone:
            preference = {"wa_id": customer.phone, **preference}
        if customer.user_id:
            preference["user_id"] = customer.user_id
        value_object = {"contacts": [self._mail.contact(customer)], "user_preferences": [preference]}
        self._mail.post(account, customer, f"user_preferences · {value}", "user_preferences", value_object)
        self._host.show_chat(chat)
        return self._notice(chat, f"marketing_{value}", "")

    def _echo(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Somebody of the business answers from the phone app (coexistence)."""
        text = str(wish.get("text") or "我喺鋪頭，等我睇睇先。")
        line = Line(
            message_id(),
            "business",
            self._host.now(),
            {"kind": "text", "text": text},
            "delivered",
            extra={"type": "echo"},
        )
        echo: Json = {
            "from": account.phone,
            "id": line.id,
            "timestamp": self._mail.timestamp(),
            "type": "text",
            "text": {"body": text},
        }
        if customer.phone:
            echo["to"] = customer.phone
        if customer.user_id:
            echo["to_user_id"] = customer.user_id
        value = {"contacts": [self._mail.contact(customer)], "message_echoes": [echo]}
        self._mail.post(account, customer, "smb_message_echoes · text", "smb_message_echoes", value)
        self._host.add_line(chat, line)
        return line

    def _notice(self, chat: Chat, notice: str, detail: str) -> Line:
        line = Line(
            message_id(), "customer", self._host.now(), {"kind": "notice", "notice": notice, "detail": detail}, "read"
        )
        chat.add(line)
        self._host.show_line(chat, line)
        return line

    def read(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Open the chat: everything delivered becomes read, and is reported if receipts are on."""
        upto = chat.lines.get(str(wish.get("message_id") or ""))
        read = [
            line
            for line in list(chat.lines.values())
            if line.by == "business"
            and line.status in ("sent", "delivered")
            and line.extra.get("type") != "echo"
            and (upto is None or line.at <= upto.at)
        ]
        for line in read:
            if customer.read_receipts:
                self._statuses.report(parcel_of(account, customer, line), chat, "read")
            else:
                line.extra["seen"] = True
        return {"read": [line.id for line in read]}

    def play(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Play a voice message for the first time."""
        line = self.target(chat, wish, by="business")
        self._statuses.report(parcel_of(account, customer, line), chat, "played")
        return {"played": line.id}

    def go_online(self, customer: Customer, *, online: bool) -> None:
        """Switch the phone on or off; what waited is delivered when it comes on."""
        customer.online = online
        self._host.show_customer(customer)
        if not online:
            return
        for chat in self._host.world.chats_of(customer):
            account = self._host.world.accounts[chat.account_id]
            for line in [line for line in chat.lines.values() if line.by == "business" and line.status == "sent"]:
                self._statuses.report(parcel_of(account, customer, line), chat, "delivered")
