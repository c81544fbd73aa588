"""Who gets a conversation: the rules on a table, and the promises while everything happens at once."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.assignment.choice import Candidate, Request, choose
from app.assignment.service import assign_waiting, request_owner
from app.db import Database
from app.ids import uuid7, uuid7s
from app.runtime import Runtime

from .conftest import Add, Person, Shop

A, B, C = uuid7s(3)
SALES, REPAIR = uuid7s(2)
LONG_AGO, JUST_NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("candidates", "teams", "expected"),
    [
        pytest.param([], [None], [], id="nobody is there"),
        pytest.param([(A, 5, 3), (B, 5, 1)], [None], [B], id="the least loaded"),
        pytest.param([(A, 1, 1), (B, 9, 8)], [None], [B], id="never above the capacity"),
        pytest.param([(A, 0, 0)], [None], [], id="a capacity of nothing"),
        pytest.param([(A, 2, 0), (B, 2, 0)], [None] * 5, [A, B, A, B], id="in turn, then nobody"),
        pytest.param([(A, 5, 0, JUST_NOW), (B, 5, 0, LONG_AGO)], [None], [B], id="among equals the longest idle"),
        pytest.param([(A, 5, 0, LONG_AGO), (B, 5, 0, None)], [None], [B], id="who never got one goes first"),
        pytest.param([(A, 5, 0, None, {SALES}), (B, 5, 4, None, {REPAIR})], [REPAIR], [B], id="of the team only"),
        pytest.param([(A, 5, 0, None, {SALES})], [REPAIR, None], [A], id="a team without anyone holds nobody else up"),
    ],
)
def test_the_choice(candidates: list[Any], teams: list[UUID | None], expected: list[UUID]) -> None:
    there = [
        Candidate(one[0], one[1], one[2], one[3] if len(one) > 3 else None, frozenset(one[4] if len(one) > 4 else ()))
        for one in candidates
    ]
    choices = choose([Request(uuid7(), team_id, "new") for team_id in teams], there)
    assert [choice.agent_id for choice in choices] == expected


async def bring_online(runtime: Runtime, agent_id: UUID, *, ends: timedelta = timedelta(minutes=5)) -> None:
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO agent_socket VALUES ($1, $2, $3)", agent_id, uuid7(), datetime.now(UTC) + ends
        )


async def ask(database: Database, conversation_id: UUID, team_id: UUID | None = None) -> None:
    async with database.begin() as uow:
        await request_owner(uow, [(conversation_id, team_id, "new")])


async def owners(runtime: Runtime) -> dict[str, int]:
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch(
            """SELECT coalesce(a.name, '') AS name, count(*) AS chats FROM conversation c LEFT JOIN agent a ON a.id = c.assignee_id
            GROUP BY 1"""
        )
    return {row["name"]: row["chats"] for row in rows}


@pytest.mark.parametrize(
    "away",
    [
        "UPDATE agent SET disabled_at = now()",
        "UPDATE agent SET availability = 'busy'",
        "UPDATE agent SET role = 'marketer'",
        "UPDATE agent_socket SET expires_at = now() - interval '1 second'",
        "DELETE FROM agent_socket",
    ],
)
async def test_only_who_is_there_and_free_is_given_anything(
    runtime: Runtime, add_agent: Add, shop: Shop, away: str
) -> None:
    await bring_online(runtime, await add_agent("Ann"))
    async with runtime.database.begin() as uow:
        await uow.conn.execute(away)
    conversation_id = await shop.conversation("a")
    await ask(runtime.database, conversation_id)
    assert await assign_waiting(runtime.database) == 0
    assert await owners(runtime) == {"": 1}


async def test_a_capacity_holds_and_freed_room_is_used(runtime: Runtime, add_agent: Add, shop: Shop) -> None:
    ann = await add_agent("Ann", capacity=2)
    await bring_online(runtime, ann)
    ids = [await shop.conversation(str(number)) for number in range(4)]
    for conversation_id in ids:
        await ask(runtime.database, conversation_id)
    assert await assign_waiting(runtime.database) == 2
    assert await owners(runtime) == {"Ann": 2, "": 2}
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE conversation SET status = 'snoozed' WHERE id = $1", ids[0])
        await uow.conn.execute("UPDATE conversation SET status = 'closed' WHERE id = $1", ids[3])
    assert await assign_waiting(runtime.database) == 1
    async with runtime.database.begin() as uow:
        assert await uow.conn.fetchval("SELECT count(*) FROM assignment_request") == 0


async def test_coming_online_and_becoming_available_empties_the_queue(
    ann: Person, runtime: Runtime, shop: Shop
) -> None:
    await bring_online(runtime, ann.id)
    await ann.send("PUT", "/me/presence", {"state": "busy"})
    conversation_id = await shop.conversation("a")
    await ask(runtime.database, conversation_id)
    await ann.send("PUT", "/me/presence", {"state": "available"})
    async with asyncio.timeout(30):
        while await owners(runtime) != {"Ann": 1}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    shown = (await ann.get(f"/conversations/{conversation_id}/messages")).json()["items"][0]
    assert shown["text"] == "Assigned to Ann · fewest open chats"


async def test_nothing_goes_wrong_while_everything_happens_at_once(
    runtime: Runtime, add_agent: Add, shop: Shop
) -> None:
    capacities = {"Ann": 7, "Ben": 3, "Cat": 12}
    for name, capacity in capacities.items():
        await bring_online(runtime, await add_agent(name, capacity=capacity))
    ids = [await shop.conversation(str(number), texts=()) for number in range(40)]
    order = random.Random(7)
    over: list[dict[str, int]] = []
    async with AsyncExitStack() as stack:
        processes = []
        for _ in range(4):
            database = Database(runtime.settings.database_url or "", pool_size=3)
            stack.push_async_callback(database.close)
            processes.append(database)

        async def customer_writes(conversation_id: UUID) -> None:
            database = order.choice(processes)
            await asyncio.sleep(order.random() / 5)
            await ask(database, conversation_id)
            await assign_waiting(database)

        async def agent_closes() -> None:
            database = order.choice(processes)
            await asyncio.sleep(order.random() / 5)
            async with database.begin() as uow:
                await uow.conn.execute(
                    """UPDATE conversation SET status = 'closed' WHERE id = (
                        SELECT id FROM conversation WHERE assignee_id IS NOT NULL AND status = 'open' LIMIT 1 FOR UPDATE SKIP LOCKED)"""
                )
            await assign_waiting(database)

        async def watch() -> None:
            for _ in range(10):
                async with processes[0].begin() as uow:
                    rows = await uow.conn.fetch(
                        """SELECT a.name, count(*) AS chats FROM conversation c JOIN agent a ON a.id = c.assignee_id
                        WHERE c.status = 'open' GROUP BY 1"""
                    )
                loads = {row["name"]: row["chats"] for row in rows}
                over.extend([loads] if any(loads[name] > capacities[name] for name in loads) else [])
                await asyncio.sleep(0.02)

        await asyncio.gather(watch(), *map(customer_writes, ids), *(agent_closes() for _ in range(12)))
    assert over == []
    async with runtime.database.begin() as uow:
        twice = await uow.conn.fetch(
            "SELECT conversation_id FROM assignment WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1"
        )
        waiting = await uow.conn.fetchval(
            "SELECT count(*) FROM conversation WHERE status = 'open' AND assignee_id IS NULL"
        )
        busy = await uow.conn.fetchval(
            "SELECT count(*) FROM conversation WHERE status = 'open' AND assignee_id IS NOT NULL"
        )
        kept = await uow.conn.fetchval("SELECT count(*) FROM assignment")
        assigned = await uow.conn.fetchval("SELECT count(*) FROM conversation WHERE assignee_id IS NOT NULL")
    assert twice == []
    assert waiting == 0 or busy == sum(capacities.values()), "somebody waits while somebody is free"
    assert kept == assigned
