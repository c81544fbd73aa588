"""Echoes of our own sends: one message, one row, whichever came first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.ids import uuid7
from app.outbound.claim import Head
from app.outbound.record import record_sent
from app.outbound.service import settle_echo
from channels.contract import Key, Person, Sent
from tests.app.outbound.conftest import Shop

NOW = datetime.now(UTC)


async def echo(shop: Shop, *, callback: UUID | None = None, text: str = "hello") -> UUID | None:
    async with shop.runtime.database.begin() as uow:
        return await settle_echo(
            uow,
            channel_account_id=shop.account_id,
            conversation_id=shop.conversation_id,
            external_id="mid.1",
            callback=callback,
            kind="text",
            text=text,
            occurred_at=NOW,
        )


async def record(shop: Shop, message_id: UUID, sent: Sent) -> None:
    account = await shop.runtime.accounts.get(shop.account_id)
    assert account is not None
    (conversation,) = await shop.execute("SELECT * FROM conversation")
    async with shop.runtime.database.begin() as uow:
        await record_sent(uow, Head(await shop.message(message_id), conversation), account, sent)


@pytest.mark.parametrize("status", ["sending", "unknown"])
async def test_an_echo_that_says_the_same_settles_the_message_that_is_being_sent(shop: Shop, status: str) -> None:
    message_id = await shop.queue("hello", status=status, claimed_at=NOW)
    assert await echo(shop) == message_id
    row = await shop.message(message_id)
    assert (row["status"], row["external_id"]) == ("sent", "mid.1")


async def test_an_echo_with_our_callback_needs_no_other_likeness(shop: Shop) -> None:
    message_id = await shop.queue("hello", status="queued")
    assert await echo(shop, callback=message_id, text="Hello, as the platform put it") == message_id


@pytest.mark.parametrize(
    ("text", "status", "claimed_at"),
    [("other words", "sending", NOW), ("hello", "sent", NOW), ("hello", "unknown", datetime(2026, 1, 1, tzinfo=UTC))],
)
async def test_an_echo_of_somebody_elses_writing_settles_nothing(
    shop: Shop, text: str, status: str, claimed_at: datetime
) -> None:
    await shop.queue(text, status=status, claimed_at=claimed_at)
    assert await echo(shop) is None
    assert await echo(shop, callback=uuid7()) is None


async def test_an_echo_that_was_stored_first_is_folded_into_our_message(shop: Shop) -> None:
    echo_id = await shop.queue("hello", status="read", external_id="mid.1", read_at=NOW)
    answer_id = await shop.queue("an answer to it", status="received", reply_to_id=echo_id, direction="inbound")
    await shop.execute(
        "UPDATE conversation SET last_message = jsonb_build_object('id', $1::text, 'status', 'read')", str(echo_id)
    )
    message_id = await shop.queue("hello", status="sending", claimed_at=NOW)
    await record(shop, message_id, Sent("mid.1"))
    row = await shop.message(message_id)
    assert (row["status"], row["external_id"], row["read_at"]) == ("read", "mid.1", NOW)
    assert await shop.execute("SELECT 1 FROM message WHERE id = $1", echo_id) == []
    assert (await shop.message(answer_id))["reply_to_id"] == message_id
    (conversation,) = await shop.execute("SELECT last_message FROM conversation")
    assert conversation["last_message"]["id"] == str(message_id)
    assert ("message.updated", str(message_id)) in [
        (kind, data.get("folded_into_id")) for kind, data in await shop.events()
    ]


async def test_a_message_recorded_below_a_watermark_is_read_at_once(shop: Shop) -> None:
    await shop.execute("UPDATE conversation SET read_until = now() + interval '1 minute'")
    message_id = await shop.queue(status="sending", claimed_at=NOW)
    await record(shop, message_id, Sent("mid.1"))
    assert await shop.status(message_id) == "read"


async def test_keys_that_the_answer_taught_are_kept(shop: Shop) -> None:
    message_id = await shop.queue(status="sending", claimed_at=NOW)
    person = Person((Key("portfolio", "bsuid", "HK.1"), Key("world", "phone", shop.customer["phone"])))
    await record(shop, message_id, Sent("mid.1", person=person))
    rows = await shop.execute("SELECT kind FROM identity_key WHERE identity_id = $1 ORDER BY kind", shop.identity_id)
    assert [row["kind"] for row in rows] == ["bsuid", "phone"]


async def test_messages_that_the_platform_gives_no_id_are_sent_without_one(shop: Shop) -> None:
    first, second = [await shop.queue(status="sending", claimed_at=NOW) for _ in range(2)]
    for message_id in (first, second):
        await record(shop, message_id, Sent(""))
    rows = [await shop.message(message_id) for message_id in (first, second)]
    assert [(row["status"], row["external_id"]) for row in rows] == [("sent", None)] * 2
    assert await shop.execute("SELECT 1 FROM pending_status") == []
