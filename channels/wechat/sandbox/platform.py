"""What the platform knows beyond accounts and chats: who somebody is to an app, who follows, tokens, quotas, codes.

All of it is kept in the emulator's drawer of the world, as JSON, so that a restart changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

from channels.sandbox.host import Host
from channels.sandbox.world import Account, Chat, Customer

CHANNEL = "wechat"
OFFICIAL, KF = "official_account", "kf"
Json = dict[str, Any]


class Platform:
    """Look-ups and the drawer. `ids` of people follow from app and person, as they do in reality."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._people: dict[str, dict[str, str]] = {}

    @property
    def drawer(self) -> Json:
        return self.host.world.drawer(CHANNEL)

    def shelf(self, name: str) -> Json:
        """Return one part of the drawer."""
        shelf: Json = self.drawer.setdefault(name, {})
        return shelf

    def accounts(self, flavour: str = "") -> list[Account]:
        return [
            account
            for account in self.host.world.accounts.values()
            if account.channel == CHANNEL and flavour in ("", flavour_of(account))
        ]

    def of_app(self, app_id: str) -> list[Account]:
        return [account for account in self.accounts() if account.credentials["app_id"] == app_id]

    def openid(self, account: Account, customer: Customer) -> str:
        """Return who a person is to an account: another for each app. WeCom's belongs to the company."""
        head, size = ("wm", 30) if flavour_of(account) == KF else ("o", 27)
        return head + _hash(account.credentials["app_id"], customer.id)[:size]

    def unionid(self, account: Account, customer: Customer) -> str:
        """Return who a person is to all apps of one owner, "" where these are not joined."""
        above = account.credentials.get("open_platform_id", "")
        return "o" + _hash(above, customer.person or customer.id)[:27] if above else ""

    def person(self, account: Account, openid: str) -> Customer | None:
        """Return who has this id on the account's app."""
        known = self._people.setdefault(account.credentials["app_id"], {})
        if openid not in known:
            for customer in self.host.world.customers.values():
                if customer.channel == CHANNEL:
                    known[self.openid(account, customer)] = customer.id
        return self.host.world.customers.get(known.get(openid, ""))

    def chat(self, account: Account, customer: Customer) -> Chat:
        return self.host.world.chat(account, customer)

    def bond(self, account: Account, customer: Customer) -> Json:
        """Return what binds a person to an account: {following, followed_at, grants, subscriptions, tags, …}."""
        bonds = self.shelf("bonds")
        bond: Json = bonds.setdefault(f"{account.id} {customer.id}", {})
        return bond

    def followers(self, account: Account) -> list[Customer]:
        everybody = self.host.world.customers.values()
        return [one for one in everybody if one.channel == CHANNEL and self.bond(account, one).get("following")]

    def count(self, account: Account, what: str, *, by: int = 1) -> int:
        """Count something of today, by Beijing's calendar, and return the sum."""
        counters: dict[str, tuple[int, int]] = self.shelf("counters")
        day = int((self.host.now() + 8 * 3600) // 86_400)
        key = f"{account.credentials['app_id']} {what}"
        counted_on, so_far = counters.get(key, (day, 0))
        total = by + so_far if counted_on == day else by
        counters[key] = (day, total)
        return total


def flavour_of(account: Account) -> str:
    return str(account.settings.get("flavour") or OFFICIAL)


def number_id(digits: int = 17) -> int:
    """Return a 64-bit number as the platform gives messages."""
    return int(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))


def opaque(size: int = 64) -> str:
    """Return what nobody can guess, in the letters of media ids and tickets."""
    return secrets.token_urlsafe(size)[:size]


def _hash(*parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
