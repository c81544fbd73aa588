"""Posts and what is written below them: comments in public, one private reply to each, answers in public.

Source: Meta's "Private Replies" (16 Apr 2026), the Page's `feed` webhook, and "Comment moderation" of the Instagram Platform (2026).
"""

from __future__ import annotations

from channels.sandbox.emulator import WishRefused
from channels.sandbox.graph.errors import Json
from channels.sandbox.graph.shape import refuse
from channels.sandbox.host import Host, numeric_id
from channels.sandbox.messaging import refusals
from channels.sandbox.messaging.flavour import DAY_S
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Customer, Line

REPLY_WITHIN_S = 7 * DAY_S
SHOWN = 40


class Wall:
    """The public side of an account."""

    def __init__(self, host: Host, platform: Platform, mail: Mail) -> None:
        self._host = host
        self._platform = platform
        self._mail = mail

    def publish(self, account: Account, text: str, *, art: str = "", customer: Customer | None = None) -> str:
        """Put up a post of the account's, or a visitor's; return its id. A visitor's is told to the business."""
        is_page = self._platform.flavour.object == "page"
        post_id = f"{account.external_id}_{numeric_id()}" if is_page else f"18{numeric_id(15)}"
        post: Json = {"id": post_id, "text": text, "art": art, "at": self._host.now(), "replied": False}
        post["customer_id"] = customer.id if customer else ""
        self._platform.room(account)["posts"][post_id] = post
        if customer:
            value = {"item": "post", "verb": "add", "post_id": post_id, **self._author(account, customer)}
            self._mail.change(
                account, "feed", {**value, "message": text, "created_time": int(post["at"])}, label="post"
            )
        self._host.store.touch()
        return post_id

    def comment(self, account: Account, customer: Customer | None, wish: Json) -> Json:
        """Write below a post: a customer, or (None) the business itself. Raises WishRefused."""
        room = self._platform.room(account)
        parent = room["comments"].get(str(wish.get("parent_id") or ""))
        post_id = str(wish.get("post_id") or (parent or {}).get("post_id") or next(iter(room["posts"]), ""))
        if post_id not in room["posts"]:
            raise WishRefused("There is no such post.")
        is_page = self._platform.flavour.object == "page"
        comment: Json = {
            "id": f"{post_id.rpartition('_')[2]}_{numeric_id()}" if is_page else f"17{numeric_id(15)}",
            "post_id": post_id,
            "parent_id": parent["id"] if parent else "",
            "customer_id": customer.id if customer else "",
            "text": str(wish.get("text") or "呢款有冇現貨？How much?"),
            "at": self._host.now(),
            "replied": False,
            "hidden": False,
            "live": bool(wish.get("live")),
            "ad": bool(wish.get("ad")),
        }
        room["comments"][comment["id"]] = comment
        self.tell(account, comment, "add")
        return comment

    def change(self, account: Account, comment: Json, verb: str, text: str = "") -> None:
        """Let a comment be edited or removed; only a Page hears of that."""
        if verb == "edited":
            comment["text"] = text
        else:
            del self._platform.room(account)["comments"][comment["id"]]
        if self._platform.flavour.object == "page":
            self.tell(account, comment, verb)

    def tell(self, account: Account, comment: Json, verb: str) -> None:
        """Post the webhook of a comment, and show the wall anew to everybody who looks."""
        if self._platform.flavour.object == "page":
            self._mail.change(account, "feed", self._in_feed(account, comment, verb), label=f"comment {verb}")
        else:
            field = "live_comments" if comment["live"] else "comments"
            self._mail.change(account, field, self._on_media(account, comment))
        room = self._platform.room(account)
        about = {comment["customer_id"], (room["comments"].get(comment["parent_id"]) or comment)["customer_id"]}
        for customer in filter(None, map(self._host.world.customers.get, about)):
            self._host.show_chat(self._host.world.chat(account, customer))
        self._host.store.touch()

    def seen_by(self, account: Account, customer: Customer) -> list[Json]:
        """Return the wall as the page draws it: posts with their comments, newest last."""
        room = self._platform.room(account)
        comments = list(room["comments"].values())[-SHOWN:]
        return [
            {
                "id": post["id"],
                "text": post["text"],
                "art": post["art"],
                "at": post["at"],
                "by": self._name(post["customer_id"]) or account.name,
                "comments": [
                    {
                        "id": one["id"],
                        "parent_id": one["parent_id"],
                        "text": one["text"],
                        "by": self._name(one["customer_id"]) or account.name,
                        "mine": one["customer_id"] == customer.id,
                        "ours": not one["customer_id"],
                        "hidden": one["hidden"],
                    }
                    for one in comments
                    if one["post_id"] == post["id"]
                ],
            }
            for post in room["posts"].values()
        ]

    def _name(self, customer_id: str) -> str:
        found = self._host.world.customers.get(customer_id)
        return (found.username or found.name) if found else ""

    def _in_feed(self, account: Account, comment: Json, verb: str) -> Json:
        post = {"status_type": "added_photos", "is_published": True, "id": comment["post_id"]}
        value: Json = {
            **self._author(account, self._host.world.customers.get(comment["customer_id"])),
            "post": {**post, "permalink_url": f"https://www.facebook.com/{comment['post_id']}"},
            "post_id": comment["post_id"],
            "comment_id": comment["id"],
            "parent_id": comment["parent_id"] or comment["post_id"],
            "created_time": int(comment["at"]),
            "item": "comment",
            "verb": verb,
        }
        return value if verb == "remove" else {**value, "message": comment["text"]}

    def _author(self, account: Account, customer: Customer | None) -> Json:
        if customer is None:
            return {"from": {"id": account.external_id, "name": account.name}}
        return {"from": {"id": self._platform.public_id(account, customer), "name": customer.name}}

    def _on_media(self, account: Account, comment: Json) -> Json:
        customer = self._host.world.customers.get(comment["customer_id"])
        who = {"id": account.external_id, "username": account.settings.get("username", "")}
        if customer:
            who = {"id": self._platform.scoped_id(account, customer), "username": customer.username}
        media: Json = {"id": comment["post_id"], "media_product_type": "FEED"}
        if comment["ad"]:
            media |= {"media_product_type": "AD", "ad_id": "120210000000000321", "ad_title": "秋茶新到"}
        key = "comment_id" if self._platform.page_of(account) else "id"
        value: Json = {"from": who, key: comment["id"], "text": comment["text"], "media": media}
        return value | ({"parent_id": comment["parent_id"]} if comment["parent_id"] else {})


def private_reply(host: Host, platform: Platform, account: Account, target: str) -> Customer:
    """Return whom the one private reply to a comment or a visitor's post reaches. Raises GraphError."""
    room = platform.room(account)
    found = room["comments"].get(target) or room["posts"].get(target)
    customer = host.world.customers.get(found["customer_id"]) if found else None
    if found is None or customer is None:
        raise refuse("Object does not exist, or it cannot be replied to in private")
    if found["replied"]:
        raise refusals.already_answered(platform.flavour)
    if host.now() - found["at"] > REPLY_WITHIN_S:
        raise refusals.too_old(platform.flavour)
    return customer


def mark_replied(platform: Platform, account: Account, target: str, line: Line) -> None:
    """Remember that the one reply is used, and show above it what it answers."""
    room = platform.room(account)
    found = room["comments"].get(target) or room["posts"][target]
    found["replied"] = True
    line.view["about"] = found["text"]
