"""People whose contacts change while they write: merged, blocked, erased; and telephones that are spelled in two ways."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.contacts.matching import match_contacts
from app.contacts.service import Pair, block_contact, erase_contact, merge_contacts, undo_merge
from app.errors import AppError
from app.ids import uuid7
from app.inbound.service import replay
from app.runtime import Runtime
from tests.app.inbound.conftest import Post, payload, text, value

CAST = {"351900000001": "Ana", "351900000002": "Bea", "351900000003": "Cai", "351900000004": "Dora"}


async def contact_of(db: asyncpg.Connection, name: str) -> UUID:
    return await db.fetchval("SELECT contact_id FROM identity WHERE name = $1 ORDER BY created_at LIMIT 1", name)


@pytest.mark.parametrize("seed", range(3))
async def test_merging_while_they_write_loses_nothing_and_hangs_nothing_on_who_is_gone(
    post: Post, db: asyncpg.Connection, runtime: Runtime, seed: int
) -> None:
    """Merges and undoings at once with each other and with messages, also first ones on a second number."""
    chance = random.Random(seed)
    for number, (phone, name) in enumerate(CAST.items()):
        await post(payload(value(text(f"first.{number}"), phone=phone, name=name)))
    ids = [row["id"] for row in await db.fetch("SELECT id FROM contact ORDER BY id")]

    async def write(number: int) -> None:
        phone, name = chance.choice(list(CAST.items()))
        to = chance.choice(["shop", "hotline"])
        answer = await post(payload(value(text(f"wamid.{number}", at=number), phone=phone, name=name, to=to)), to=to)
        assert answer.status_code == 200

    async def merge_or_undo() -> None:
        try:
            async with runtime.database.begin() as uow:
                done = await uow.conn.fetch("SELECT id FROM contact_merge WHERE undone_at IS NULL")
                if done and chance.random() < 0.4:
                    await undo_merge(uow, chance.choice(done)["id"], actor=None)
                else:
                    await merge_contacts(uow, Pair(*chance.sample(ids, 2)), actor=None, reason="by_hand")
        except AppError:
            pass

    jobs = [write(number) for number in range(24)] + [merge_or_undo() for _ in range(16)]
    chance.shuffle(jobs)
    await asyncio.gather(*jobs)

    assert await db.fetchval("SELECT count(*) FROM message WHERE direction = 'inbound'") == 28
    for table in ("identity", "conversation", "consent"):
        lost = (
            f"SELECT count(*) FROM {table} t JOIN contact p ON p.id = t.contact_id WHERE p.merged_into_id IS NOT NULL"
        )
        assert await db.fetchval(lost) == 0, table
    apart = (
        "SELECT count(*) FROM conversation c JOIN identity i ON i.id = c.identity_id WHERE c.contact_id <> i.contact_id"
    )
    assert await db.fetchval(apart) == 0
    chains = (
        "SELECT count(*) FROM contact p JOIN contact q ON q.id = p.merged_into_id WHERE q.merged_into_id IS NOT NULL"
    )
    assert await db.fetchval(chains) == 0
    left = await db.fetchval("SELECT count(*) FROM contact WHERE merged_into_id IS NULL")
    assert left == len(ids) - await db.fetchval("SELECT count(*) FROM contact_merge WHERE undone_at IS NULL")


async def test_two_merges_of_the_same_two_at_once_make_one(
    post: Post, db: asyncpg.Connection, runtime: Runtime
) -> None:
    for number, (phone, name) in enumerate(list(CAST.items())[:2]):
        await post(payload(value(text(f"first.{number}"), phone=phone, name=name)))
    one, other = await contact_of(db, "Ana"), await contact_of(db, "Bea")

    async def merge(pair: Pair) -> str:
        try:
            async with runtime.database.begin() as uow:
                await merge_contacts(uow, pair, actor=None, reason="by_hand")
        except AppError as error:
            return error.code
        return "merged"

    outcomes = await asyncio.gather(*(merge(pair) for pair in (Pair(one, other), Pair(other, one)) * 3))
    assert sorted(outcomes) == ["already_merged"] * 5 + ["merged"]


@pytest.mark.parametrize(
    ("stored", "wa_id"),
    [
        ("+525512345678", "5215512345678"),
        ("+5511987654321", "551187654321"),
        ("+541123456789", "5491123456789"),
    ],
    ids=["Mexico's 1", "Brazil's ninth digit", "Argentina's 9"],
)
async def test_an_imported_number_is_joined_in_either_spelling(
    post: Post, db: asyncpg.Connection, stored: str, wa_id: str
) -> None:
    imported = uuid7()
    await db.execute(
        "INSERT INTO contact (id, name, folded_name, phone) VALUES ($1, 'Imported', 'imported', $2)", imported, stored
    )
    await post(payload(value(text("wamid.1"), phone=wa_id)))
    assert await contact_of(db, "Ana Pires") == imported
    assert await db.fetchval("SELECT value FROM identity_key WHERE kind = 'phone'") == wa_id


async def test_a_number_that_two_bear_is_suggested(post: Post, db: asyncpg.Connection, runtime: Runtime) -> None:
    for _ in range(2):
        await db.execute("INSERT INTO contact (id, phone) VALUES ($1, '+351900000001')", uuid7())
    await post(payload(value(text("wamid.1"))))
    await match_contacts(runtime)
    writer = await contact_of(db, "Ana Pires")
    pairs = await db.fetch("SELECT one_id, other_id FROM contact_suggestion WHERE $1 IN (one_id, other_id)", writer)
    assert len(pairs) == 2


async def test_a_blocked_contact_calls_nobody(post: Post, db: asyncpg.Connection, runtime: Runtime) -> None:
    await post(payload(value(text("wamid.1"))))
    async with runtime.database.begin() as uow:
        await block_contact(uow, await contact_of(db, "Ana Pires"), blocked=True)
        await uow.conn.execute("UPDATE conversation SET status = 'closed', unread_count = 0")
        await uow.conn.execute("DELETE FROM assignment_request")
    await post(payload(value(text("wamid.2", at=60)), value(text("wamid.3", at=61), to="hotline")))
    assert await db.fetchval("SELECT count(*) FROM message WHERE direction = 'inbound'") == 3
    found = await db.fetch("SELECT status, unread_count FROM conversation")
    assert [tuple(row) for row in found] == [("closed", 0)] * 2
    assert await db.fetchval("SELECT count(*) FROM assignment_request") == 0


async def test_a_delivery_from_before_an_erasure_is_not_taken_in_again(
    post: Post, db: asyncpg.Connection, runtime: Runtime
) -> None:
    await post(payload(value(text("wamid.1", "secret words"), bsuid="PT.1")))
    ana = await contact_of(db, "Ana Pires")
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO consent (id, contact_id, purpose, granted, source, occurred_at) VALUES ($1, $2, 'marketing', false, 'test', now())",
            *(uuid7(), ana),
        )
    await erase_contact(runtime, ana, actor=None)
    assert await replay(runtime, [await db.fetchval("SELECT id FROM delivery")]) == 1
    await post(payload(value(text("wamid.1", "secret words"), bsuid="PT.1")))
    assert await db.fetchval("SELECT count(*) FROM message WHERE text <> ''") == 0
    assert await db.fetchval("SELECT count(*) FROM contact WHERE archived_at IS NULL") == 0

    later: dict[str, Any] = text("wamid.2", "hello again")
    later["timestamp"] = str(int((await db.fetchval("SELECT now()")).timestamp()) + 60)
    await post(payload(value(later, bsuid="PT.1")))
    assert await db.fetchval("SELECT text FROM message WHERE text <> ''") == "hello again"
    again = await db.fetchval("SELECT id FROM contact WHERE archived_at IS NULL")
    assert again != ana
    consent = await db.fetchrow("SELECT purpose, granted, source FROM consent WHERE contact_id = $1", again)
    assert tuple(consent) == ("marketing", False, "erased")
