"""Two connected WhatsApp numbers of one business, and what a platform would post to them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.inbound.lanes import Ingest
from app.inbound.routes import Webhooks
from app.inbound.service import open_ingest
from app.runtime import Runtime

APP_SECRET = "the-app-secret-of-the-tests"
PHONES = {"shop": "111000111", "hotline": "222000222"}
Post = Callable[..., Any]


@pytest.fixture
async def accounts(runtime: Runtime) -> dict[str, AccountView]:
    """`shop` and `hotline`: two numbers under one WABA."""
    waba = uuid7()
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO platform_account (id, channel, kind, external_id, credentials) VALUES ($1, 'whatsapp', 'waba', 'waba-1', $2)",
            waba,
            runtime.vault.encrypt_json({"app_secret": APP_SECRET, "access_token": "token", "waba_id": "waba-1"}),
        )
        for name, phone in PHONES.items():
            await uow.conn.execute(
                """INSERT INTO channel_account (id, platform_account_id, channel, external_id, name, credentials)
                VALUES ($1, $2, 'whatsapp', $3, $4, $5)""",
                uuid7(),
                waba,
                phone,
                name,
                runtime.vault.encrypt_json({"verify_token": "verify-me"}),
            )
    await runtime.accounts.refresh()
    return {view.name: view for view in await runtime.accounts.all()}


@pytest.fixture
async def ingest(runtime: Runtime) -> AsyncIterator[Ingest]:
    async with open_ingest(runtime) as ingest:
        yield ingest


@pytest.fixture
async def client(ingest: Ingest) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(middleware=[Middleware(Webhooks)])
    app.state.ingest = ingest
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def db(database_url: str, runtime: Runtime) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees what was committed."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
def post(client: httpx.AsyncClient, accounts: dict[str, AccountView]) -> Post:
    """Post a signed payload to an account's webhook; return the response."""

    async def post(payload: Any, *, to: str = "shop", secret: str = APP_SECRET) -> httpx.Response:
        raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        return await client.post(
            f"/webhooks/whatsapp/{accounts[to].id}",
            content=raw,
            headers={"x-hub-signature-256": signature(raw, secret)},
        )

    return post


def signature(raw: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def payload(*values: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    """A delivery with one change for each value."""
    changes = [{"field": field, "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "waba-1", "changes": changes}]}


def value(
    *messages: dict[str, Any],
    statuses: tuple[dict[str, Any], ...] = (),
    to: str = "shop",
    name: str = "Ana Pires",
    phone: str | None = "351900000001",
    bsuid: str | None = None,
) -> dict[str, Any]:
    """The value of one change: messages of one person to one number."""
    contact: dict[str, Any] = {"profile": {"name": name}}
    if phone:
        contact["wa_id"] = phone
    if bsuid:
        contact["user_id"] = bsuid
    sender = {key: found for key, found in (("from", phone), ("from_user_id", bsuid)) if found}
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "85221234567", "phone_number_id": PHONES[to]},
        "contacts": [contact],
        "messages": [{**sender, **message} for message in messages],
        "statuses": list(statuses),
    }


def text(external_id: str, body: str = "Hello", *, at: int = 0, **more: Any) -> dict[str, Any]:
    """A text message `at` seconds after the tests' beginning of time."""
    return {"id": external_id, "timestamp": str(START + at), "type": "text", "text": {"body": body}, **more}


START = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
