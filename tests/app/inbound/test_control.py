"""Whose turn it is at the platform, and answers by number, as deliveries tell them."""

from __future__ import annotations

import time
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from app.ids import uuid7
from app.runtime import Runtime
from tests.app.inbound.conftest import APP_SECRET, Post, payload, signature, text, value

Json = dict[str, Any]
PAGE, PERSON, INBOX = "900100", "7700", "263902037430900"
CHOICES = [{"id": "BUY", "title": "Buy it"}, {"id": "ASK", "title": "Ask first"}]


async def ask(db: asyncpg.Connection, *, until: str = "2999-01-01T00:00:00+00:00") -> None:
    question = {"message_id": str(uuid7()), "as": "buttons", "choices": CHOICES, "until": until}
    await db.execute("UPDATE conversation SET question = $1", orjson.dumps(question).decode())


async def test_a_number_answers_the_question_once(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await ask(db)
    await post(payload(value(text("wamid.2", "what is the price?", at=10))))
    assert await db.fetchval("SELECT question IS NOT NULL FROM conversation"), "another word leaves it open"
    delivery = payload(value(text("wamid.3", "２", at=20)))
    await post(delivery)
    await post(delivery)
    await post(payload(value(text("wamid.4", "2", at=30))))
    rows = await db.fetch("SELECT kind, text, content FROM message ORDER BY position_at")
    assert [(row["kind"], row["text"]) for row in rows] == [
        ("text", "Hello"),
        ("text", "what is the price?"),
        ("button_reply", "Ask first"),
        ("text", "2"),
    ]
    assert orjson.loads(rows[2]["content"]) == {"id": "ASK", "title": "Ask first", "typed": "２"}
    assert orjson.loads(await db.fetchval("SELECT last_message FROM conversation"))["text"] == "2"


async def test_a_question_of_yesterday_is_not_answered(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await ask(db, until="2001-01-01T00:00:00+00:00")
    await post(payload(value(text("wamid.2", "1", at=10))))
    assert await db.fetchval("SELECT kind FROM message WHERE external_id = 'wamid.2'") == "text"


@pytest.fixture
async def page(runtime: Runtime, client: httpx.AsyncClient) -> Post:
    """Post one signed event of a Messenger Page to its webhook."""
    account_id = uuid7()
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO channel_account (id, channel, external_id, name, credentials) VALUES ($1, 'messenger', $2, 'Page', $3)",
            account_id,
            PAGE,
            runtime.vault.encrypt_json({"app_secret": APP_SECRET, "access_token": "t", "verify_token": "v"}),
        )
    await runtime.accounts.refresh()

    async def post(event: Json, *, member: str = "messaging") -> None:
        whole = {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": int(time.time() * 1000), **event}
        raw = orjson.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, member: [whole]}]})
        headers = {"x-hub-signature-256": signature(raw)}
        answer = await client.post(f"/webhooks/messenger/{account_id}", content=raw, headers=headers)
        assert answer.status_code == 200

    return post


def said(mid: str) -> Json:
    return {"message": {"mid": mid, "text": "hi"}}


TAKEN = {"take_thread_control": {"previous_owner_app_id": "1", "new_owner_app_id": INBOX}}
PASSED = {"pass_thread_control": {"previous_owner_app_id": INBOX, "new_owner_app_id": "1"}}
WISHED = {"request_thread_control": {"requested_owner_app_id": INBOX}}


async def test_a_thread_that_another_app_has_is_marked_until_it_comes_back(page: Post, db: asyncpg.Connection) -> None:
    held = "SELECT held_by FROM conversation"
    await page(said("m_1"))
    assert await db.fetchval(held) is None
    await page(said("m_2"), member="standby")
    assert await db.fetchval(held) == "other"
    await page(said("m_3"))
    assert await db.fetchval(held) is None
    await page(WISHED)
    assert await db.fetchval(held) is None, "a wish changes nothing"
    await page(TAKEN)
    assert await db.fetchval(held) == INBOX
    await page(PASSED)
    assert await db.fetchval(held) is None
    told = await db.fetch(
        "SELECT data FROM event WHERE type IN ('conversation.updated', 'message.created') ORDER BY id"
    )
    shown = [
        (orjson.loads(row["data"]).get("conversation") or orjson.loads(row["data"])).get("held_by") for row in told
    ]
    assert INBOX in shown
    assert "other" in shown
    lines = await db.fetch(
        "SELECT content->>'code' AS code FROM message WHERE direction = 'activity' ORDER BY position_at"
    )
    assert [row["code"] for row in lines] == ["thread_taken", "thread_passed"]
