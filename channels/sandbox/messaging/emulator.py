"""One channel of the Messenger Platform in the laboratory: puts API, phone and signed webhooks behind the host's interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox.emulator import Kind, Post, Update, WishRefused
from channels.sandbox.graph import door
from channels.sandbox.graph.errors import Json
from channels.sandbox.host import Host, short_id
from channels.sandbox.messaging.actions import Fingers
from channels.sandbox.messaging.comments import Wall
from channels.sandbox.messaging.content import Builder
from channels.sandbox.messaging.control import Control
from channels.sandbox.messaging.customer import Phone
from channels.sandbox.messaging.files import Files
from channels.sandbox.messaging.flavour import DAY_S, Flavour
from channels.sandbox.messaging.graph import Graph
from channels.sandbox.messaging.mail import Mail
from channels.sandbox.messaging.messages import HUMAN_AGENT_S, Messages
from channels.sandbox.messaging.objects import Objects
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.messaging.receipts import Receipts
from channels.sandbox.world import Account, Chat, Customer, Line


class MessagingSandbox:
    """What Messenger and Instagram share; each adds its flavour, kinds, demo accounts, and how one is opened."""

    name: ClassVar[str]
    place: ClassVar[int]
    label: ClassVar[str]
    kinds: ClassVar[Sequence[Kind]]
    reactions: ClassVar[Sequence[str]]
    asks: ClassVar[Sequence[str]] = ("username",)
    fail_codes: ClassVar[Sequence[int]] = (10, 551, 613, 4, 32, 2, 1200, 100, 190, 200, 368)
    flavour: ClassVar[Flavour]
    builders: ClassVar[Mapping[str, Builder]]

    def __init__(self, host: Host) -> None:
        self.host = host
        self.platform = Platform(host, self.flavour)
        self.mail = Mail(host, self.platform)
        self.files = Files(host, self.platform)
        self.wall = Wall(host, self.platform, self.mail)
        receipts = Receipts(host, self.platform, self.mail)
        control = Control(host, self.platform, self.mail)
        self.phone = Phone(host, self.platform, self.mail, self.files, self.wall, control, self.builders)
        self._fingers = Fingers(host, self.phone, receipts)
        messages = Messages(host, self.platform, self.mail, self.files, receipts)
        self._graph = Graph(host, self.platform, messages, Objects(self.wall, self.files), control, self.files)

    async def answer(self, request: Request) -> Response | None:
        return await self._graph.answer(request, self._concerns_other)

    def unknown(self, request: Request) -> Response | None:
        return door.unknown(self.host, request)

    def knows_token(self, token: str) -> bool:
        return self.platform.by_token(token) is not None

    def _concerns_other(self, page_id: str, params: Json) -> bool:
        """Say whether another channel that sends by the same Page is meant."""
        others = (one for one in self.host.emulators.values() if isinstance(one, MessagingSandbox) and one is not self)
        return any(other.claims(page_id, params) for other in others)

    def claims(self, page_id: str, params: Json) -> bool:
        """Say whether a call to this Page is meant for one of our accounts: by `platform`, or by whom it addresses."""
        named = params.get("recipient")
        recipient: Json = named if isinstance(named, dict) else {}
        for account in self.platform.accounts():
            if self.platform.sender_id(account) != page_id or account.external_id == page_id:
                continue
            room = self.platform.room(account)
            is_ours = (
                str(recipient.get("id", "")) in room["ids"] or str(recipient.get("comment_id")) in room["comments"]
            )
            if is_ours or params.get("platform") == self.name:
                return True
        return False

    def open_account(self, wish: Json) -> Account:
        """Create an account {name?, beside?: account id whose app (and Page) it shares}. Raises WishRefused."""
        raise NotImplementedError

    def neighbour(self, wish: Json) -> Account | None:
        """Return the account `beside`, if the wish names one. Raises WishRefused."""
        found = self.host.world.accounts.get(str(wish.get("beside") or ""))
        if wish.get("beside") and found is None:
            raise WishRefused(f"There is no account {wish['beside']}.")
        return found

    def describe(self, account: Account) -> Json:
        app = self.platform.app_of(account)
        fields = self.platform.subscription(account)["subscribed_fields"]
        return {
            "display": account.settings.get("display", account.external_id),
            "callback_url": self.platform.callback_of(account),
            "subscribed": bool(fields),
            "subscribed_fields": fields,
            "hawker_settings": account.settings.get("hawker_settings", {}),
            "app": {"id": app["id"], "name": app["name"], "token": f"{app['id']}|{app['secret']}"},
            "posts": list(self.platform.room(account)["posts"]),
            "api_base_url": self.host.base_url,
        }

    def customer(self, wish: Json, *, user_id: str) -> Customer:
        """Return a person {name, username?, phone?, …}; the platform never tells the phone. Raises WishRefused."""
        name = str(wish.get("name") or "").strip()
        if not name:
            raise WishRefused("A customer has a name.")
        return Customer(
            id=short_id("cus"),
            channel=self.name,
            name=name,
            phone="".join(char for char in str(wish.get("phone") or "") if char.isdigit()),
            user_id=user_id,
            username=str(wish.get("username") or "").lstrip("@"),
            language=str(wish.get("language") or ""),
            place=str(wish.get("place") or ""),
            read_receipts=bool(wish.get("read_receipts", True)),
            auto_read=bool(wish.get("auto_read", False)),
            crowd=bool(wish.get("crowd", False)),
        )

    def write(self, account: Account, customer: Customer, wish: Json) -> Line | None:
        return self.phone.write(account, customer, wish)

    def act(self, account: Account, customer: Customer, wish: Json) -> Json:
        return self._fingers.act(account, customer, wish)

    def inject(self, account: Account, wish: Json) -> None:
        """Post {field, value} among the account's `changes`: for what no customer does."""
        field, value = wish.get("field"), wish.get("value")
        if not isinstance(field, str) or not isinstance(value, dict):
            raise WishRefused("Wanted: {field: text, value: object}.")
        self.mail.change(account, field, value)

    def pack(self, updates: Sequence[Update]) -> list[Post]:
        return self.mail.pack(updates)

    def chat_state(self, chat: Chat) -> Json:
        account, customer = self.host.world.accounts[chat.account_id], self.host.world.customers[chat.customer_id]
        opened = chat.last_inbound_at
        room = self.platform.room(account)
        return {
            "window_until": opened + DAY_S if opened else 0,
            "human_agent_until": opened + HUMAN_AGENT_S if opened else 0,
            "marketing_stopped": chat.marketing_stopped,
            "blocked_by_customer": chat.blocked_by_customer,
            "blocked_by_account": chat.blocked_by_account,
            "user_id": room["people"].get(customer.id, ""),
            "ice_breakers": room["profile"].get("ice_breakers", []),
            "wall": self.wall.seen_by(account, customer),
        }
