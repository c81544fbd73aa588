"""The customer's side: writes, taps, reacts, edits, unsends, comments; every doing becomes its webhook.

Source: Meta's webhook event references of the Messenger Platform (1 Jun 2026) and the Instagram Platform (2026).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from channels.sandbox.emulator import WishRefused
from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host, numeric_id
from channels.sandbox.messaging.comments import Wall
from channels.sandbox.messaging.content import AD_REFERRAL, Builder, Desk
from channels.sandbox.messaging.control import Control
from channels.sandbox.messaging.files import Files
from channels.sandbox.messaging.ids import message_id
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Chat, Customer, Line

Doing = Callable[[Account, Customer, Chat, Json], Line | None]
NAMES = {
    "❤️": "love",
    "❤": "love",
    "👍": "like",
    "👎": "dislike",
    "😆": "smile",
    "😂": "smile",
    "😮": "wow",
    "😢": "sad",
    "😠": "angry",
}
EDITS_MOST = 5


class Phone:
    """The app on a customer's phone. `builders` make messages; doings are events of their own."""

    def __init__(
        self, host: Host, platform: Platform, mail: Mail, files: Files, wall: Wall, control: Control,
        builders: Mapping[str, Builder],
    ) -> None:  # fmt: skip
        self._host = host
        self._platform = platform
        self._mail = mail
        self._files = files
        self._wall = wall
        self._control = control
        self._builders = builders
        self.doings: dict[str, Doing] = {
            "postback": self.postback,
            "referral": self._refer,
            "reaction": self.react,
            "edit": self._edit,
            "edit_unseen": self._edit_unseen,
            "revoke": self._unsend,
            "unsend_unknown": self._unsend_unknown,
            "comment": self._comment,
            "comment_edit": self._edit_comment,
            "comment_remove": self._remove_comment,
            "echo": self._echo,
            "optin": self._opt_in,
            "optin_marketing": self._opt_in_marketing,
            "optin_once": self._opt_in_once,
            "handover": self._hand_over,
            "control_request": self._request_control,
            "raw": self._raw,
        }

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        """Let the customer send or do {kind, …}. Raises WishRefused."""
        chat = self._host.world.chat(account, customer)
        kind = str(wish.get("kind") or "text")
        if doing := self.doings.get(kind):
            return doing(account, customer, chat, wish)
        if chat.blocked_by_customer:
            raise WishRefused("This customer has blocked the business; unblock it first.")
        if kind not in self._builders:
            raise WishRefused(f"kind is one of: {', '.join(sorted([*self._builders, *self.doings]))}.")
        kind = "ad" if kind == "text" and wish.get("referral") else kind
        built = self._builders[kind](Desk(self._host, self._platform, self._files, account, customer, chat), wish)
        line = self._line(built.view, reply_to=self._answered(chat, wish, kind))
        message: Json = {"mid": line.id, **built.message}
        if line.reply_to:
            own = chat.lines[line.reply_to].by == "customer"
            message["reply_to"] = {"mid": line.reply_to, "is_self_reply": own}
        self._deliver(account, customer, chat, "message", {"message": message}, line, kind)
        return line

    def _answered(self, chat: Chat, wish: Json, kind: str) -> str:
        target = str(wish.get("reply_to") or (wish.get("message_id") if kind == "quick_reply" else "") or "")
        return target if target in chat.lines else ""

    def _line(self, view: Json, *, reply_to: str = "", by_business: bool = False) -> Line:
        by = "business" if by_business else "customer"
        return Line(message_id(self._platform.flavour), by, self._host.now(), view, "sent", reply_to)  # type: ignore[arg-type]

    def _deliver(
        self,
        account: Account,
        customer: Customer,
        chat: Chat,
        name: str,
        event: Json,
        line: Line | None,
        kind: str = "",
    ) -> None:
        """Post what opens the window, and show it."""
        chat.last_inbound_at = self._host.now()
        if line:
            line.extra["type"] = kind or name
            self._host.add_line(chat, line)
        self._mail.item(account, customer, name, event)
        self._host.show_chat(chat)

    def postback(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Tap a button, a menu item, an ice breaker, or Get Started; after a link or ad it says where from."""
        title, payload = str(wish.get("title") or "Get Started"), str(wish.get("id") or "GET_STARTED")
        line = self._line({"kind": "text", "text": title, "tapped": True})
        postback: Json = {"mid": line.id, "title": title, "payload": payload}
        if wish.get("referral"):
            given = wish["referral"]
            postback["referral"] = (
                given
                if isinstance(given, dict)
                else {"ref": "shop-window", "source": "SHORTLINK", "type": "OPEN_THREAD"}
            )
        self._deliver(account, customer, chat, "postback", {"postback": postback}, line)
        return line

    def _refer(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Come back into the thread by a link (`ref`) or, with `ad`, by an advertisement, and say nothing."""
        link = {"ref": str(wish.get("ref") or "tea-club"), "source": "SHORTLINK", "type": "OPEN_THREAD"}
        referral = AD_REFERRAL if wish.get("ad") else link
        line = self._notice(chat, "referral", referral["ref"])
        self._deliver(account, customer, chat, "referral", {"referral": referral}, None)
        return line

    def react(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """React to a message of the business; an empty emoji takes it back. `bare`: name and emoji are not told."""
        line = self.target(chat, wish, by="business")
        emoji = str(wish.get("emoji") or "")
        reaction: Json = {"mid": line.id, "action": "react" if emoji else "unreact"}
        if emoji and not wish.get("bare"):
            reaction |= {"reaction": NAMES.get(emoji, "other"), "emoji": emoji}
        if emoji:
            line.reactions["customer"] = emoji
        else:
            line.reactions.pop("customer", None)
        self._deliver(account, customer, chat, "reaction", {"reaction": reaction}, None)
        self._host.show_line(chat, line)
        return line

    def _edit(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        line = self.target(chat, wish, by="customer")
        edits = int(line.extra.get("edits", 0)) + 1
        if edits > EDITS_MOST:
            raise WishRefused(f"A message can be edited {EDITS_MOST} times.")
        said = str(wish.get("text") or f"{line.view.get('text', '')} ✎")
        line.view["text"], line.edited, line.extra["edits"] = said, True, edits
        told = str(edits) if wish.get("as_string") else edits
        self._mail.item(account, customer, "edit", {"message_edit": {"mid": line.id, "text": said, "num_edit": told}})
        self._host.show_line(chat, line)
        return line

    def _edit_unseen(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Tell of an edit whose message never came."""
        line = self._line({"kind": "text", "text": str(wish.get("text") or "Sorry, I meant two tins")})
        self._mail.item(
            account, customer, "edit", {"message_edit": {"mid": line.id, "text": line.view["text"], "num_edit": 1}}
        )
        return line

    def _unsend(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        line = self.target(chat, wish, by="customer")
        line.deleted = True
        self._mail.item(account, customer, "message", {"message": {"mid": line.id, "is_deleted": True}})
        self._host.show_line(chat, line)
        return line

    def _unsend_unknown(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        line = self._line({"kind": "notice", "notice": "unsent"})
        self._mail.item(account, customer, "message", {"message": {"mid": line.id, "is_deleted": True}})
        return line

    def _comment(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Write below a post in public. It lies on the wall, not in the chat, and opens one private reply."""
        comment = self._wall.comment(account, customer, wish)
        self._host.show_chat(chat)
        return Line(
            comment["id"],
            "customer",
            comment["at"],
            {"kind": "comment", "text": comment["text"], "post_id": comment["post_id"]},
        )

    def _edit_comment(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        text = str(wish.get("text") or "（改）有冇大啲嘅？")
        self._wall.change(account, self._own_comment(account, customer, wish), "edited", text)
        self._host.show_chat(chat)

    def _remove_comment(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        self._wall.change(account, self._own_comment(account, customer, wish), "remove")
        self._host.show_chat(chat)

    def _own_comment(self, account: Account, customer: Customer, wish: Json) -> Json:
        comments: dict[str, Json] = self._platform.room(account)["comments"]
        own = [one for one in comments.values() if one["customer_id"] == customer.id]
        found = [one for one in own if wish.get("message_id", one["id"]) == one["id"]]
        if not found:
            raise WishRefused("This customer has written no such comment.")
        return found[-1]

    def _echo(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Somebody answers from the platform's own inbox, or (`app_id`) another app does."""
        said = str(wish.get("text") or "我喺鋪頭，等我睇睇先。")
        line = self._line({"kind": "text", "text": said}, by_business=True)
        line.status, line.extra["type"] = "delivered", "echo"
        message: Json = {"mid": line.id, "text": said, "is_echo": True}
        if self._platform.flavour.echoes_say_who:
            message["app_id"] = int(wish.get("app_id") or self._platform.flavour.inbox_app_id)
        self._host.add_line(chat, line)
        self._mail.item(account, customer, "echo", {"message": message}, ours=True)
        return line

    def _opt_in(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Tick a box on the shop's web page: the business learns a `user_ref`, not who it is."""
        user_ref = str(wish.get("user_ref") or f"ref-{secrets.token_hex(6)}")
        self._platform.room(account)["user_refs"][user_ref] = customer.id
        optin = {"ref": str(wish.get("ref") or "back-in-stock"), "user_ref": user_ref}
        self._mail.item(account, customer, "optin", {"optin": optin}, sender={"user_ref": user_ref})
        return self._notice(chat, "optin", optin["ref"])

    def _opt_in_marketing(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Agree to offers, or (`value` "stop") take it back."""
        stopped = wish.get("value") == "stop"
        optin: Json = {
            "type": "notification_messages",
            "notification_messages_token": str(numeric_id(19)),
            "notification_messages_timezone": "Asia/Hong_Kong",
            "notification_messages_status": "STOP_NOTIFICATIONS" if stopped else "RESUME_NOTIFICATIONS",
            "token_expiry_timestamp": int((self._host.now() + 270 * 86_400) * 1000),
            "user_token_status": "REFRESHED" if wish.get("again") else "NOT_REFRESHED",
            "title": "Offers of Tin Kettle",
            "payload": "OFFERS",
        }
        chat.marketing_stopped = stopped
        self._mail.item(account, customer, "optin", {"optin": optin})
        self._host.show_chat(chat)
        return self._notice(chat, "marketing_stop" if stopped else "marketing_resume", "")

    def _opt_in_once(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Let the business write once more, whenever that may be."""
        token = str(numeric_id(19))
        self._platform.room(account)["optins"][token] = customer.id
        optin = {
            "type": "one_time_notif_req",
            "payload": str(wish.get("id") or "BACK_IN_STOCK"),
            "one_time_notif_token": token,
        }
        self._mail.item(account, customer, "optin", {"optin": optin})
        return self._notice(chat, "optin", optin["payload"])

    def _hand_over(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Let the platform's own inbox take the thread (`to` "inbox"), or give it back to us."""
        own = str(account.settings["app_id"])
        inbox = str(wish.get("app_id") or self._platform.flavour.inbox_app_id)
        if wish.get("to") == "app":
            self._control.move(account, customer, "pass", own, str(wish.get("note") or "please go on"))
        else:
            self._control.move(account, customer, "take", inbox, str(wish.get("note") or ""))
        return self._notice(chat, "handover", "Hawker" if wish.get("to") == "app" else "Inbox")

    def _request_control(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        self._control.move(account, customer, "request", self._platform.flavour.inbox_app_id, "may I?")

    def _raw(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        """Post any event object between the two, in the platform's words: {"event": {"hologram": {…}}, "name": field's member}."""
        event, name = wish.get("event"), str(wish.get("name") or "message")
        if not isinstance(event, dict) or name not in self._platform.flavour.fields:
            raise WishRefused(f"Wanted: event (an object) and name, one of {', '.join(self._platform.flavour.fields)}.")
        self._mail.item(account, customer, name, event, ours=bool(wish.get("ours")))

    def target(self, chat: Chat, wish: Json, *, by: str) -> Line:
        """Return the line that the wish names, else the newest by that side. Raises WishRefused."""
        wanted = str(wish.get("message_id") or "")
        lines = (
            [chat.lines[wanted]]
            if wanted in chat.lines
            else []
            if wanted
            else [one for one in chat.lines.values() if one.by == by]
        )
        if not lines:
            raise WishRefused("There is no such message in this chat.")
        return lines[-1]

    def _notice(self, chat: Chat, notice: str, detail: str) -> Line:
        line = self._line({"kind": "notice", "notice": notice, "detail": detail})
        line.status = "read"
        chat.add(line)
        self._host.show_line(chat, line)
        return line
