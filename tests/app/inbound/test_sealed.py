"""Deliveries that come encrypted, and whose platform wants to hear `success`: WeChat in safe mode, sealed by wechatpy."""

from __future__ import annotations

import asyncpg
import httpx
import pytest

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.runtime import Runtime
from channels.contract import Delivery
from tests.channels.wechat.test_inbound import fixture
from tests.channels.wechat.wire import ACCOUNT, SAFE, asked, pushed, sealed


@pytest.fixture
async def account(runtime: Runtime) -> AccountView:
    secrets = {name: SAFE[name] for name in ("token", "app_id", "app_secret", "encoding_aes_key")}
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            """INSERT INTO channel_account (id, channel, external_id, name, credentials, settings)
            VALUES ($1, 'wechat', $2, 'WeChat', $3, '{"mode": "safe"}')""",
            uuid7(),
            ACCOUNT,
            runtime.vault.encrypt_json(secrets),
        )
    await runtime.accounts.refresh()
    (view,) = await runtime.accounts.all()
    return view


async def deliver(client: httpx.AsyncClient, account: AccountView, delivery: Delivery) -> httpx.Response:
    path = f"/webhooks/wechat/{account.id}?{delivery.query}"
    return await client.request(delivery.method, path, content=delivery.raw, headers=dict(delivery.headers))


async def test_a_handshake(client: httpx.AsyncClient, account: AccountView) -> None:
    answer = await deliver(client, account, asked("5813"))
    assert (answer.status_code, answer.content) == (200, b"5813")


async def test_a_message_is_stored_once_however_often_it_comes(
    client: httpx.AsyncClient, account: AccountView, db: asyncpg.Connection
) -> None:
    for _ in range(3):
        answer = await deliver(client, account, sealed(fixture("text")))
        assert (answer.status_code, answer.content) == (200, b"success")
    (row,) = await db.fetch("SELECT text, kind, direction FROM message")
    assert tuple(row) == ("hello 你好 👋", "text", "inbound")
    assert await db.fetchval("SELECT external_id FROM identity") == "oFAKE_openid_000000000000001"
    assert await db.fetchval("SELECT kind FROM reply_grant") == "service"


async def test_the_tap_on_a_menu_message_opens_its_own_window(
    client: httpx.AsyncClient, account: AccountView, db: asyncpg.Connection
) -> None:
    await deliver(client, account, sealed(fixture("text_menu_reply")))
    assert await db.fetchval("SELECT kind FROM reply_grant") == "menu"


async def test_what_is_not_sealed_is_refused(
    client: httpx.AsyncClient, account: AccountView, db: asyncpg.Connection
) -> None:
    answer = await deliver(client, account, pushed(fixture("text")))
    assert answer.status_code == 401
    assert await db.fetchval("SELECT count(*) FROM delivery") == 0
