"""What exists in the laboratory: accounts, customers, and the chats between them, kept across restarts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Json = dict[str, Any]

LINES_KEPT = 500
"""Messages kept per chat; a phone shows no more."""

RANK = {"pending": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 5}


class Slotted(Protocol):
    __slots__: Any


def to_dict(row: Slotted) -> Json:
    """Return the row's own members, uncopied: for serialising at once (asdict copies deeply, ten times slower)."""
    return {name: getattr(row, name) for name in row.__slots__}


@dataclass(slots=True)
class Account:
    """A business's number, page or bot on a platform, with the secrets that its owner would paste into Hawker.

    `settings` belong to the emulator of the channel; `webhook_url` is the callback set by hand.
    """

    id: str
    channel: str
    name: str
    external_id: str
    phone: str = ""
    credentials: dict[str, str] = field(default_factory=dict)
    webhook_url: str = ""
    settings: Json = field(default_factory=dict)


@dataclass(slots=True)
class Customer:
    """A person on one app. `phone` is digits with country code, "" when hidden; `user_id` is the platform's own id.

    `person` is the same for one human's customers on several apps: the id of the first of them.
    """

    id: str
    channel: str
    name: str
    phone: str = ""
    user_id: str = ""
    username: str = ""
    language: str = ""
    place: str = ""
    read_receipts: bool = True
    auto_read: bool = False
    online: bool = True
    crowd: bool = False
    person: str = ""
    past_phones: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """One message as the customer's phone shows it.

    `view` is the channel-neutral picture (kind, text, media, buttons …, see README); `status` is what the platform has
    told the business so far about a message of the business, and "sent" for the customer's own.
    """

    id: str
    by: Literal["customer", "business"]
    at: float
    view: Json
    status: str = "sent"
    reply_to: str = ""
    callback: str = ""
    reactions: dict[str, str] = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False
    extra: Json = field(default_factory=dict)

    def rises_to(self, status: str) -> bool:
        """Say whether `status` comes after the present one; a status never goes back."""
        return RANK[status] > RANK[self.status]


@dataclass(slots=True)
class Chat:
    """What one customer and one account have said. Times are Unix seconds; 0 = never."""

    account_id: str
    customer_id: str
    lines: dict[str, Line] = field(default_factory=dict)
    last_inbound_at: float = 0.0
    free_entry_until: float = 0.0
    marketing_stopped: bool = False
    blocked_by_customer: bool = False
    blocked_by_account: bool = False

    def add(self, line: Line) -> None:
        self.lines[line.id] = line
        while len(self.lines) > LINES_KEPT:
            del self.lines[next(iter(self.lines))]


@dataclass(slots=True)
class MediaFile:
    """A file on the platform. Its bytes lie under the state directory, named by `id`. `expires_at`: Unix seconds."""

    id: str
    account_id: str
    mime: str
    size_bytes: int
    sha256: str
    filename: str
    expires_at: float


class World:
    """All of it, with the look-ups that emulators need. `drawers` holds what only one emulator understands, by channel."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.customers: dict[str, Customer] = {}
        self.files: dict[str, MediaFile] = {}
        self.drawers: dict[str, Json] = {}
        self._chats: dict[tuple[str, str], Chat] = {}
        self._by_phone: dict[tuple[str, str], str] = {}
        self._by_user_id: dict[tuple[str, str], str] = {}

    def drawer(self, channel: str) -> Json:
        """Return the emulator's own state; it must stay JSON."""
        return self.drawers.setdefault(channel, {})

    def add_account(self, account: Account) -> None:
        self.accounts[account.id] = account

    def add_customer(self, customer: Customer) -> None:
        customer.person = customer.person or customer.id
        self.customers[customer.id] = customer
        self.index(customer)

    def index(self, customer: Customer) -> None:
        """Make the customer findable by present and former keys; called again after any of them changed."""
        for phone in (*customer.past_phones, customer.phone):
            if phone:
                self._by_phone[customer.channel, phone] = customer.id
        if customer.user_id:
            self._by_user_id[customer.channel, customer.user_id] = customer.id

    def by_phone(self, channel: str, phone: str) -> Customer | None:
        found = self.customers.get(self._by_phone.get((channel, phone), ""))
        return found if found and phone == found.phone else None

    def by_user_id(self, channel: str, user_id: str) -> Customer | None:
        found = self.customers.get(self._by_user_id.get((channel, user_id), ""))
        return found if found and user_id == found.user_id else None

    def on_app(self, person: str, channel: str) -> Customer | None:
        """Return who a human is on one app, or None when they do not use it."""
        everybody = self.customers.values()
        return next((one for one in everybody if person and one.person == person and one.channel == channel), None)

    def chat(self, account: Account, customer: Customer) -> Chat:
        key = (account.id, customer.id)
        if key not in self._chats:
            self._chats[key] = Chat(account_id=account.id, customer_id=customer.id)
        return self._chats[key]

    def chats(self) -> list[Chat]:
        return list(self._chats.values())

    def chats_of(self, customer: Customer) -> list[Chat]:
        return [chat for (_, owner), chat in self._chats.items() if owner == customer.id]

    def find_line(self, account: Account, line_id: str) -> tuple[Chat, Line] | None:
        """Find a message of the account by its platform id."""
        for (owner, _), chat in self._chats.items():
            if owner == account.id and (line := chat.lines.get(line_id)):
                return chat, line
        return None

    def to_json(self) -> Json:
        return {
            "accounts": [to_dict(account) for account in self.accounts.values()],
            "customers": [to_dict(customer) for customer in self.customers.values()],
            "chats": [
                {**to_dict(chat), "lines": [to_dict(line) for line in chat.lines.values()]}
                for chat in self._chats.values()
            ],
            "files": [to_dict(file) for file in self.files.values()],
            "drawers": self.drawers,
        }

    @classmethod
    def from_json(cls, data: Json) -> World:
        world = cls()
        for row in data["accounts"]:
            world.add_account(Account(**row))
        for row in data["customers"]:
            world.add_customer(Customer(**row))
        for row in data["chats"]:
            lines = {line["id"]: Line(**line) for line in row.pop("lines")}
            world._chats[row["account_id"], row["customer_id"]] = Chat(**row, lines=lines)
        world.files = {row["id"]: MediaFile(**row) for row in data["files"]}
        world.drawers = data["drawers"]
        return world
