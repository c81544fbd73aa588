"""Ticks in any order, repeated, early, late: one final state."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.ids import uuid7
from app.outbound.service import StatusUpdate, apply_statuses
from app.outbound.statuses import settle_pending
from tests.app.outbound.conftest import Shop

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COLUMNS = "status, error, pricing, external_id, sent_at, delivered_at, read_at, played_at, failed_at"


def at(second: int) -> datetime:
    return T0 + timedelta(seconds=second)


def tick(shop: Shop, status: Any, second: int, *, external_id: str = "wamid.1", **fields: Any) -> StatusUpdate:
    if status == "failed":
        fields.setdefault("error", {"code": "rejected", "external_code": "131049", "external_text": ""})
    return StatusUpdate(
        channel_account_id=shop.account_id, external_id=external_id, status=status, occurred_at=at(second), **fields
    )


async def apply(shop: Shop, *updates: StatusUpdate) -> list[UUID]:
    async with shop.runtime.database.begin() as uow:
        return await apply_statuses(uow, updates)


async def final_state(shop: Shop, message_id: UUID) -> dict[str, Any]:
    (row,) = await shop.execute(f"SELECT {COLUMNS} FROM message WHERE id = $1", message_id)
    return dict(row)


TICKS = (("sent", 1), ("delivered", 2), ("read", 3), ("played", 4), ("failed", 2))


@pytest.mark.parametrize(
    ("told", "status", "times"),
    [
        (["sent"], "sent", {"sent_at": 1}),
        (["sent", "delivered"], "delivered", {"sent_at": 1, "delivered_at": 2}),
        (["sent", "read"], "read", {"delivered_at": 3, "read_at": 3}),
        (["sent", "played"], "read", {"delivered_at": 4, "read_at": 4, "played_at": 4}),
        (["sent", "failed"], "failed", {"failed_at": 2}),
        (["failed", "delivered"], "delivered", {"failed_at": 2, "delivered_at": 2}),
        (["sent", "delivered", "read", "played", "failed"], "read", {"delivered_at": 2, "read_at": 3, "played_at": 4}),
    ],
)
async def test_any_order_and_any_grouping_of_ticks_ends_the_same(
    shop: Shop, told: list[str], status: str, times: dict[str, int]
) -> None:
    ticks = [(name, second) for name, second in TICKS if name in told]
    states = []
    for number, order in enumerate(list(permutations(ticks))[:24]):
        for alone in (True, False):
            external_id = f"wamid.{number}.{alone}"
            message_id = await shop.queue(status="sent", external_id=external_id)
            updates = [tick(shop, name, second, external_id=external_id) for name, second in order]
            for group in [[update] for update in updates] if alone else [updates]:
                await apply(shop, *group)
            states.append({**await final_state(shop, message_id), "external_id": None})
    assert all(state == states[0] for state in states)
    assert states[0]["status"] == status
    assert {name: states[0][name] for name in times} == {name: at(second) for name, second in times.items()}


def _ticks() -> st.SearchStrategy[list[tuple[str, int, str]]]:
    one = st.tuples(
        st.sampled_from(["sent", "delivered", "read", "played", "failed"]),
        st.integers(0, 3),
        st.sampled_from(["a", "b"]),
    )
    return st.lists(one, min_size=1, max_size=6)


async def test_shuffled_and_repeated_ticks_with_different_reasons_and_prices_end_the_same(shop: Shop) -> None:
    numbers = iter(range(1_000_000))

    async def states_of(ticks: list[tuple[str, int, str]], shuffled: list[tuple[str, int, str]], cut: int) -> None:
        states = []
        for groups in ([ticks], [shuffled[:cut], shuffled[cut:], shuffled[:2]]):
            external_id = f"wamid.{next(numbers)}"
            message_id = await shop.queue(status="sending")
            for group in groups:
                await apply(
                    shop,
                    *(
                        tick(
                            shop,
                            status,
                            second,
                            external_id=external_id,
                            callback=str(message_id),
                            pricing={"category": label},
                            **({"error": {"code": label}} if status == "failed" else {}),
                        )
                        for status, second, label in group
                    ),
                )
            states.append({**await final_state(shop, message_id), "external_id": None})
        assert states[0] == states[1]

    loop = asyncio.get_running_loop()

    @hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(_ticks(), st.randoms(use_true_random=False), st.integers(0, 6))
    def shuffle(ticks: list[tuple[str, int, str]], random: Any, cut: int) -> None:
        shuffled = list(ticks)
        random.shuffle(shuffled)
        asyncio.run_coroutine_threadsafe(states_of(ticks, shuffled, cut), loop).result(timeout=20)

    await asyncio.to_thread(shuffle)


async def test_a_tick_for_a_platform_id_nobody_knows_yet_waits_and_is_applied_when_it_is_known(shop: Shop) -> None:
    await apply(shop, tick(shop, "delivered", 2))
    await apply(shop, tick(shop, "delivered", 2), tick(shop, "read", 3))
    assert len(await shop.execute("SELECT 1 FROM pending_status")) == 2
    message_id = await shop.queue(status="sent", external_id="wamid.1")
    async with shop.runtime.database.begin() as uow:
        assert await settle_pending(uow) == 2
    assert await shop.status(message_id) == "read"
    assert await shop.execute("SELECT 1 FROM pending_status") == []


@pytest.mark.parametrize("before", ["queued", "sending", "unknown"])
async def test_our_callback_settles_a_message_without_platform_id(shop: Shop, before: str) -> None:
    message_id = await shop.queue(status=before)
    await apply(shop, tick(shop, "sent", 1, callback=str(message_id)))
    row = await shop.message(message_id)
    assert (row["status"], row["external_id"], row["error"]) == ("sent", "wamid.1", None)


async def test_a_callback_of_another_account_settles_nothing(shop: Shop) -> None:
    other = uuid7()
    await shop.execute(
        "INSERT INTO channel_account (id, channel, external_id, name) VALUES ($1, 'whatsapp', 'other', 'Other')", other
    )
    message_id = await shop.queue(status="sending")
    update = StatusUpdate(
        channel_account_id=other, external_id="wamid.1", status="sent", occurred_at=T0, callback=str(message_id)
    )
    await apply(shop, update)
    assert await shop.status(message_id) == "sending"


async def test_a_cancelled_message_stays_cancelled(shop: Shop) -> None:
    message_id = await shop.queue(status="cancelled", external_id="wamid.1")
    assert await apply(shop, tick(shop, "delivered", 2)) == []
    assert await shop.status(message_id) == "cancelled"


async def test_a_repeated_tick_changes_and_announces_nothing(shop: Shop) -> None:
    await shop.queue(status="sent", external_id="wamid.1")
    await apply(shop, tick(shop, "delivered", 2))
    events = await shop.events()
    assert await apply(shop, tick(shop, "delivered", 2)) == []
    assert await shop.events() == events


async def test_a_tick_is_announced_with_the_message_and_moves_the_lists_last_message(shop: Shop) -> None:
    message_id = await shop.queue(status="sent", external_id="wamid.1")
    await shop.execute(
        "UPDATE conversation SET last_message = jsonb_build_object('id', $2::text, 'status', 'sent') WHERE id = $1",
        shop.conversation_id,
        str(message_id),
    )
    await apply(shop, tick(shop, "read", 3))
    (event,) = await shop.events()
    assert event[0] == "message.updated"
    assert (event[1]["id"], event[1]["status"]) == (str(message_id), "read")
    assert event[1]["conversation"]["last_message"]["status"] == "read"


async def test_ticks_of_a_campaigns_message_are_not_announced(shop: Shop) -> None:
    message_id = await shop.queue(status="sent", external_id="wamid.1", campaign_id=uuid7())
    await apply(shop, tick(shop, "read", 3))
    assert await shop.status(message_id) == "read"
    assert await shop.events() == []


async def test_two_batches_that_name_the_same_messages_in_other_orders_do_not_deadlock(shop: Shop) -> None:
    ids = [f"wamid.{n}" for n in range(30)]
    for external_id in ids:
        await shop.queue(status="sent", external_id=external_id)
    forward = [tick(shop, "delivered", 2, external_id=external_id) for external_id in ids]
    backward = [tick(shop, "read", 3, external_id=external_id) for external_id in reversed(ids)]
    await asyncio.gather(apply(shop, *forward), apply(shop, *backward))
    assert await shop.statuses() == ["read"] * 30
