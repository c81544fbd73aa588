"""The customer's side of WeCom customer service: opens the chat, writes, takes back; and colleagues in WeCom's own app."""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.emulator import WishRefused
from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer, Line
from channels.wechat.sandbox import contents, windows
from channels.wechat.sandbox.contents import Desk
from channels.wechat.sandbox.kf.log import COLLEAGUE, Log
from channels.wechat.sandbox.kf.sessions import Sessions
from channels.wechat.sandbox.platform import Json, Platform, opaque

GREETED_WITHIN_S = 48 * 3600
Doing = Callable[[Account, Customer, Json], Line | None]


class ServicePhone:
    def __init__(self, host: Host, platform: Platform, log: Log, sessions: Sessions) -> None:
        self._host = host
        self._platform = platform
        self._log = log
        self._sessions = sessions
        self._doings: dict[str, Doing] = {
            "enter": self._enter,
            "revoke": self._recall,
            "refuse": self._refuse,
            "echo": self._colleague,
        }

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        """Let the customer write or do {kind, …}. Raises WishRefused."""
        kind = str(wish.get("kind") or "text")
        if kind in self._doings:
            return self._doings[kind](account, customer, wish)
        content = contents.build(Desk(self._host, self._platform, account), kind, wish)
        bond, now = self._platform.bond(account, customer), self._host.now()
        bond["wrote_at"] = now
        windows.grant(account, bond, "message", now)
        self._sessions.wrote(account, customer)
        msgid = self._log.message(account, customer, content.kind, content.part)
        line = Line(msgid, "customer", now, content.view, "sent", extra={"type": kind})
        chat = self._platform.chat(account, customer)
        chat.last_inbound_at = now
        self._host.add_line(chat, line)
        self._host.show_chat(chat)
        return line

    def _enter(self, account: Account, customer: Customer, wish: Json) -> None:
        """Open the chat by a link {scene}. A code for a greeting comes only after two days of silence."""
        bond, now = self._platform.bond(account, customer), self._host.now()
        event: Json = {"external_userid": self._platform.openid(account, customer)}
        event |= {"scene": str(wish.get("scene") or ""), "scene_param": str(wish.get("scene_param") or "")}
        if now - max(bond.get("wrote_at", 0), bond.get("greeted_at", 0)) > GREETED_WITHIN_S:
            event["welcome_code"] = self._sessions.code(account, customer)
            bond["greeted_at"] = now
        self._note(account, customer, "opened_chat", event["scene"])
        self._log.event(account, "enter_session", event)

    def _recall(self, account: Account, customer: Customer, wish: Json) -> None:
        """Take back the newest message, or the one named. Raises WishRefused."""
        chat = self._platform.chat(account, customer)
        wanted = str(wish.get("message_id") or "")
        own = [one for one in chat.lines.values() if one.by == "customer" and one.view["kind"] != "notice"]
        line = next((one for one in reversed(own) if wanted in ("", one.id) and not one.deleted), None)
        if line is None:
            raise WishRefused("There is no message to take back.")
        line.deleted = True
        self._host.show_line(chat, line)
        event = {"external_userid": self._platform.openid(account, customer), "recall_msgid": line.id}
        self._log.event(account, "user_recall_msg", event)

    def _refuse(self, account: Account, customer: Customer, wish: Json) -> None:
        """Switch messages of this account off or, with `value` false, on."""
        refuses = bool(wish.get("value", True))
        chat = self._platform.chat(account, customer)
        chat.blocked_by_customer = refuses
        self._host.show_chat(chat)
        event = {"external_userid": self._platform.openid(account, customer), "reject_switch": int(refuses)}
        self._log.event(account, "reject_customer_msg_switch_change", event)

    def _colleague(self, account: Account, customer: Customer, wish: Json) -> Line:
        """A colleague answers in WeCom's own app."""
        text = str(wish.get("text") or "您好，已经安排发货了。")
        servicers = account.settings.get("servicers", [])
        by = str(servicers[0]["userid"]) if servicers else ""
        msgid = self._log.message(account, customer, "text", {"content": text}, origin=COLLEAGUE, by=by)
        view = {"kind": "text", "text": text}
        line = Line(msgid, "business", self._host.now(), view, "delivered", extra={"type": "echo"})
        self._host.add_line(self._platform.chat(account, customer), line)
        return line

    def _note(self, account: Account, customer: Customer, notice: str, detail: str) -> None:
        view = {"kind": "notice", "notice": notice, "detail": detail}
        line = Line(f"note_{opaque(16)}", "customer", self._host.now(), view, "sent", extra={"type": "notice"})
        self._host.add_line(self._platform.chat(account, customer), line)
