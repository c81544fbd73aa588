"""The product from outside: its API and sockets as a program sees them, and the sandbox where customers write."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.running import Up, hawker

T = TypeVar("T")
Json = dict[str, Any]
PATIENCE_S = 30.0
RANK = {"scheduled": 0, "queued": 0, "sending": 1, "unknown": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6}


def until(look: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + patience_s
    while True:
        if seen := look():
            return seen
        assert time.monotonic() < deadline, f"did not come: {what}"
        time.sleep(0.03)


def names_in(text: str) -> set[str]:
    return set(text.split())


class Client(httpx.Client):
    """One asker on one address; answers are checked unless a test looks at the status itself."""

    def ask(self, method: str, path: str, *, expect: int | None = None, **words: Any) -> Any:
        answer = self.request(method, path, **words)
        wanted = answer.is_success if expect is None else answer.status_code == expect
        assert wanted, f"{method} {path}: {answer.status_code} {answer.text[:1000]}"
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Number:
    """One WhatsApp number: ours, and the sandbox's side of it."""

    id: str
    external_id: str
    webhook_path: str
    app_secret: str
    waba_id: str

    def signed(self, body: bytes) -> dict[str, str]:
        digest = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}


class Shop:
    """A running `hawker up --demo`, with the scripted customers at rest and an administrator's token."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.url = f"http://127.0.0.1:{up.port}"
        self.sandbox_url = f"http://127.0.0.1:{up.port + 1}"
        self.sandbox = Client(base_url=f"{self.sandbox_url}/sandbox", trust_env=False, timeout=30)
        self.sandbox.ask("POST", "/scripts/stop")
        made = hawker("token", "create", "acceptance", "--role", "admin", data_dir=up.data_dir)
        assert made.returncode == 0, made.stderr
        self.token = made.stdout.strip()
        self.api = self.client(self.token)
        self.plain = Client(base_url=self.url, trust_env=False, timeout=30)
        self._people = 0
        self._desks: list[Desk] = []

    def client(self, token: str) -> Client:
        headers = {"Authorization": f"Bearer {token}"}
        return Client(base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, timeout=30)

    def close(self) -> None:
        for client in (self.sandbox, self.api, self.plain, *(desk.api for desk in self._desks)):
            client.close()

    def open_number(self, name: str, beside: Number | None = None, **settings: Any) -> Number:
        """Open a number in the sandbox and connect it as an administrator does, by its credentials."""
        wish: Json = {"channel": "whatsapp", "name": name}
        if beside:
            wish["beside"] = self.sandbox_account(beside.external_id)["id"]
        offered = self.sandbox.ask("POST", "/accounts", json=wish)
        if settings:
            self.sandbox.ask("PATCH", f"/accounts/{offered['id']}", json={"settings": settings})
        account = self.api.ask(
            "POST",
            "/channel-accounts",
            expect=201,
            json={
                "channel": "whatsapp",
                "name": name,
                "external_id": offered["external_id"],
                "credentials": offered["credentials"],
                "settings": {"api_base_url": self.sandbox_url},
            },
        )
        until(lambda: self.sandbox_account(offered["external_id"])["callback_url"], "the subscription of the webhook")
        credentials = offered["credentials"]
        return Number(
            account["id"],
            offered["external_id"],
            account["webhook_path"],
            credentials["app_secret"],
            credentials["waba_id"],
        )

    def sandbox_account(self, external_id: str) -> Json:
        accounts = self.sandbox.ask("GET", "/accounts")
        found: Json = next(account for account in accounts if account["external_id"] == external_id)
        return found

    def customer(self, number: Number, **wish: Any) -> Customer:
        self._people += 1
        wish = {"name": f"Customer {self._people}", **wish}
        made = self.sandbox.ask("POST", "/customers", json={"channel": "whatsapp", **wish})
        return Customer(self, number, made)

    @contextmanager
    def trouble(self, number: Number, **faults: Any) -> Iterator[None]:
        self.sandbox.ask("PUT", "/faults", json={"account": number.external_id, **faults})
        try:
            yield
        finally:
            self.sandbox.ask("DELETE", f"/faults?account={number.external_id}")

    def deliver(self, number: Number, payload: Any, **headers: str) -> httpx.Response:
        """Post a webhook as the platform would, signed."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.plain.post(number.webhook_path, content=body, headers={**number.signed(body), **headers})

    def log_in(self, email: str, password: str) -> Desk:
        self._desks.append(Desk(self, email, password))
        return self._desks[-1]

    def log_in_demo(self, email: str) -> Desk:
        password = next(match[1] for line in self.up.said if (match := re.search(rf"{re.escape(email)}\s+(\S+)", line)))
        return self.log_in(email, password)

    def socket(self, token: str = "", since: int | None = None) -> Live:
        return Live(self, {"Authorization": f"Bearer {token or self.token}"}, since)

    def messages(self, conversation_id: str, **query: Any) -> list[Json]:
        """Return the thread, oldest first."""
        page = self.api.ask("GET", f"/conversations/{conversation_id}/messages", params={"limit": 200, **query})
        items: list[Json] = page["items"]
        return items[::-1]

    def settled(self, message: Json, status: str, patience_s: float = PATIENCE_S) -> Json:
        """Return the message once it has this status, or one beyond it."""

        def look() -> Json | None:
            found = self.message(message)
            return found if RANK[found["status"]] >= RANK[status] else None

        return until(look, f"{status} of {message['kind']}", patience_s)

    def message(self, message: Json) -> Json:
        thread = self.messages(message["conversation_id"])
        return next(one for one in thread if one["id"] == message["id"])


class Customer:
    """One person in the sandbox, writing to one number."""

    def __init__(self, shop: Shop, number: Number, made: Json) -> None:
        self.shop = shop
        self.number = number
        self.made = made
        self.id: str = made["id"]
        self.phone: str = made["phone"]
        self.name: str = made["name"]
        self.to = {"account": number.external_id}

    def write(self, kind: str = "text", **wish: Any) -> Json:
        line: Json = self.shop.sandbox.ask(
            "POST", f"/customers/{self.id}/messages", json={**self.to, "kind": kind, **wish}
        )
        return line

    def act(self, **action: Any) -> Json:
        done: Json = self.shop.sandbox.ask("POST", f"/customers/{self.id}/actions", json={**self.to, **action})
        return done

    def phone_shows(self) -> list[Json]:
        query = {"account": self.number.external_id}
        lines: list[Json] = self.shop.sandbox.ask("GET", f"/customers/{self.id}/messages", params=query)
        return lines

    def gets(self, external_id: str) -> Json:
        """Return the line of the phone that our message became."""
        return until(
            lambda: next((line for line in self.phone_shows() if line["id"] == external_id), None), "it on the phone"
        )

    @property
    def conversation(self) -> Json:
        """The conversation, once there is one."""

        def look() -> Json | None:
            found = self.shop.api.ask("GET", "/conversations", params={"q": self.name, "limit": 200})["items"]
            return next(
                (
                    one
                    for one in found
                    if one["contact"]["name"] == self.name and one["channel_account_id"] == self.number.id
                ),
                None,
            )

        return until(look, f"the conversation of {self.name}")

    def wrote(self, line: Json) -> Json:
        """Return our message of what the customer wrote."""
        conversation_id = self.conversation["id"]
        return until(
            lambda: next(
                (one for one in self.shop.messages(conversation_id) if one["external_id"] == line["id"]), None
            ),
            f"the message of {line['view']['kind']}",
        )

    def says(self, text: str = "Hello") -> tuple[str, Json]:
        """Write a text; return the conversation's id and the message."""
        message = self.wrote(self.write(text=text))
        return message["conversation_id"], message


class Desk:
    """A person who has logged in with a browser's session."""

    def __init__(self, shop: Shop, email: str, password: str) -> None:
        self.shop = shop
        self.api = Client(base_url=f"{shop.url}/api/v1", trust_env=False, timeout=30)
        answer = self.api.ask("POST", "/login", json={"email": email, "password": password})
        self.me: Json = answer["me"]
        self.id: str = self.me["id"]
        self.api.headers["X-CSRF-Token"] = answer["csrf_token"]

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.api.cookies.items())}

    def socket(self, since: int | None = None, origin: str | None = None) -> Live:
        return Live(self.shop, {**self.cookie, "Origin": origin or f"http://localhost:{self.shop.up.port}"}, since)

    def sees(self, conversation_id: str) -> bool:
        return self.api.get(f"/conversations/{conversation_id}").status_code == 200

    def lists(self, **query: Any) -> list[str]:
        return [one["id"] for one in self.api.ask("GET", "/conversations", params={"limit": 200, **query})["items"]]


class Live:
    """A reader of /ws; keeps all frames that it took."""

    def __init__(self, shop: Shop, headers: dict[str, str], since: int | None) -> None:
        query = "" if since is None else f"?since={since}"
        origin = headers.pop("Origin", None)
        self._opening = connect(
            f"ws://127.0.0.1:{shop.up.port}/ws{query}",
            additional_headers=headers,
            origin=origin,  # type: ignore[arg-type]
            proxy=None,
            max_size=None,
        )
        self.frames: list[Json] = []

    def __enter__(self) -> Live:
        self.connection: ClientConnection = self._opening.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._opening.__exit__(*error)

    def next(self, timeout_s: float = PATIENCE_S) -> Json:
        frame: Json = json.loads(self.connection.recv(timeout=timeout_s))
        self.frames.append(frame)
        return frame

    def take_until(self, wanted: Callable[[Json], bool], what: str) -> Json:
        """Return the first frame that is wanted, of those taken or to come."""
        for frame in self.frames:
            if wanted(frame):
                return frame
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            frame = self.next()
            if wanted(frame):
                return frame
        raise AssertionError(f"no {what}; came: {[frame['type'] for frame in self.frames]}")

    def hello(self) -> int:
        frame = self.next()
        assert frame["type"] == "hello"
        number: int = frame["id"]
        return number
