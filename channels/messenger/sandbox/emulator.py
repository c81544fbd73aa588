"""Messenger in the laboratory: Pages, the people who write to them, and what the demo Page has on its first day."""

from __future__ import annotations

from channels.messenger.sandbox.content import BUILDERS
from channels.messenger.sandbox.doings import Doings
from channels.messenger.sandbox.flavour import MESSENGER
from channels.messenger.sandbox.menu import KINDS
from channels.messenger.sandbox.seeds import POSTS, templates
from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host, numeric_id, short_id
from channels.sandbox.messaging.emulator import MessagingSandbox
from channels.sandbox.world import Account, Customer

SCOPES = [
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "page_utility_messaging",
    "public_profile",
]


class MessengerSandbox(MessagingSandbox):
    name = "messenger"
    place = 2
    label = "Messenger"
    kinds = KINDS
    reactions = ("❤️", "😆", "😮", "😢", "😠", "👍")
    flavour = MESSENGER
    builders = BUILDERS

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.phone.doings.update(Doings(self.platform, self.mail, self.wall).table())

    def furnish(self) -> None:
        self.open_account({"name": "Tin Kettle 錫壺"})

    def open_account(self, wish: Json) -> Account:
        """Create a Page: with the app of the account `beside`, else with an app of its own."""
        name = str(wish.get("name") or "Tin Kettle 錫壺")
        neighbour = self.neighbour(wish)
        app_id = neighbour.settings.get("app_id") if neighbour else None
        app = self.platform.apps[app_id] if app_id else self.platform.found_app("Hawker")
        page = self.platform.found_page(name)
        account = Account(
            id=short_id("acc"),
            channel=self.name,
            name=name,
            external_id=page["id"],
            credentials={
                "access_token": page["access_token"],
                "app_secret": app["secret"],
                "verify_token": app["verify_token"],
            },
            webhook_url=str(wish.get("webhook_url") or ""),
            settings={
                "app_id": app["id"],
                "page_id": page["id"],
                "display": "m.me/tinkettle",
                "scopes": SCOPES,
                **wish.get("settings", {}),
            },
        )
        self.host.world.add_account(account)
        self.platform.room(account)["templates"].update({one["id"]: one for one in templates()})
        for text, art in POSTS:
            self.wall.publish(account, text, art=art)
        return account

    def welcome(self, wish: Json) -> Customer:
        """Create a person with a page-scoped id."""
        return self.customer(wish, user_id=f"77{numeric_id(14)}")
