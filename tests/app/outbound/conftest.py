"""A shop with one WhatsApp number on the sandbox, and a customer who has just written."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
import uvicorn

from app.ids import uuid7
from app.runtime import Runtime
from channels.sandbox import create_sandbox

Json = dict[str, Any]


@dataclass
class Shop:
    """What the tests look at: our rows on one side, the sandbox's view on the other."""

    runtime: Runtime
    sandbox: httpx.AsyncClient
    account: Json
    customer: Json
    account_id: UUID
    conversation_id: UUID = field(default_factory=uuid7)
    identity_id: UUID = field(default_factory=uuid7)
    contact_id: UUID = field(default_factory=uuid7)
    queued: list[UUID] = field(default_factory=list)

    async def execute(self, statement: str, *params: object) -> list[asyncpg.Record]:
        async with self.runtime.database.begin() as uow:
            rows: list[asyncpg.Record] = await uow.conn.fetch(statement, *params)
            return rows

    async def queue(
        self, text: str = "hello", *, kind: str = "text", content: Json | None = None, **columns: object
    ) -> UUID:
        """Put one message straight into the outbox."""
        values = {
            "id": uuid7(),
            "conversation_id": self.conversation_id,
            "channel_account_id": self.account_id,
            "direction": "outbound",
            "kind": kind,
            "text": text,
            "content": orjson.dumps(content or {}).decode(),
            "status": "queued",
            "position_at": datetime.now(UTC),
            **columns,
        }
        names = ", ".join(values)
        places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        await self.execute(f"INSERT INTO message ({names}) VALUES ({places})", *values.values())
        self.queued.append(values["id"])
        return UUID(str(values["id"]))

    async def message(self, message_id: UUID) -> asyncpg.Record:
        (row,) = await self.execute("SELECT * FROM message WHERE id = $1", message_id)
        return row

    async def status(self, message_id: UUID) -> str:
        return str((await self.message(message_id))["status"])

    async def statuses(self) -> list[str]:
        """Return the statuses of all that was queued, in that order."""
        return [await self.status(message_id) for message_id in self.queued]

    async def error(self, message_id: UUID) -> Json:
        error = (await self.message(message_id))["error"]
        return dict(error or {})

    async def events(self) -> list[tuple[str, Json]]:
        rows = await self.execute("SELECT type, data FROM event ORDER BY id")
        return [(row["type"], row["data"]) for row in rows]

    async def sent(self) -> list[Json]:
        """Return what the platform accepted, in order."""
        return list((await self.sandbox.get("/sandbox/sent")).json())

    async def sent_texts(self) -> list[str]:
        return [entry["body"]["text"]["body"] for entry in await self.sent()]

    async def faults(self, **switches: Any) -> None:
        response = await self.sandbox.put("/sandbox/faults", json={"account": self.account["id"], **switches})
        assert response.status_code == 200, response.text

    async def until(self, happened: Callable[[], Awaitable[bool]], *, most_s: float = 30) -> None:
        async with asyncio.timeout(most_s):
            while not await happened():  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0.01)


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One sandbox for the whole run, on a real socket of this machine."""
    port = free_port()
    app = create_sandbox(tmp_path_factory.mktemp("sandbox"))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
async def shop(runtime: Runtime, sandbox_url: str) -> AsyncIterator[Shop]:
    async with httpx.AsyncClient(base_url=sandbox_url, verify=False) as sandbox:
        await sandbox.delete("/sandbox/faults")
        await sandbox.delete("/sandbox/sent")
        account = (await sandbox.get("/sandbox/accounts")).json()[0]
        customer = (await sandbox.post("/sandbox/customers", json={"channel": "whatsapp", "name": "Ada"})).json()
        await sandbox.post(
            f"/sandbox/customers/{customer['id']}/messages",
            json={"account": account["id"], "kind": "text", "text": "hi"},
        )
        shop = Shop(runtime, sandbox, account, customer, account_id=uuid7())
        await open_account(runtime, shop.account_id, account, sandbox_url)
        await open_conversation(shop)
        yield shop


def free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port: int = plug.getsockname()[1]
        return port


async def open_account(
    runtime: Runtime, account_id: UUID, account: Json, base_url: str, *, max_per_second: float = 1000
) -> None:
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO channel_account (id, channel, external_id, name, credentials, settings) VALUES ($1, 'whatsapp', $2, 'Shop', $3, $4)",
            account_id,
            account["external_id"],
            runtime.vault.encrypt_json(account["credentials"]),
            orjson.dumps({"api_base_url": base_url, "max_per_second": max_per_second}).decode(),
        )
    await _warm(runtime, account_id)


async def _warm(runtime: Runtime, account_id: UUID) -> None:
    """Take the pause away with which pacing begins on a Redis that knows nothing of the account."""
    clock = await runtime.redis.time()
    run = (await runtime.redis.info("server"))["run_id"]
    state = {"next": clock[0] * 1_000_000, "last": 0, "factor": 1, "changed": clock[0] * 1_000_000, "run": run}
    await runtime.redis.hset(f"pace:{{{account_id}}}:{account_id}", mapping=state)


async def open_conversation(shop: Shop) -> None:
    now = datetime.now(UTC)
    phone = shop.customer["phone"]
    await shop.execute("INSERT INTO contact (id, name) VALUES ($1, 'Ada')", shop.contact_id)
    await shop.execute(
        "INSERT INTO identity (id, channel_account_id, contact_id, external_id, name) VALUES ($1, $2, $3, $4, 'Ada')",
        shop.identity_id,
        shop.account_id,
        shop.contact_id,
        phone,
    )
    await shop.execute(
        "INSERT INTO identity_key (channel_account_id, scope, kind, value, identity_id) VALUES ($1, 'world', 'phone', $2, $3)",
        shop.account_id,
        phone,
        shop.identity_id,
    )
    await shop.execute(
        "INSERT INTO conversation (id, channel_account_id, identity_id, contact_id, last_message_at) VALUES ($1, $2, $3, $4, $5)",
        shop.conversation_id,
        shop.account_id,
        shop.identity_id,
        shop.contact_id,
        now,
    )
    await shop.execute(
        "INSERT INTO reply_grant (conversation_id, kind, opened_at, ends_at) VALUES ($1, 'service', $2, $3)",
        shop.conversation_id,
        now,
        now + timedelta(hours=24),
    )
