"""What a customer does with a finger: tap a button or a row, read, react, type, block, switch receipts or the phone."""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.whatsapp.sandbox.customer import Phone
from channels.whatsapp.sandbox.fields import Json

Action = Callable[[Account, Customer, Chat, Json], Json]


class Fingers:
    """Takes {"action": name, …} or, shorter, {name: value, …}; `message_id` names the message, else the newest fits."""

    def __init__(self, host: Host, phone: Phone) -> None:
        self._host = host
        self._phone = phone
        self._actions: dict[str, Action] = {
            "tap": self._tap,
            "read": phone.read,
            "play": phone.play,
            "react": self._react,
            "typing": self._typing,
            "read_receipts": self._read_receipts,
            "online": self._online,
            "auto_read": self._auto_read,
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
        """Tap a button or row by its id or title (`tap` or `button`); without one, the first."""
        wanted = wish.get("button", wish["value"])
        for line in self._tappable(chat, wish):
            choice = _choose(line, "" if wanted is True else str(wanted))
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
        emoji = "👍" if emoji is True else str(emoji or "")
        self._phone.react(account, customer, chat, {**wish, "emoji": emoji})
        return {"reacted": emoji}

    def _typing(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """WhatsApp tells businesses nothing about typing customers; the page shows it and that is all."""
        return {"typing": True}

    def _read_receipts(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        customer.read_receipts = bool(wish["value"])
        self._host.show_customer(customer)
        return {"read_receipts": customer.read_receipts}

    def _auto_read(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        customer.auto_read = bool(wish["value"])
        self._host.show_customer(customer)
        return {"auto_read": customer.auto_read}

    def _online(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        self._phone.go_online(customer, online=bool(wish["value"]))
        return {"online": customer.online}

    def _block(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        chat.blocked_by_customer = bool(wish["value"])
        self._host.show_chat(chat)
        return {"blocked": chat.blocked_by_customer}

    def _unblock(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        chat.blocked_by_customer = False
        self._host.show_chat(chat)
        return {"blocked": False}


def _choose(line: Line, wanted: str) -> Json:
    """Return what the customer sends by choosing `wanted` in this message, or nothing when it is not offered there."""
    view = line.view
    buttons = [
        *view.get("buttons", []),
        *(button for card in view.get("cards", []) for button in card.get("buttons", [])),
    ]
    for button in buttons:
        if wanted in ("", button["id"], button["title"]):
            return _press(view, button)
    for section in view.get("list", {}).get("sections", []):
        for row in section["rows"]:
            if wanted in ("", row["id"], row["title"]):
                return {
                    "kind": "list_reply",
                    **{key: row[key] for key in ("id", "title", "description") if row.get(key)},
                }
    if view["kind"] == "ask" and wanted in ("", view["ask"]):
        return {
            "kind": {
                "location": "location",
                "address": "address_reply",
                "contacts": "contacts",
                "call": "call_permission_reply",
            }[view["ask"]]
        }
    return {}


def _press(view: Json, button: Json) -> Json:
    match button["kind"]:
        case "reply":
            kind = "button" if view["kind"] == "template" else "button_reply"
            return {"kind": kind, "id": button["id"], "title": button["title"]}
        case "flow":
            return {"kind": "form_reply", "flow_token": button["id"]}
        case _:
            raise WishRefused(f"“{button['title']}” opens something on the phone; the business does not hear of it.")
