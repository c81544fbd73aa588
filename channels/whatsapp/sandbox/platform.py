"""The platform objects above a number: portfolio, app, business account; and the look-up of any Graph id."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from channels.sandbox.host import Host, numeric_id
from channels.sandbox.world import Account, MediaFile
from channels.whatsapp.sandbox import seeds
from channels.whatsapp.sandbox.fields import Json

CHANNEL = "whatsapp"


@dataclass(frozen=True, slots=True)
class Node:
    """What a Graph id names. `waba` is the business account it belongs to; `account` its number, else the first one."""

    kind: Literal["phone", "waba", "app", "business", "media", "template", "upload"]
    id: str
    waba: Json
    account: Account
    file: MediaFile | None = None
    template: Json | None = None


class Platform:
    """Business accounts live in the world's WhatsApp drawer: `wabas` by id, each with app, token, callback, templates."""

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    def wabas(self) -> dict[str, Json]:
        wabas: dict[str, Json] = self.host.world.drawer(CHANNEL).setdefault("wabas", {})
        return wabas

    def found_business(self, name: str) -> Json:
        """Create a portfolio with its app, business account and seeded templates."""
        waba: Json = {
            "id": numeric_id(),
            "name": name,
            "business_id": numeric_id(),
            "app_id": numeric_id(16),
            "app_secret": secrets.token_hex(16),
            "access_token": "EAA" + secrets.token_hex(48),
            "verify_token": secrets.token_urlsafe(18),
            "subscribed": False,
            "callback_url": "",
            "templates": {},
            "has_expired": False,
        }
        for template in seeds.templates():
            template_id = numeric_id(16)
            waba["templates"][template_id] = {"id": template_id, **template}
        self.wabas[waba["id"]] = waba
        return waba

    def waba_of(self, account: Account) -> Json:
        return self.wabas[account.credentials["waba_id"]]

    def accounts_of(self, waba: Json) -> list[Account]:
        return [
            account
            for account in self.host.world.accounts.values()
            if account.channel == CHANNEL and account.credentials["waba_id"] == waba["id"]
        ]

    def callback_of(self, account: Account) -> str:
        """Return where events go: the number's override, then the business account's, then the one set by hand."""
        waba = self.waba_of(account)
        if override := account.settings.get("callback_url"):
            return str(override)
        if waba["subscribed"] and waba["callback_url"]:
            return str(waba["callback_url"])
        return account.webhook_url

    def whose_token(self, token: str) -> Json | None:
        return next(
            (
                waba
                for waba in self.wabas.values()
                if secrets.compare_digest(waba["access_token"].encode(), token.encode())
            ),
            None,
        )

    def node(self, object_id: str) -> Node | None:
        """Return what the id names, or None when it is nobody's."""
        world = self.host.world
        for account in world.accounts.values():
            if account.channel == CHANNEL and account.external_id == object_id:
                return Node("phone", object_id, self.waba_of(account), account)
        file = world.files.get(object_id)
        if file and world.accounts[file.account_id].channel == CHANNEL:
            account = world.accounts[file.account_id]
            return Node("media", object_id, self.waba_of(account), account, file=file)
        for waba in self.wabas.values():
            kind = self._kind_in(waba, object_id)
            if kind:
                return Node(kind, object_id, waba, self.accounts_of(waba)[0], template=waba["templates"].get(object_id))
        return None

    @staticmethod
    def _kind_in(waba: Json, object_id: str) -> Literal["waba", "app", "business", "template", "upload"] | None:
        if object_id == waba["id"]:
            return "waba"
        if object_id == waba["app_id"]:
            return "app"
        if object_id == waba["business_id"]:
            return "business"
        if object_id in waba.get("uploads", {}):
            return "upload"
        return "template" if object_id in waba["templates"] else None
