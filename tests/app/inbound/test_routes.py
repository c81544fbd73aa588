"""Who may post what to a webhook address, and what is kept of it."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import httpx
import pytest

from app.channel_accounts.directory import AccountView
from app.runtime import Runtime
from tests.app.inbound.conftest import Post, payload, signature, text, value

Accounts = dict[str, AccountView]


async def test_a_signed_text_is_committed_before_it_is_answered(post: Post, db: asyncpg.Connection) -> None:
    answer = await post(payload(value(text("wamid.1", "Olá"))))
    assert (answer.status_code, answer.content) == (200, b"")
    row = await db.fetchrow("SELECT m.text, m.kind, m.direction, m.status FROM message m")
    assert tuple(row) == ("Olá", "text", "inbound", "received")


async def test_the_raw_delivery_is_kept_encrypted(post: Post, db: asyncpg.Connection, runtime: Runtime) -> None:
    await post(payload(value(text("wamid.1", "a secret"))))
    row = await db.fetchrow("SELECT body, state, headers FROM delivery")
    assert b"a secret" not in row["body"]
    assert b"a secret" in runtime.vault.unseal(row["body"])
    assert row["state"] == "ingested"
    assert "x-hub-signature-256" in row["headers"]


@pytest.mark.parametrize(
    ("label", "path", "status"),
    [
        ("an account nobody knows", f"/webhooks/whatsapp/{UUID(int=7)}", 404),
        ("no uuid", "/webhooks/whatsapp/shop", 404),
        ("another channel's name", "/webhooks/wechat/{shop}", 404),
        ("a wrong signature", "/webhooks/whatsapp/{shop}", 401),
    ],
)
async def test_what_is_refused_leaves_nothing(
    label: str, path: str, status: int, client: httpx.AsyncClient, accounts: Accounts, db: asyncpg.Connection
) -> None:
    answer = await client.post(
        path.replace("{shop}", str(accounts["shop"].id)),
        content=b"{}",
        headers={"x-hub-signature-256": signature(b"{}", "another")},
    )
    assert answer.status_code == status
    assert await db.fetchval("SELECT count(*) FROM delivery") == 0


async def test_a_missing_signature_is_refused(client: httpx.AsyncClient, accounts: Accounts) -> None:
    answer = await client.post(f"/webhooks/whatsapp/{accounts['shop'].id}", content=b"{}")
    assert answer.status_code == 401


@pytest.mark.parametrize("declared", [True, False])
async def test_an_oversized_body_is_not_read_to_its_end(
    declared: bool, client: httpx.AsyncClient, accounts: Accounts, runtime: Runtime
) -> None:
    sent = 0

    async def body():
        nonlocal sent
        for _ in range(runtime.settings.webhook_max_bytes // 65536 + 20):
            sent += 65536
            yield b"x" * 65536

    headers = {"content-length": str(10**9)} if declared else {}
    answer = await client.post(f"/webhooks/whatsapp/{accounts['shop'].id}", content=body(), headers=headers)
    assert answer.status_code == 413
    assert sent <= runtime.settings.webhook_max_bytes + 2 * 65536


async def test_the_handshake_is_answered_with_its_challenge(client: httpx.AsyncClient, accounts: Accounts) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "verify-me", "hub.challenge": "4711"}
    path = f"/webhooks/whatsapp/{accounts['shop'].id}"
    assert (await client.get(path, params=query)).text == "4711"
    assert (await client.get(path, params={**query, "hub.verify_token": "guess"})).status_code == 401


@pytest.mark.parametrize("raw", [b"", b"not json", b"[]", b"{}", b'{"object": "page", "entry": []}', b"\xff\xfe"])
async def test_what_nobody_understands_is_kept_as_failed_and_answered_200(
    raw: bytes, post: Post, db: asyncpg.Connection
) -> None:
    assert (await post(raw)).status_code == 200
    row = await db.fetchrow("SELECT state, error FROM delivery")
    assert tuple(row) == ("failed", "payload_malformed")


async def test_redis_away_changes_nothing_for_the_platform(
    post: Post, db: asyncpg.Connection, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionError("Redis is away")

    monkeypatch.setattr(runtime.redis, "publish", away)
    assert (await post(payload(value(text("wamid.1"))))).status_code == 200
    assert await db.fetchval("SELECT count(*) FROM message") == 1
