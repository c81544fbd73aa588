"""A shop to ask things of: the application in this process, its people, and conversations as ingest would leave them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import structlog
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.channel_accounts import check
from app.conversations.present import last_message_json
from app.db import UnitOfWork
from app.folding import fold
from app.ids import uuid7
from app.main import create_app
from app.people import passwords
from app.people.service import NewAgent, create_agent, create_team
from app.runtime import Runtime
from app.templates import submit, sync
from channels.contract import (
    Checked,
    CheckItem,
    DeleteTemplate,
    Done,
    Intent,
    SubmitTemplate,
    Subscribe,
    SyncTemplates,
    TemplatesSeen,
    TemplateSubmitted,
    Unsubscribe,
)

structlog.configure(  # a traceback with all locals takes seconds to draw
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
PASSWORD = "correct horse battery"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real work factor costs each log-in a tenth of a second and more."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_HASHER", quick)
    passwords._unknown_account.cache_clear()


@pytest.fixture
async def app(runtime: Runtime) -> AsyncIterator[FastAPI]:
    app = create_app(runtime=runtime)
    async with app.router.lifespan_context(app):
        yield app


Clients = Callable[[], httpx.AsyncClient]


@pytest.fixture
async def clients(app: FastAPI) -> AsyncIterator[Clients]:
    made: list[httpx.AsyncClient] = []

    def make() -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 1))
        made.append(httpx.AsyncClient(transport=transport, base_url="http://testserver"))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def client(clients: Clients) -> httpx.AsyncClient:
    """Someone who is not logged in."""
    return clients()


Add = Callable[..., Awaitable[UUID]]


@pytest.fixture
def add_agent(runtime: Runtime) -> Add:
    async def add(name: str, **fields: Any) -> UUID:
        new = {"email": f"{name.lower()}@example.com", "name": name, "password": PASSWORD} | fields
        async with runtime.database.begin() as uow:
            return await create_agent(uow, NewAgent(**new))

    return add


@dataclass
class Person:
    """Someone who is logged in."""

    id: UUID
    client: httpx.AsyncClient
    csrf_token: str

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get("/api/v1" + path, params=params)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"X-CSRF-Token": self.csrf_token} | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, "/api/v1" + path, json=body, headers=sent)


LogIn = Callable[..., Awaitable[Person]]


@pytest.fixture
def log_in(clients: Clients, add_agent: Add) -> LogIn:
    """Add an agent and log in."""

    async def log_in(name: str, **fields: Any) -> Person:
        agent_id = await add_agent(name, **fields)
        client = clients()
        answer = await client.post("/api/v1/login", json={"email": f"{name.lower()}@example.com", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Person(agent_id, client, answer.json()["csrf_token"])

    return log_in


@pytest.fixture
async def ann(log_in: LogIn) -> Person:
    return await log_in("Ann", role="admin")


@pytest.fixture
async def ben(log_in: LogIn) -> Person:
    return await log_in("Ben", role="agent")


@dataclass
class Shop:
    """Writes what ingest would have written."""

    runtime: Runtime
    account_id: UUID = field(default_factory=uuid7)
    platform_account_id: UUID = field(default_factory=uuid7)

    async def open(self) -> None:
        async with self.runtime.database.begin() as uow:
            await uow.conn.execute(
                "INSERT INTO platform_account (id, channel, kind, external_id) VALUES ($1, 'whatsapp', 'waba', '200')",
                self.platform_account_id,
            )
            await uow.conn.execute(
                """INSERT INTO channel_account (id, platform_account_id, channel, external_id, name)
                VALUES ($1, $2, 'whatsapp', '100', 'Main number')""",
                self.account_id,
                self.platform_account_id,
            )
        await self.runtime.accounts.refresh()

    async def conversation(
        self, name: str, *, minutes: float = 0, phone: str = "", texts: tuple[str, ...] = ("hello",), **columns: Any
    ) -> UUID:
        """Add a conversation whose last message came `minutes` after NOW."""
        conversation_id, contact_id, identity_id = uuid7(), uuid7(), uuid7()
        at = NOW + timedelta(minutes=minutes)
        async with self.runtime.database.begin() as uow:
            await uow.conn.execute(
                "INSERT INTO contact (id, name, folded_name, phone) VALUES ($1, $2, $3, $4)",
                contact_id,
                name,
                fold(name),
                phone or None,
            )
            await uow.conn.execute(
                "INSERT INTO identity (id, channel_account_id, contact_id, external_id) VALUES ($1, $2, $3, $4)",
                identity_id,
                self.account_id,
                contact_id,
                phone.lstrip("+") or str(identity_id),
            )
            values = {
                "id": conversation_id,
                "channel_account_id": self.account_id,
                "identity_id": identity_id,
                "contact_id": contact_id,
                "last_message_at": at,
            } | columns
            names = ", ".join(values)
            marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            await uow.conn.execute(f"INSERT INTO conversation ({names}) VALUES ({marks})", *values.values())
            for number, text in enumerate(texts):
                await self.message(uow, conversation_id, text=text, position_at=at + timedelta(seconds=number))
        return conversation_id

    async def message(self, uow: UnitOfWork, conversation_id: UUID, **columns: Any) -> UUID:
        values = {
            "id": uuid7(),
            "conversation_id": conversation_id,
            "channel_account_id": self.account_id,
            "direction": "inbound",
            "kind": "text",
            "status": "received",
            "text": "hello",
            "position_at": NOW,
        } | columns
        names = ", ".join(values)
        marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        row = await uow.conn.fetchrow(f"INSERT INTO message ({names}) VALUES ({marks}) RETURNING *", *values.values())
        await uow.conn.execute(
            "UPDATE conversation SET last_message = $2 WHERE id = $1",
            conversation_id,
            orjson.dumps(last_message_json(row)).decode(),
        )
        return values["id"]


@pytest.fixture
async def shop(runtime: Runtime) -> Shop:
    shop = Shop(runtime)
    await shop.open()
    return shop


@pytest.fixture
def add_team(runtime: Runtime) -> Add:
    async def add(name: str) -> UUID:
        async with runtime.database.begin() as uow:
            return await create_team(uow, name=name)

    return add


class Platform:
    """What the platform would answer, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Intent] = []
        self.answers: Any = Checked((CheckItem("token_valid", "ok"), CheckItem("quality_low", "warning")))

    async def run(self, runtime: Runtime, account: object, intent: Intent) -> Any:
        self.asked.append(intent)
        if isinstance(self.answers, Exception):
            raise self.answers
        match intent:
            case Subscribe() | Unsubscribe() | DeleteTemplate():
                return Done()
            case SyncTemplates() if not isinstance(self.answers, TemplatesSeen):
                return TemplatesSeen(())
            case SubmitTemplate() if not isinstance(self.answers, TemplateSubmitted):
                return TemplateSubmitted("1")
        return self.answers


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    platform = Platform()
    for module in (check, sync, submit):
        monkeypatch.setattr(module, "run", platform.run)
    return platform
