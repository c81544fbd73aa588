"""The customer's fingers: tap an option or the menu, follow, leave, scan, block. The app has no ticks and no reactions."""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.wechat.sandbox.platform import Json, Platform

Write = Callable[[Account, Customer, Json], Line | None]
SWITCHES = ("read_receipts", "auto_read", "online")
DOINGS = ("follow", "unfollow", "scan", "menu", "enter")


class Fingers:
    """Takes {"action": name, …} or, shorter, {name: value, …}."""

    def __init__(self, host: Host, platform: Platform, write: Write) -> None:
        self._host = host
        self._platform = platform
        self._write = write

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        """Raises WishRefused for what the app has not."""
        known = ("tap", "read", "play", "typing", "block", "unblock", *SWITCHES, *DOINGS)
        name = str(wish.get("action") or next((key for key in wish if key in known), ""))
        if name not in known:
            raise WishRefused(f"In WeChat, action is one of: {', '.join(known)}.")
        value = wish.get(name, True)
        chat = self._platform.chat(account, customer)
        if name == "tap":
            return self._tap(account, customer, chat, wish)
        if name in DOINGS:
            key = {"menu": "key", "scan": "scene", "follow": "scene", "enter": "scene"}.get(name, "")
            named = {key: value} if key and isinstance(value, str) else {}
            self._write(account, customer, {**wish, **named, "kind": name})
            return {"done": name}
        if name in ("block", "unblock"):
            chat.blocked_by_customer = name == "block" and bool(value)
            self._host.show_chat(chat)
            return {"blocked": chat.blocked_by_customer}
        if name in SWITCHES:
            setattr(customer, name, bool(value))
            self._host.show_customer(customer)
            return {name: bool(value)}
        if name == "read":
            self._see(chat)
        return {name: True}

    def _tap(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Json:
        """Tap an option of a menu message by its id or title; without one, the first of the newest."""
        wanted = wish.get("button", wish.get("tap", True))
        wanted = "" if wanted is True else str(wanted)
        lines = [line for line in reversed(chat.lines.values()) if line.by == "business"]
        named = wish.get("message_id")
        for line in [line for line in lines if named in (None, "", line.id)]:
            for button in line.view.get("buttons", []):
                if button["kind"] == "reply" and wanted in ("", button["id"], button["title"]):
                    choice = {"kind": "button_reply", "id": button["id"], "title": button["title"]}
                    sent = self._write(account, customer, choice)
                    return {"tapped": choice, "message_id": sent.id if sent else None}
        raise WishRefused("No message here has such an option.")

    def _see(self, chat: Chat) -> None:
        """Look at what came. The platform tells nobody."""
        for line in chat.lines.values():
            if line.by == "business" and not line.extra.get("seen"):
                line.extra["seen"] = True
                self._host.show_line(chat, line)
