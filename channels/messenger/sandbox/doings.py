"""What people do on Messenger that is no message: carts, accounts joined, verdicts, posts on the Page, mentions, games.

Source: Meta's event references of the Messenger Platform (1 Jun 2026) and the Page's `feed` and `mention` webhooks.
"""

from __future__ import annotations

from channels.sandbox.graph.errors import Json
from channels.sandbox.host import numeric_id
from channels.sandbox.messaging.comments import Wall
from channels.sandbox.messaging.customer import Doing
from channels.sandbox.messaging.ids import message_id
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Chat, Customer, Line

ITEMS: list[Json] = [
    {
        "id": "6300200100400",
        "retailer_id": "GAIWAN-CELADON",
        "name": "青瓷蓋碗",
        "unit_price": 348,
        "currency": "HKD",
        "quantity": 1,
    },
    {
        "id": "6300200100401",
        "retailer_id": "TGY-100",
        "name": "安溪鐵觀音 100g",
        "unit_price": 214,
        "currency": "HKD",
        "quantity": 2,
    },
]


class Doings:
    def __init__(self, platform: Platform, mail: Mail, wall: Wall) -> None:
        self._host = platform.host
        self._platform = platform
        self._mail = mail
        self._wall = wall

    def table(self) -> dict[str, Doing]:
        return {
            "order": self._order,
            "account_link": self._link,
            "account_unlink": self._link,
            "feedback": self._feedback,
            "policy": self._policy,
            "game": self._game,
            "visitor_post": self._visitor_post,
            "mention": self._mention,
        }

    def _order(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Send a cart from the shop on the Page."""
        items = wish.get("items") or ITEMS
        shown = [
            {
                "title": one["name"],
                "quantity": one["quantity"],
                "item_price": one["unit_price"],
                "currency": one["currency"],
            }
            for one in items
        ]
        line = self._line({"kind": "order", "text": str(wish.get("text") or ""), "order": {"items": shown}})
        order = {"products": items, "note": str(wish.get("text") or "")}
        chat.last_inbound_at = self._host.now()
        self._host.add_line(chat, line)
        self._mail.item(account, customer, "order", {"order": order})
        return line

    def _link(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Join one's account in the shop, or part it."""
        linked = wish.get("kind") == "account_link"
        event: Json = (
            {"status": "linked", "authorization_code": f"auth-{numeric_id(6)}"} if linked else {"status": "unlinked"}
        )
        self._mail.item(account, customer, "account_linking", {"account_linking": event})
        return self._notice(chat, "account_linked" if linked else "account_unlinked")

    def _feedback(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        newest = next(
            (one.id for one in reversed(chat.lines.values()) if one.by == "business"),
            message_id(self._platform.flavour),
        )
        verdict = "Good response" if wish.get("value") != "bad" else "Bad response"
        event = {"feedback": verdict, "mid": newest}
        self._mail.item(account, customer, "feedback", {"response_feedback": event})
        return self._notice(chat, "feedback", verdict)

    def _policy(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        """Let the platform warn, block or unblock the Page; nobody's message."""
        action = str(wish.get("value") or "warning")
        event = {"action": action, "reason": "The Page sent promotional content outside of the window."}
        self._mail.item(account, customer, "policy", {"policy_enforcement": event})

    def _game(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        event = {"game_id": "700600500", "player_id": "1", "context_type": "THREAD", "score": 42, "payload": "{}"}
        self._mail.item(account, customer, "game", {"game_play": event})

    def _visitor_post(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> Line:
        """Write on the Page's wall."""
        text = str(wish.get("text") or "你哋間新舖喺邊？好想嚟飲杯茶")
        post_id = self._wall.publish(account, text, customer=customer)
        self._host.show_chat(chat)
        return Line(post_id, "customer", self._host.now(), {"kind": "comment", "text": text, "post_id": post_id})

    def _mention(self, account: Account, customer: Customer, chat: Chat, wish: Json) -> None:
        """Name the Page in a comment somewhere else."""
        post_id = f"{numeric_id()}_{numeric_id()}"
        value = {
            "item": "comment",
            "verb": "add",
            "post_id": post_id,
            "comment_id": f"{post_id.rpartition('_')[2]}_{numeric_id()}",
            "sender_id": self._platform.public_id(account, customer),
            "from": {"id": self._platform.public_id(account, customer), "name": customer.name},
            "message": str(wish.get("text") or "去 Tin Kettle 買啦！"),
            "created_time": int(self._host.now()),
        }
        self._mail.change(account, "mention", value)

    def _line(self, view: Json) -> Line:
        return Line(message_id(self._platform.flavour), "customer", self._host.now(), view)

    def _notice(self, chat: Chat, notice: str, detail: str = "") -> Line:
        line = self._line({"kind": "notice", "notice": notice, "detail": detail})
        chat.add(line)
        self._host.show_line(chat, line)
        return line
