"""What a customer does with a finger: tap a chip or a button, read, react, block, switch receipts or the phone."""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.emulator import WishRefused
from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host
from channels.sandbox.messaging.customer import Phone
from channels.sandbox.messaging.receipts import Receipts
from channels.sandbox.world import Account, Chat, Customer, Line

Action = Callable[[Account, Customer, Chat, Json], Json]


class Fingers:
    """Takes {"action": name, …} or, shorter, {name: value, …}; `message_id` names the message, else the newest fits."""

    def __init__(self, host: Host, phone: Phone, receipts: Receipts) -> None:
        self._host = host
        self._phone = phone
        self._receipts = receipts
        self._actions: dict[str, Action] = {
            "tap": self._tap,
            "read": self._read,
            "react": self._react,
            "typing": self._typing,
            "read_receipts": self._switch("read_receipts"),
            "auto_read": self._switch("auto_read"),
            "online": self._online,
            "block": self._block,
            "unblock": self._unblock,
        }

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        name = str(wish.get("action") or next((key for key in wish if key in self._actions), ""))
        if name not in self._actions:
            raise WishRefused(f"action is one of: {', '.join(self._actions)}.")
        chat = self._host.world.chat(account, customer)
        return self._actions[name](account, customer, chat, {"value": wish.get(name, True), **wish})

    def _tap(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Tap a chip or button by its id or title (`tap` or `button`); without one, the first."""
        wanted = wish.get("button", wish["value"])
        for line in self._tappable(chat, wish):
            choice = _choose(line, "" if wanted is True else str(wanted), customer)
            if choice:
                sent = self._phone.write(account, customer, {**choice, "message_id": line.id})
                return {"tapped": choice, "message_id": sent.id if sent else None}
        raise WishRefused("No message here has such a button.")

    def _tappable(self, chat: Chat, wish: Json) -> list[Line]:
        if wish.get("message_id"):
            return [self._phone.target(chat, wish, by="business")]
        return [line for line in reversed(chat.lines.values()) if line.by == "business"]

    def _react(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        emoji = wish.get("emoji", wish["value"])
        emoji = "❤️" if emoji is True else str(emoji or "")
        self._phone.react(account, customer, chat, {**wish, "emoji": emoji})
        return {"reacted": emoji}

    def _typing(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Businesses are told nothing about typing customers; the page shows it and that is all."""
        return {"typing": True}

    def _read(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Open the chat: everything that is there becomes read, and is reported if receipts are on."""
        upto = chat.lines.get(str(wish.get("message_id") or ""))
        lines = [
            line
            for line in chat.lines.values()
            if line.by == "business" and line.status in ("sent", "delivered") and (upto is None or line.at <= upto.at)
        ]
        if customer.read_receipts:
            self._receipts.read(account, customer, chat, lines)
        else:
            for line in lines:
                line.extra["seen"] = True
        return {"read": [line.id for line in lines]}

    def _switch(self, name: str) -> Action:
        def flip(account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
            setattr(customer, name, bool(wish["value"]))
            self._host.show_customer(customer)
            return {name: bool(wish["value"])}

        return flip

    def _online(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Switch the phone on or off; what waited is delivered when it comes on."""
        customer.online = bool(wish["value"])
        self._host.show_customer(customer)
        if customer.online:
            for each in self._host.world.chats_of(customer):
                waiting = [line for line in each.lines.values() if line.by == "business" and line.status == "sent"]
                self._receipts.deliver(self._host.world.accounts[each.account_id], customer, each, waiting)
        return {"online": customer.online}

    def _block(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        chat.blocked_by_customer = bool(wish["value"])
        self._host.show_chat(chat)
        return {"blocked": chat.blocked_by_customer}

    def _unblock(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        return self._block(account, customer, chat, {"value": False})


def _choose(line: Line, wanted: str, customer: Customer) -> Json:
    """Return what the customer sends by choosing `wanted` in this message, or nothing when it is not offered there."""
    view = line.view
    for chip in view.get("chips", []):
        if wanted in ("", chip["id"], chip["title"]):
            return _chip(chip, customer)
    buttons = [*view.get("buttons", []), *(one for card in view.get("cards", []) for one in card["buttons"])]
    for button in buttons:
        if wanted in ("", button["id"], button["title"]):
            return _press(button)
    return {}


def _chip(chip: Json, customer: Customer) -> Json:
    """A chip that asks for the number or the address fills it in."""
    known = {"user_phone_number": f"+{customer.phone}", "user_email": f"{customer.id}@mail.example"}
    value = known.get(chip["kind"])
    return {"kind": "quick_reply", "id": value or chip["id"], "title": value or chip["title"]}


def _press(button: Json) -> Json:
    match button["kind"]:
        case "postback":
            return {"kind": "postback", "id": button["id"], "title": button["title"]}
        case "optin":
            return {"kind": "optin_once", "id": button["id"]}
        case "account_link" | "account_unlink":
            return {"kind": button["kind"]}
        case _:
            raise WishRefused(f"“{button['title']}” opens something on the phone; the business does not hear of it.")
