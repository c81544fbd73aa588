"""WhatsApp in the laboratory: puts API, phone and signed webhooks behind the one interface that the host knows."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.emulator import Post, Update, WishRefused
from channels.sandbox.graph import door
from channels.sandbox.graph.webhooks import meta_json, signed_headers
from channels.sandbox.host import Host, numeric_id, short_id
from channels.sandbox.world import Account, Chat, Customer, Line
from channels.whatsapp.sandbox import media, people, seeds
from channels.whatsapp.sandbox.actions import Fingers
from channels.whatsapp.sandbox.customer import Phone
from channels.whatsapp.sandbox.fields import Json
from channels.whatsapp.sandbox.graph import Graph
from channels.whatsapp.sandbox.menu import KINDS
from channels.whatsapp.sandbox.messages import WINDOW_S, Messages
from channels.whatsapp.sandbox.platform import CHANNEL, Platform
from channels.whatsapp.sandbox.statuses import Statuses

UPDATES_PER_POST = 1000


class WhatsAppSandbox:
    name = CHANNEL
    place = 1
    label = "WhatsApp"
    kinds = KINDS
    reactions = ("👍", "❤️", "😂", "😮", "😢", "🙏")
    asks = ("phone", "hide_phone")
    fail_codes = (131026, 131047, 131049, 131000, 131016, 131048, 131056, 190, 368)

    def __init__(self, host: Host) -> None:
        self._host = host
        self._platform = Platform(host)
        statuses = Statuses(host)
        self._graph = Graph(host, self._platform, Messages(host, self._platform, statuses))
        self._phone = Phone(
            host, self._platform, statuses, lambda file_id: media.address(host, self._platform, file_id)
        )
        self._fingers = Fingers(host, self._phone)

    async def answer(self, request: Request) -> Response | None:
        return await self._graph.answer(request)

    def unknown(self, request: Request) -> Response | None:
        return door.unknown(self._host, request)

    def knows_token(self, token: str) -> bool:
        return self._platform.whose_token(token) is not None

    def furnish(self) -> None:
        """Create one business with two numbers: they share business account, app, secret and token, as they would."""
        first: Account | None = None
        for number in seeds.NUMBERS:
            wish = {"name": number["name"], "phone": number["phone"], "beside": first.id if first else ""}
            account = self.open_account(wish)
            first = first or account

    def open_account(self, wish: Json) -> Account:
        """Add a number: to the business of the account `beside`, else to a new business of its own."""
        name = str(wish.get("name") or "Tin Kettle 錫壺")
        neighbour = self._host.world.accounts.get(str(wish.get("beside") or ""))
        if wish.get("beside") and neighbour is None:
            raise WishRefused(f"There is no account {wish['beside']}.")
        waba = self._platform.waba_of(neighbour) if neighbour else self._platform.found_business(name)
        account = Account(
            id=short_id("acc"),
            channel=CHANNEL,
            name=name,
            external_id=numeric_id(),
            phone=self._free_phone(str(wish.get("phone") or ""), "8525550"),
            credentials={key: waba[key] for key in ("access_token", "app_secret", "verify_token")}
            | {"waba_id": waba["id"]},
            webhook_url=str(wish.get("webhook_url") or ""),
            settings={
                "api_version": "v24.0",
                "throughput_per_second": 80,
                "coexistence": True,
                **wish.get("settings", {}),
            },
        )
        self._host.world.add_account(account)
        return account

    def describe(self, account: Account) -> Json:
        waba = self._platform.waba_of(account)
        return {
            "display": f"+{account.phone}",
            "callback_url": self._platform.callback_of(account),
            "subscribed": waba["subscribed"],
            "hawker_settings": {},
            "business": {key: waba[key] for key in ("id", "name", "business_id", "app_id")},
            "api_base_url": self._host.base_url,
        }

    def welcome(self, wish: Json) -> Customer:
        """Create a person: with a phone (a fictitious one unless given), or `hide_phone` with a user id and user name only."""
        name = str(wish.get("name") or "").strip()
        if not name:
            raise WishRefused("A customer has a name.")
        phone = self._free_phone(str(wish.get("phone") or ""), "8525550")
        waba = next(iter(self._platform.wabas.values()))
        hidden = bool(wish.get("hide_phone"))
        return Customer(
            id=short_id("cus"),
            channel=CHANNEL,
            name=name,
            phone="" if hidden else phone,
            user_id=people.user_id_of(phone, waba["business_id"]),
            username=str(wish.get("username") or (f"@{secrets.token_hex(4)}" if hidden else "")),
            language=str(wish.get("language") or ""),
            place=str(wish.get("place") or ""),
            read_receipts=bool(wish.get("read_receipts", True)),
            auto_read=bool(wish.get("auto_read", False)),
            crowd=bool(wish.get("crowd", False)),
        )

    def _free_phone(self, wanted: str, prefix: str) -> str:
        """Return the digits asked for if nobody has them, else fictitious ones. Raises WishRefused."""
        taken = {account.phone for account in self._host.world.accounts.values()}
        taken |= {customer.phone for customer in self._host.world.customers.values()}
        digits = "".join(char for char in wanted if char.isdigit())
        if digits and (digits in taken or not 7 <= len(digits) <= 15):
            raise WishRefused("That number is taken." if digits in taken else "A number has 7 to 15 digits.")
        while not digits or digits in taken:
            digits = f"{prefix}{secrets.randbelow(10_000):04d}"
        return digits

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        return self._phone.write(account, customer, wish)

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        return self._fingers.act(account, customer, wish)

    def inject(self, account: Account, wish: Json) -> None:
        """Post {field, value} as the business account's webhook: for what no customer does (quality, reviews, limits)."""
        field, value = wish.get("field"), wish.get("value")
        if not isinstance(field, str) or not isinstance(value, dict):
            raise WishRefused("Wanted: {field: text, value: object}.")
        self._host.post(Update(account, f"{account.id} account", f"{field}", {"field": field, "value": value}))

    def pack(self, updates: Sequence[Update]) -> list[Post]:
        """Group by callback and secret, by business account within, at most 1,000 changes each, and sign."""
        groups: dict[tuple[str, str], list[Update]] = {}
        for update in updates:
            url = self._platform.callback_of(update.account)
            if url:
                groups.setdefault((url, update.account.credentials["app_secret"]), []).append(update)
        posts = []
        for (url, secret), group in groups.items():
            for start in range(0, len(group), UPDATES_PER_POST):
                raw = meta_json(self._envelope(group[start : start + UPDATES_PER_POST]))
                posts.append(Post(url, signed_headers(secret, raw), raw))
        return posts

    def _envelope(self, updates: list[Update]) -> Json:
        entries: dict[str, Json] = {}
        for update in updates:
            waba_id = update.account.credentials["waba_id"]
            entry = entries.setdefault(waba_id, {"id": waba_id, "changes": []})
            if update.payload["field"] != "messages":
                entry["time"] = int(self._host.now())
            entry["changes"].append({"value": update.payload["value"], "field": update.payload["field"]})
        return {"object": "whatsapp_business_account", "entry": list(entries.values())}

    def chat_state(self, chat: Chat) -> Json:
        return {
            "window_until": chat.last_inbound_at + WINDOW_S if chat.last_inbound_at else 0,
            "marketing_stopped": chat.marketing_stopped,
            "blocked_by_customer": chat.blocked_by_customer,
            "blocked_by_account": chat.blocked_by_account,
        }
