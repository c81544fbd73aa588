"""Deliveries that come encrypted, and whose platform wants to hear `success`: WeChat in safe mode, sealed by wechatpy."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.inbound import profiles
from app.runtime import Runtime
from channels.contract import Delivery, FetchProfile, Person, ProfileSeen
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


async def test_a_window_allows_so_many_messages_and_another_message_as_many_again(
    client: httpx.AsyncClient, account: AccountView, db: asyncpg.Connection
) -> None:
    await deliver(client, account, sealed(fixture("text")))
    assert await db.fetchval("SELECT quota_left FROM reply_grant") == 5
    await db.execute("UPDATE reply_grant SET quota_left = 0")
    await deliver(client, account, sealed(fixture("text")))
    assert await db.fetchval("SELECT quota_left FROM reply_grant") == 0, "a repeat opens nothing"
    await db.execute("UPDATE reply_grant SET opened_at = opened_at - interval '1 hour'")
    another = fixture("text").replace(b"<MsgId>", b"<MsgId>1")
    await deliver(client, account, sealed(another))
    assert await db.fetchval("SELECT quota_left FROM reply_grant") == 5


async def test_who_leaves_cannot_be_written_to_and_who_comes_back_can(
    client: httpx.AsyncClient, account: AccountView, db: asyncpg.Connection
) -> None:
    await deliver(client, account, sealed(fixture("text")))
    later = str(int(datetime.now(UTC).timestamp()) - 5).encode()
    for _ in range(2):
        await deliver(client, account, sealed(fixture("event_unsubscribe").replace(b"1763770000", later)))
    assert await db.fetchval("SELECT unreachable_reason FROM identity") == "unfollowed"
    assert await db.fetchval("SELECT count(*) FROM reply_grant WHERE ends_at > now()") == 0
    assert await db.fetchval("SELECT count(*) FROM message WHERE content->>'code' = 'reachability_changed'") == 1
    assert await db.fetchval("SELECT field FROM platform_event") == "unfollowed"
    await deliver(client, account, sealed(fixture("event_subscribe").replace(b"1763770000", later)))
    assert await db.fetchval("SELECT unreachable_reason FROM identity") is None
    assert await db.fetchval("SELECT count(*) FROM reply_grant WHERE kind = 'follow' AND ends_at > now()") == 1


async def test_what_a_customer_did_without_a_message_is_kept(
    client: httpx.AsyncClient, account: AccountView, db: asyncpg.Connection
) -> None:
    for _ in range(2):
        await deliver(client, account, sealed(fixture("event_view")))
        await deliver(client, account, sealed(fixture("event_mass_success")))
        await deliver(client, account, sealed(fixture("event_user_authorization_revoke")))
    rows = await db.fetch("SELECT kind, severity FROM platform_event ORDER BY kind")
    assert {tuple(row) for row in rows} >= {
        ("contact_acted", "info"),
        ("bulk_finished", "info"),
        ("erasure_requested", "warning"),
    }
    assert len(rows) == 3


async def test_a_nameless_newcomers_name_is_asked_for_once_a_day(
    client: httpx.AsyncClient,
    account: AccountView,
    db: asyncpg.Connection,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[FetchProfile] = []

    async def tell(runtime: object, account: object, intent: FetchProfile) -> ProfileSeen:
        asked.append(intent)
        return ProfileSeen(Person((), name="王小明" if len(asked) == 2 else ""))

    monkeypatch.setattr(profiles, "run", tell)
    await deliver(client, account, sealed(fixture("text")))
    identity_id = await db.fetchval("SELECT id FROM identity")
    await profiles.fetch_profile(runtime, identity_id)
    await profiles.fetch_profile(runtime, identity_id)
    assert [one.person.keys[0].kind for one in asked] == ["openid"]
    await runtime.redis.delete(f"profile:{identity_id}")
    await profiles.fetch_profile(runtime, identity_id)
    await runtime.redis.delete(f"profile:{identity_id}")
    await profiles.fetch_profile(runtime, identity_id)
    assert len(asked) == 2, "who has a name is not asked for"
    assert await db.fetchval("SELECT name FROM contact") == "王小明"
    told = await db.fetchval("SELECT data FROM event WHERE type = 'conversation.updated' ORDER BY id DESC LIMIT 1")
    assert "王小明" in told
