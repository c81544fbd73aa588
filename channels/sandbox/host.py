"""What every emulator is given: the world, the clock, the poster, the logs, and the ways to show a change."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable

import httpx

from channels.sandbox.courier import Courier
from channels.sandbox.emulator import Emulator, Update
from channels.sandbox.faults import FaultBoard, Faults
from channels.sandbox.live import Live
from channels.sandbox.poster import RETRY_AFTER_S, Poster
from channels.sandbox.sent import SentLog
from channels.sandbox.store import Store
from channels.sandbox.wire import Wire
from channels.sandbox.world import Account, Chat, Customer, Json, Line, MediaFile, to_dict


class Host:
    """One laboratory. `base_url` is learned from the first request, for addresses inside webhooks."""

    def __init__(
        self,
        store: Store,
        client: httpx.AsyncClient,
        courier: Courier,
        *,
        now: Callable[[], float] = time.time,
        retry_after_s: tuple[float, ...] = RETRY_AFTER_S,
    ) -> None:
        self.store = store
        self.world = store.load()
        self.now = now
        self.live = Live()
        self.faults = FaultBoard()
        self.sent = SentLog()
        self.wire = Wire(now=now, tell=self.live.tell)
        self.emulators: dict[str, Emulator] = {}
        self.base_url = ""
        self._client = client
        self.poster = Poster(
            courier,
            faults=self.faults,
            wire=self.wire,
            emulator_of=self.emulators.__getitem__,
            retry_after_s=retry_after_s,
        )
        self._timers: set[asyncio.TimerHandle] = set()
        self._watchers: list[Callable[[Chat, Line], None]] = []

    def post(self, update: Update) -> None:
        """Send a webhook event on its way."""
        self.poster.put(update)

    async def fetch(self, url: str, *, params: dict[str, str], timeout_s: float) -> httpx.Response:
        """GET an address of the business, as a platform does to verify a callback. Raises httpx.HTTPError."""
        return await self._client.get(url, params=params, timeout=timeout_s)

    def later(self, wait_s: float, action: Callable[[], None]) -> None:
        """Do something after a while, unless the laboratory closes first."""

        def run() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(wait_s, run)
        self._timers.add(timer)

    def on_line(self, watcher: Callable[[Chat, Line], None]) -> None:
        """Call `watcher` for every new line; scripted customers answer from there."""
        self._watchers.append(watcher)

    def add_line(self, chat: Chat, line: Line) -> None:
        """Put a new message into a chat, show it, and let scripted customers see it."""
        chat.add(line)
        self.show_line(chat, line)
        for watcher in self._watchers:
            watcher(chat, line)

    def show_line(self, chat: Chat, line: Line) -> None:
        """Show a new or changed message on open pages and keep it."""
        self.store.touch()
        self.live.tell("line", {"account": chat.account_id, "customer": chat.customer_id, "line": to_dict(line)})

    def show_chat(self, chat: Chat) -> None:
        """Show what changed about a chat beside its messages."""
        self.store.touch()
        state = self.emulators[self.world.accounts[chat.account_id].channel].chat_state(chat)
        self.live.tell("chat", {"account": chat.account_id, "customer": chat.customer_id, "state": state})

    def show_typing(self, chat: Chat, seconds: float) -> None:
        self.live.tell("typing", {"account": chat.account_id, "customer": chat.customer_id, "seconds": seconds})

    def show_customer(self, customer: Customer) -> None:
        self.store.touch()
        self.live.tell("customer", {"customer": to_dict(customer)})

    def set_faults(self, account: Account, faults: Faults) -> None:
        self.faults.set(account.id, faults)
        if not faults.dark:
            self.poster.lights_on(account.id)
        self.live.tell("faults", {"account": account.id, "faults": faults.to_json()})

    def keep_file(self, data: bytes, *, account: Account, mime: str, filename: str, lives_s: float) -> MediaFile:
        """Store a file as the platform would, under a numeric id."""
        file = MediaFile(
            id=numeric_id(),
            account_id=account.id,
            mime=mime,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            filename=filename,
            expires_at=self.now() + lives_s,
        )
        (self.store.media_dir / file.id).write_bytes(data)
        self.world.files[file.id] = file
        self.store.touch()
        return file

    def read_file(self, file: MediaFile) -> bytes:
        return (self.store.media_dir / file.id).read_bytes()

    def drop_file(self, file: MediaFile) -> None:
        del self.world.files[file.id]
        (self.store.media_dir / file.id).unlink(missing_ok=True)
        self.store.touch()

    async def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        await self.poster.close()


DICE = secrets.SystemRandom()


def numeric_id(digits: int = 15) -> str:
    """Return an id as Graph objects have: digits, no leading zero."""
    return str(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))


def short_id(prefix: str) -> str:
    """Return an id of the laboratory's own, like `cus_4f9a1c22`."""
    return f"{prefix}_{secrets.token_hex(5)}"


__all__ = ["DICE", "Host", "Json", "numeric_id", "short_id"]
