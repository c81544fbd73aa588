"""The platform's objects around an account: app, Page, people by their scoped ids; and the look-up of any Graph id.

What only the platform knows lies in the world's drawers: `meta` holds apps and Pages, which channels share, and each channel's
drawer a *room* per account: people, uploads, posts, comments, templates, personas, who owns which thread.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from channels.sandbox.host import Host, Json, numeric_id
from channels.sandbox.messaging.flavour import Flavour
from channels.sandbox.world import Account, Chat, Customer, Line

FAMILY = "meta"

NodeKind = Literal["sender", "profile", "person", "message", "comment", "post", "template", "persona", "app", "library"]


@dataclass(frozen=True, slots=True)
class Node:
    """What a Graph id names, and the account it belongs to. `sender` is whose /messages is called: a Page, an Instagram login."""

    kind: NodeKind
    id: str
    account: Account
    customer: Customer | None = None
    chat: Chat | None = None
    line: Line | None = None


class Platform:
    def __init__(self, host: Host, flavour: Flavour) -> None:
        self.host = host
        self.flavour = flavour

    def accounts(self) -> list[Account]:
        return [one for one in self.host.world.accounts.values() if one.channel == self.flavour.channel]

    def room(self, account: Account) -> Json:
        """Return what the platform keeps of one account."""
        rooms: dict[str, Json] = self.host.world.drawer(self.flavour.channel).setdefault("rooms", {})
        return rooms.setdefault(
            account.id,
            {
                "ids": {}, "people": {}, "user_refs": {}, "uploads": {}, "posts": {}, "comments": {}, "personas": {},
                "profile": {}, "templates": {}, "owners": {}, "optins": {}, "subscribed_fields": None,
            },
        )  # fmt: skip

    def found_app(self, name: str) -> Json:
        """Create a Meta app with its secrets."""
        app: Json = {
            "id": numeric_id(16),
            "name": name,
            "secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(18),
            "webhooks": {},
        }
        self.apps[app["id"]] = app
        return app

    @property
    def apps(self) -> dict[str, Json]:
        apps: dict[str, Json] = self.host.world.drawer(FAMILY).setdefault("apps", {})
        return apps

    @property
    def pages(self) -> dict[str, Json]:
        """Return the Facebook Pages: {id, name, access_token, subscribed_fields}; a Page may serve several channels."""
        pages: dict[str, Json] = self.host.world.drawer(FAMILY).setdefault("pages", {})
        return pages

    def found_page(self, name: str) -> Json:
        page: Json = {
            "id": numeric_id(15),
            "name": name,
            "access_token": "EAAG" + secrets.token_hex(60),
            "subscribed_fields": None,
        }
        self.pages[page["id"]] = page
        return page

    def app_of(self, account: Account) -> Json:
        return self.apps[account.settings["app_id"]]

    def page_of(self, account: Account) -> Json | None:
        """Return the Page that an account sends by; None for Instagram Login, which has none."""
        return self.pages.get(str(account.settings.get("page_id") or ""))

    def subscription(self, account: Account) -> Json:
        """Return the object whose `subscribed_fields` counts: None = never said, [] = unsubscribed."""
        return self.page_of(account) or self.room(account)

    def callback_of(self, account: Account) -> str:
        """Return where events go: the address set by hand, else the app's for this kind of object."""
        return account.webhook_url or str(
            self.app_of(account)["webhooks"].get(self.flavour.object, {}).get("callback_url", "")
        )

    def token_of(self, account: Account) -> str:
        return account.credentials["access_token"]

    def by_token(self, token: str) -> Account | None:
        """Return the first account whose token this is, or was until it was renewed."""
        return next((one for one in self.accounts() if token in (self.token_of(one), *past_tokens(one))), None)

    def scoped_id(self, account: Account, customer: Customer) -> str:
        """Return who the customer is to this account; every account knows a person by another id."""
        room = self.room(account)
        known = room["people"].get(customer.id)
        if known is None:
            is_first = self.accounts()[0] is account
            known = customer.user_id if is_first else self._derived(account, customer)
            room["people"][customer.id] = known
            room["ids"][known] = customer.id
        return str(known)

    def public_id(self, account: Account, customer: Customer) -> str:
        """Return the id that a Page's public posts name a person by: not the one of messages."""
        digest = hashlib.sha256(f"public:{account.external_id}:{customer.id}".encode()).hexdigest()
        return f"99{int(digest[:14], 16) % 10**14:014d}"

    def _derived(self, account: Account, customer: Customer) -> str:
        digest = hashlib.sha256(f"{account.external_id}:{customer.id}".encode()).hexdigest()
        return f"{self.flavour.id_prefix}{int(digest[:14], 16) % 10**14:014d}"

    def person(self, account: Account, scoped_id: str) -> Customer | None:
        """Return whom a scoped id names, if that person and this account have met."""
        return self.host.world.customers.get(self.room(account)["ids"].get(scoped_id, ""))

    def node(self, object_id: str, account: Account | None) -> Node | None:
        """Return what an id names. `account` is the token's, for `me`; None when the id is nobody's here."""
        if object_id == "me":
            return Node("sender", self.sender_id(account), account) if account else None
        return next(self._nodes(object_id), None)

    def sender_id(self, account: Account) -> str:
        return str(account.settings.get("page_id") or account.external_id)

    def _nodes(self, object_id: str) -> Iterator[Node]:
        for account in self.accounts():
            room = self.room(account)
            if object_id == self.sender_id(account):
                yield Node("sender", object_id, account)
            if object_id == account.external_id:
                yield Node("profile", object_id, account)
            if object_id == account.settings["app_id"]:
                yield Node("app", object_id, account)
            if customer := self.person(account, object_id):
                yield Node("person", object_id, account, customer)
            for kind, drawer in (
                ("comment", "comments"), ("post", "posts"), ("template", "templates"), ("persona", "personas"),
            ):  # fmt: skip
                if object_id in room[drawer]:
                    yield Node(kind, object_id, account)  # type: ignore[arg-type]  # the table above
            if found := self.host.world.find_line(account, object_id):
                yield Node("message", object_id, account, chat=found[0], line=found[1])


def past_tokens(account: Account) -> list[str]:
    """Return renewed tokens: they stay good until they expire."""
    return list(account.settings.get("past_tokens", []))
