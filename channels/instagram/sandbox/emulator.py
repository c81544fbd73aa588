"""Instagram in the laboratory: accounts by either log-in, and the people who write to them.

By Facebook Login (`settings.login` "facebook") an account is reached through its Page, with the Page's token, on graph.facebook.com; by
Instagram Login it has a token of its own on graph.instagram.com, and another app secret signs. Both hosts are the sandbox's one address.
"""

from __future__ import annotations

import secrets

from channels.instagram.sandbox.content import BUILDERS
from channels.instagram.sandbox.doings import Doings
from channels.instagram.sandbox.flavour import INSTAGRAM
from channels.instagram.sandbox.menu import KINDS
from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host, numeric_id, short_id
from channels.sandbox.messaging.emulator import MessagingSandbox
from channels.sandbox.messaging.tokens import LIVES_S, new_instagram_token
from channels.sandbox.world import Account, Customer

SCOPES = {
    "facebook": ["instagram_basic", "instagram_manage_messages", "instagram_manage_comments", "pages_manage_metadata"],
    "instagram": [
        "instagram_business_basic",
        "instagram_business_manage_messages",
        "instagram_business_manage_comments",
    ],
}
POSTS = (
    ("Winter tea gift box 🎁 冬至圍爐茶禮盒", "gift"),
    ("Celadon gaiwan, wood-fired. DM us for the last three.", "cup"),
    ("秋茶到埗：安溪鐵觀音", "leaf"),
)


class InstagramSandbox(MessagingSandbox):
    name = "instagram"
    place = 3
    label = "Instagram"
    kinds = KINDS
    reactions = ("❤️", "😂", "😮", "😢", "😡", "👍")
    flavour = INSTAGRAM
    builders = BUILDERS

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.phone.doings.update(Doings(host, self.platform, self.mail).table())

    def furnish(self) -> None:
        """Create two accounts: one by Instagram Login, one behind the Page that Messenger has too, if there is one."""
        beside = next((one.id for one in self.host.world.accounts.values() if one.settings.get("page_id")), "")
        self.open_account({"name": "Tin Kettle 錫壺", "settings": {"login": "instagram", "username": "tinkettle.hk"}})
        self.open_account(
            {
                "name": "Tin Kettle Taipei",
                "beside": beside,
                "settings": {"login": "facebook", "username": "tinkettle.tw"},
            }
        )

    def open_account(self, wish: Json) -> Account:
        """Create an account: `settings.login` "facebook" (the default) behind the Page of the account `beside`, or "instagram"."""
        settings: Json = {"login": "facebook", "username": f"shop.{numeric_id(4)}", **wish.get("settings", {})}
        neighbour = self.neighbour(wish)
        app_id = neighbour.settings.get("app_id") if neighbour else None
        app = self.platform.apps[app_id] if app_id else self.platform.found_app("Hawker")
        by_page = settings["login"] == "facebook"
        credentials = {"app_secret": app["secret"], "verify_token": app["verify_token"]}
        if by_page:
            page_id = neighbour.settings.get("page_id") if neighbour else None
            page = (
                self.platform.pages[page_id] if page_id else self.platform.found_page(str(wish.get("name") or "Shop"))
            )
            credentials["access_token"] = page["access_token"]
            settings |= {"page_id": page["id"], "hawker_settings": {"login": "facebook", "page_id": page["id"]}}
        else:
            now = self.host.now()
            credentials |= {"access_token": new_instagram_token(), "instagram_app_secret": secrets.token_hex(16)}
            settings |= {"hawker_settings": {"login": "instagram"}, "app_scoped_id": f"24{numeric_id(15)}"}
            settings |= {"token_issued_at": now, "token_expires_at": now + LIVES_S}
        settings |= {"app_id": app["id"], "display": f"@{settings['username']}", "scopes": SCOPES[settings["login"]]}
        account = Account(
            id=short_id("acc"),
            channel=self.name,
            name=str(wish.get("name") or "Tin Kettle 錫壺"),
            external_id=f"1784{numeric_id(13)}",
            credentials=credentials,
            webhook_url=str(wish.get("webhook_url") or ""),
            settings=settings,
        )
        self.host.world.add_account(account)
        for text, art in POSTS:
            self.wall.publish(account, text, art=art)
        return account

    def welcome(self, wish: Json) -> Customer:
        """Create a person with an Instagram-scoped id and a user name."""
        name = str(wish.get("name") or "")
        plain = "".join(
            char for char in name.lower().replace(" ", ".") if char.isascii() and (char.isalnum() or char == ".")
        )
        username = str(wish.get("username") or plain.strip(".") or f"guest.{numeric_id(4)}")
        return self.customer({**wish, "username": username}, user_id=f"66{numeric_id(14)}")
