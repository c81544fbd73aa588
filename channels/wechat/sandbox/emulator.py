"""WeChat in the laboratory: Official Accounts and WeCom customer service behind the one interface that the host knows."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from copy import deepcopy

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.emulator import Post, Update, WishRefused
from channels.sandbox.host import Host, short_id
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.wechat.sandbox import qr, seeds, windows
from channels.wechat.sandbox.actions import Fingers
from channels.wechat.sandbox.custom import Custom
from channels.wechat.sandbox.gate import Gate
from channels.wechat.sandbox.kf.calls import Service
from channels.wechat.sandbox.kf.log import Log
from channels.wechat.sandbox.kf.phone import ServicePhone
from channels.wechat.sandbox.kf.sessions import Sessions
from channels.wechat.sandbox.kinds import KINDS
from channels.wechat.sandbox.mass import Mass
from channels.wechat.sandbox.odds import Odds
from channels.wechat.sandbox.phone import Phone
from channels.wechat.sandbox.platform import CHANNEL, KF, OFFICIAL, Json, Platform, flavour_of
from channels.wechat.sandbox.pushes import Pushes
from channels.wechat.sandbox.sending import Sender
from channels.wechat.sandbox.templates import Templates
from channels.wechat.sandbox.tokens import Tokens

MODES = ("safe", "compatible", "plain")


class WeChatSandbox:
    name = CHANNEL
    place = 4
    label = "WeChat"
    kinds = KINDS
    reactions: Sequence[str] = ()
    asks: Sequence[str] = ()
    fail_codes = (45015, 45047, 45011, 45009, 40003, 43004, 48001, 95018)

    def __init__(self, host: Host) -> None:
        self._host = host
        self._platform = Platform(host)
        self._pushes = Pushes(host, self._platform)
        self._tokens = Tokens(self._platform)
        sender, log = Sender(host, self._platform), Log(host, self._platform)
        sessions = Sessions(self._platform, log)
        self._gate = Gate(
            host,
            self._platform,
            self._tokens,
            custom=Custom(sender),
            templates=Templates(host, self._platform, sender, self._pushes),
            masses=Mass(host, self._platform, sender, self._pushes),
            service=Service(log, sessions, sender),
        )
        self._odds = Odds(host, self._platform, tokens=self._tokens, pushes=self._pushes, log=log)
        self._phone = Phone(host, self._platform, self._pushes)
        self._service_phone = ServicePhone(host, self._platform, log, sessions)
        self._fingers = Fingers(host, self._platform, self.write)

    async def answer(self, request: Request) -> Response | None:
        return await self._gate.answer(request)

    def unknown(self, request: Request) -> Response | None:
        return None

    def furnish(self) -> None:
        """Create a service account and a customer service account of one owner, who see the same people."""
        first = self.open_account({"name": "锡壶茶行"})
        first.settings["menu"] = deepcopy(seeds.MENU)
        self.open_account({"name": "锡壶客服", "beside": first.id, "settings": {"flavour": KF}})

    def open_account(self, wish: Json) -> Account:
        """Add an account {name?, beside?, settings {flavour?, mode?, …}}; `beside` shares the owner, and so UnionIDs. Raises WishRefused."""
        settings = dict(wish.get("settings") or {})
        flavour, mode = str(settings.get("flavour") or OFFICIAL), str(settings.get("mode") or "safe")
        if flavour not in (OFFICIAL, KF) or mode not in MODES:
            raise WishRefused(f"flavour is {OFFICIAL} or {KF}, mode one of: {', '.join(MODES)}.")
        neighbour = self._host.world.accounts.get(str(wish.get("beside") or ""))
        if wish.get("beside") and neighbour is None:
            raise WishRefused(f"There is no account {wish['beside']}.")
        own = self._secrets(flavour, neighbour)
        above = neighbour.credentials["open_platform_id"] if neighbour else f"wxop{secrets.token_hex(6)}"
        kept = {"templates": seeds.TEMPLATES, "subscriptions": seeds.SUBSCRIPTIONS, "menu": []}
        account = Account(
            id=short_id("acc"),
            channel=CHANNEL,
            name=str(wish.get("name") or "锡壶茶行"),
            external_id=seeds.external_id(flavour),
            credentials={**own, "open_platform_id": above},
            webhook_url=str(wish.get("webhook_url") or ""),
            settings={
                **deepcopy(kept if flavour == OFFICIAL else {"servicers": seeds.SERVICERS}),
                **settings,
                "flavour": flavour,
                "mode": mode,
            },
        )
        self._host.world.add_account(account)
        return account

    def _secrets(self, flavour: str, neighbour: Account | None) -> dict[str, str]:
        """A second customer service account of a company is behind the same app."""
        if flavour == KF:
            shared = neighbour is not None and flavour_of(neighbour) == KF
            return {**neighbour.credentials} if neighbour and shared else seeds.kf_secrets()
        return seeds.official_secrets()

    def describe(self, account: Account) -> Json:
        hawker = {"flavour": flavour_of(account), "mode": account.settings.get("mode", "safe")}
        return {
            "display": account.external_id,
            "callback_url": account.webhook_url,
            "subscribed": bool(account.webhook_url),
            "hawker_settings": hawker,
            "api_base_url": self._host.base_url,
            "codes": qr.living(self._platform, account),
            "links": self._platform.shelf("kf_links").get(account.id, {}),
        }

    def welcome(self, wish: Json) -> Customer:
        """Create a person. WeChat tells apps no phone number: it is kept to know the person again."""
        name = str(wish.get("name") or "").strip()
        if not name:
            raise WishRefused("A customer has a name.")
        return Customer(
            id=short_id("cus"),
            channel=CHANNEL,
            name=name,
            phone="".join(char for char in str(wish.get("phone") or "") if char.isdigit()),
            language=str(wish.get("language") or "zh-CN"),
            place=str(wish.get("place") or ""),
            crowd=bool(wish.get("crowd", False)),
        )

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        phone = self._service_phone if flavour_of(account) == KF else self._phone
        return phone.write(account, customer, wish)

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        return self._fingers.act(account, customer, wish)

    def inject(self, account: Account, wish: Json) -> None:
        """Do what no customer does: see odds.py. Raises WishRefused."""
        self._odds.happen(account, wish)

    def pack(self, updates: Sequence[Update]) -> list[Post]:
        """One push for each event; WeCom's pushes, which say nothing, may stand for several."""
        posts = []
        hints: dict[str, list[Update]] = {}
        for update in updates:
            if not update.account.webhook_url:
                continue
            if "xml" in update.payload:
                posts.append(self._pushes.pack(update))
            else:
                hints.setdefault(update.account.id, []).append(update)
        return posts + [self._pushes.pack_hint(group) for group in hints.values()]

    def chat_state(self, chat: Chat) -> Json:
        account, customer = self._host.world.accounts[chat.account_id], self._host.world.customers[chat.customer_id]
        bond = self._platform.bond(account, customer)
        return {
            **windows.state(bond, self._host.now()),
            "flavour": flavour_of(account),
            "following": bool(bond.get("following")) or flavour_of(account) == KF,
            "service_state": bond.get("state", 0),
            "blocked_by_customer": chat.blocked_by_customer,
            "blocked_by_account": False,
        }
