"""Groups on two lanes: poison stands alone, neighbours are fine, repeats change nothing, locks never form a ring."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings

from app.channel_accounts.directory import AccountView
from app.config import Settings
from app.inbound import arrivals
from app.inbound.arrivals import Arrival
from app.inbound.lanes import write_arrivals
from app.inbound.service import open_ingest, replay
from app.runtime import Runtime, open_runtime
from channels.contract import Delivery
from tests.app.inbound.conftest import START, payload, signature, text, value

Accounts = dict[str, AccountView]


def arrival(runtime: Runtime, account: AccountView, content: Any) -> Arrival:
    """A delivery as the route hands it to the lanes."""
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    delivery = Delivery("POST", "", {"x-hub-signature-256": signature(raw)}, raw, datetime.now(UTC))
    return arrivals.read(
        account, account.adapter.open(delivery, account.credentials, delivery.received_at), runtime.accounts
    )


@pytest.fixture
async def other(settings: Settings, runtime: Runtime) -> AsyncIterator[Runtime]:
    """Another web process on the same database."""
    async with open_runtime(settings) as other:
        yield other


POISON = {"latitude": 1.0, "longitude": 2.0, "name": "poison"}


@pytest.fixture
async def poisoned(db: asyncpg.Connection) -> AsyncIterator[None]:
    """The database refuses a message that says "poison" (class 23), as it may refuse what nobody thought of."""
    await db.execute("ALTER TABLE message ADD CONSTRAINT no_poison CHECK (text <> 'poison')")
    yield
    await db.execute("ALTER TABLE message DROP CONSTRAINT no_poison")


async def test_poison_is_kept_as_failed_and_harms_no_neighbour(
    runtime: Runtime, accounts: Accounts, db: asyncpg.Connection, poisoned: None
) -> None:
    texts = ["one", "two", "poison", "four", "five"]
    group = [
        arrival(runtime, accounts["shop"], payload(value(text(f"wamid.{n}", body, at=n), phone=f"35190000000{n}")))
        for n, body in enumerate(texts)
    ]
    await write_arrivals(runtime, group)
    found = await db.fetch("SELECT text FROM message ORDER BY text")
    assert [row["text"] for row in found] == ["five", "four", "one", "two"]
    states = await db.fetch("SELECT state, error FROM delivery ORDER BY state")
    assert [row["state"] for row in states] == ["failed", "ingested", "ingested", "ingested", "ingested"]
    assert states[0]["error"] == "CheckViolationError:23514"


async def test_what_is_understandable_in_a_poisoned_delivery_is_ingested(
    runtime: Runtime, accounts: Accounts, db: asyncpg.Connection, poisoned: None
) -> None:
    content = payload(value(text("wamid.1", "one"), text("wamid.2", "poison"), text("wamid.3", "three")))
    await write_arrivals(runtime, [arrival(runtime, accounts["shop"], content)])
    found = await db.fetch("SELECT text FROM message ORDER BY position_at")
    assert [row["text"] for row in found] == ["one", "three"]
    assert await db.fetchval("SELECT state FROM delivery") == "failed"


async def test_a_failed_delivery_can_be_replayed_after_a_mend(
    runtime: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    await db.execute("ALTER TABLE message ADD CONSTRAINT no_poison CHECK (text <> 'poison')")
    content = payload(value(text("wamid.1", "one"), text("wamid.2", "poison")))
    await write_arrivals(runtime, [arrival(runtime, accounts["shop"], content)])
    await db.execute("ALTER TABLE message DROP CONSTRAINT no_poison")
    failed = [row["id"] for row in await db.fetch("SELECT id FROM delivery")]
    for _ in range(2):
        assert await replay(runtime, failed) == 1
    found = await db.fetch("SELECT text FROM message ORDER BY position_at")
    assert [row["text"] for row in found] == ["one", "poison"]
    assert await db.fetchval("SELECT unread_count FROM conversation") == 2
    assert [row["state"] for row in await db.fetch("SELECT state FROM delivery")] == ["replayed"]


async def test_text_that_no_column_holds_is_poison_and_no_outage(
    runtime: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    good = arrival(runtime, accounts["shop"], payload(value(text("wamid.1"))))
    bad = arrival(runtime, accounts["shop"], payload(value(text("wamid.2", "x"))))
    object.__setattr__(bad.items[0].event.body, "text", "a\0b")
    await write_arrivals(runtime, [good, bad])
    assert await db.fetchval("SELECT count(*) FROM message") == 1


async def test_the_same_delivery_on_two_processes_at_once_is_one_message(
    runtime: Runtime, other: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    content = payload(*(value(text(f"wamid.{n}", at=n), phone=f"3519000000{n:02}") for n in range(20)))
    for _ in range(3):
        await asyncio.gather(
            *(
                write_arrivals(process, [arrival(process, accounts["shop"], content)])
                for process in (runtime, other) * 2
            )
        )
    for table in ("message", "conversation", "identity", "contact"):
        assert await db.fetchval(f"SELECT count(*) FROM {table}") == 20
    assert await db.fetchval("SELECT max(unread_count) FROM conversation") == 1
    assert await db.fetchval("SELECT count(*) FROM event WHERE type = 'message.created'") == 20
    assert await db.fetchval("SELECT count(*) FROM delivery WHERE state = 'failed'") == 0


async def test_one_new_person_on_two_accounts_at_once_is_one_contact(
    runtime: Runtime, other: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    for n in range(8):
        phone = f"3519000000{n:02}"
        await asyncio.gather(
            *(
                write_arrivals(
                    process,
                    [arrival(process, accounts[name], payload(value(text(f"{name}.{n}"), to=name, phone=phone)))],
                )
                for process, name in ((runtime, "shop"), (other, "hotline"))
            )
        )
    assert await db.fetchval("SELECT count(*) FROM contact") == 8
    assert await db.fetchval("SELECT count(*) FROM identity") == 16


async def test_groups_that_meet_the_same_people_in_any_order_do_not_deadlock(
    runtime: Runtime, other: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    people = [f"3519000000{n:02}" for n in range(30)]
    chance = random.Random(5)

    async def lane(process: Runtime, name: str) -> None:
        for round_ in range(8):
            group = [
                arrival(process, accounts["shop"], payload(value(text(f"{name}.{round_}.{phone}"), phone=phone)))
                for phone in chance.sample(people, 20)
            ]
            await write_arrivals(process, group)

    before = await db.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    await asyncio.gather(
        *(lane(process, name) for process, name in ((runtime, "a"), (runtime, "b"), (other, "c"), (other, "d")))
    )
    assert await db.fetchval("SELECT count(*) FROM message WHERE kind = 'text'") == 4 * 8 * 20
    await db.execute("SELECT pg_stat_clear_snapshot()")
    after = await db.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert after == before


async def test_what_waits_while_the_lanes_are_busy_is_written_as_one_group(
    runtime: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    async with open_ingest(runtime) as ingest:
        group = [
            arrival(runtime, accounts["shop"], payload(value(text(f"wamid.{n}"), phone=f"3519000000{n:02}")))
            for n in range(40)
        ]
        await asyncio.gather(*(ingest.take(one) for one in group))
    transactions = await db.fetchval("SELECT count(DISTINCT xmin::text) FROM delivery")
    assert await db.fetchval("SELECT count(*) FROM message") == 40
    assert transactions <= 4


async def test_a_request_that_is_cut_off_stops_nobody_else(
    runtime: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    async with open_ingest(runtime) as ingest:
        first = asyncio.create_task(ingest.take(arrival(runtime, accounts["shop"], payload(value(text("wamid.1"))))))
        await asyncio.sleep(0)
        first.cancel()
        await ingest.take(arrival(runtime, accounts["shop"], payload(value(text("wamid.2")))))
    assert await db.fetchval("SELECT count(*) FROM message WHERE external_id = 'wamid.2'") == 1


STEPS: list[dict[str, Any]] = [
    value(text("wamid.1", "first", at=0)),
    value(text("wamid.2", "second", at=100)),
    value(
        {
            "id": "r.1",
            "timestamp": str(START + 10),
            "type": "reaction",
            "reaction": {"message_id": "wamid.1", "emoji": "👍"},
        }
    ),
    value(
        {
            "id": "r.2",
            "timestamp": str(START + 20),
            "type": "reaction",
            "reaction": {"message_id": "wamid.1", "emoji": ""},
        }
    ),
    value(
        {
            "id": "r.3",
            "timestamp": str(START + 30),
            "type": "reaction",
            "reaction": {"message_id": "wamid.1", "emoji": "❤️"},
        }
    ),
    value(
        {
            "id": "e.1",
            "timestamp": str(START + 40),
            "type": "edit",
            "edit": {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "mended"}}},
        }
    ),
    value({"id": "d.1", "timestamp": str(START + 150), "type": "revoke", "revoke": {"original_message_id": "wamid.2"}}),
    *(
        value(
            statuses=(
                {"id": "wamid.out", "status": status, "timestamp": str(START + at), "recipient_id": "351900000001"},
            )
        )
        for at, status in enumerate(("sent", "delivered", "read"))
    ),
]

_STATE = """
SELECT m.external_id, m.direction, m.text, m.status, m.edited_at, m.deleted_at IS NOT NULL AS deleted, m.sent_at, m.delivered_at, m.read_at,
    (SELECT array_agg(r ->> 'emoji') FROM jsonb_array_elements(m.reactions) AS r) AS reactions,
    c.unread_count, c.status AS conversation, c.last_message ->> 'id' = m.id::text AS shown, c.last_message ->> 'text' AS preview
FROM message m JOIN conversation c ON c.id = m.conversation_id ORDER BY m.external_id
"""


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=strategies.data())
async def test_any_order_repeated_and_grouped_anyhow_ends_in_the_same_state(
    data: strategies.DataObject, runtime: Runtime, accounts: Accounts, db: asyncpg.Connection
) -> None:
    await _begin(db, accounts)
    order = data.draw(strategies.permutations(range(len(STEPS))))
    repeats = data.draw(strategies.lists(strategies.sampled_from(range(len(STEPS))), max_size=5))
    steps = [STEPS[index] for index in [*order, *repeats]]
    while steps:
        size = data.draw(strategies.integers(1, len(steps)))
        taken, steps = steps[:size], steps[size:]
        await write_arrivals(runtime, [arrival(runtime, accounts["shop"], payload(step)) for step in taken])
    found = [tuple(row) for row in await db.fetch(_STATE)]
    await _begin(db, accounts)
    await write_arrivals(runtime, [arrival(runtime, accounts["shop"], payload(*STEPS))])
    assert found == [tuple(row) for row in await db.fetch(_STATE)]


async def _begin(db: asyncpg.Connection, accounts: Accounts) -> None:
    """An empty thread's past: one message of ours, sent."""
    for table in (
        *("event", "message_change", "pending_status", "attachment", "message", "reply_grant", "assignment_request"),
        *("delivery", "conversation", "identity_key", "contact_key", "identity", "contact"),
    ):
        await db.execute(f"DELETE FROM {table}")
    await db.execute(
        """
        WITH p AS (INSERT INTO contact (id, name) VALUES (gen_random_uuid(), 'Ana Pires') RETURNING id),
        i AS (
            INSERT INTO identity (id, channel_account_id, contact_id, external_id, name)
            SELECT gen_random_uuid(), $1, p.id, '351900000001', 'Ana Pires' FROM p RETURNING id, contact_id
        ),
        k AS (
            INSERT INTO identity_key (channel_account_id, scope, kind, value, identity_id)
            SELECT $1, 'world', 'phone', '351900000001', i.id FROM i
        ),
        c AS (
            INSERT INTO conversation (id, channel_account_id, identity_id, contact_id, last_message_at)
            SELECT gen_random_uuid(), $1, i.id, i.contact_id, $2 FROM i RETURNING id
        )
        INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, text, external_id, status, position_at)
        SELECT gen_random_uuid(), c.id, $1, 'outbound', 'text', 'ours', 'wamid.out', 'sending', $2 FROM c
        """,
        accounts["shop"].id,
        datetime.fromtimestamp(START - 1000, UTC),
    )
