"""The pacing brain: no second ever holds more than the rate, by a clock that the test turns."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import ceil

import pytest

from app.ids import uuid7
from app.outbound.pacing import Grant, Lane, Pacer, Speed, Wait
from app.runtime import Runtime

SECOND = 1_000_000
T0 = 1_800_000_000 * SECOND


def speed(per_second: float = 80, **fields: float) -> Speed:
    account_id = uuid7()
    return replace(Speed(account_id, account_id, per_second), **fields)  # type: ignore[arg-type]


@pytest.fixture
def pacer(runtime: Runtime) -> Pacer:
    return Pacer(runtime.redis, now_us=T0)


async def begin(pacer: Pacer, pace: Speed) -> None:
    """Let the pause pass with which an unknown state begins."""
    await pacer.reserve(pace, longest_wait_s=0)
    tick(pacer, SECOND)


def tick(pacer: Pacer, microseconds: float) -> None:
    assert pacer.now_us is not None
    pacer.now_us += int(microseconds)


async def grants(
    pacer: Pacer, pace: Speed, *, for_s: float, every_us: int, n: int = 1, lane: Lane = "agents", wait_s: float = 0
) -> list[float]:
    """Ask again and again; return the start times, in microseconds, of all that was granted."""
    starts: list[float] = []
    end = (pacer.now_us or 0) + for_s * SECOND
    while (pacer.now_us or 0) < end:
        answer = await pacer.reserve(pace, n=n, lane=lane, longest_wait_s=wait_s)
        if isinstance(answer, Grant):
            starts += [(pacer.now_us or 0) + (answer.delay_s + i * answer.gap_s) * SECOND for i in range(n)]
        tick(pacer, every_us)
    return starts


def most_in_a_second(starts: list[float]) -> int:
    ordered = sorted(starts)
    return max(sum(1 for other in ordered if start <= other < start + SECOND - 1) for start in ordered)


@pytest.mark.parametrize(
    ("per_second", "n", "every_us", "wait_s"),
    [(80, 1, 1_500, 0), (80, 20, 20_000, 1), (7.5, 1, 9_000, 0), (1000, 20, 3_000, 0.5)],
)
async def test_no_second_holds_more_than_the_rate_and_none_is_wasted(
    pacer: Pacer, per_second: float, n: int, every_us: int, wait_s: float
) -> None:
    pace = speed(per_second)
    await begin(pacer, pace)
    starts = await grants(pacer, pace, for_s=2, every_us=every_us, n=n, wait_s=wait_s)
    assert most_in_a_second(starts) <= ceil(per_second)
    assert len(starts) >= per_second * 2 * 0.85
    assert all(later - earlier >= SECOND / per_second - 2 for earlier, later in pairwise(sorted(starts)))


async def test_bulk_leaves_the_agents_their_share_and_never_goes_before_them(pacer: Pacer) -> None:
    pace = speed(100, agents_share=0.2)
    await begin(pacer, pace)
    bulk = await grants(pacer, pace, for_s=2, every_us=2_000, n=4, lane="bulk")
    assert 100 * 2 * 0.7 <= len(bulk) <= 100 * 2 * 0.82
    waits = []
    for _ in range(30):
        await pacer.reserve(pace, n=4, lane="bulk", longest_wait_s=0)
        answer = await pacer.reserve(pace)
        assert isinstance(answer, Grant)
        waits.append(answer.delay_s)
        tick(pacer, SECOND / 20)
    assert max(waits) <= 5 / 100


async def test_both_lanes_together_keep_to_the_rate(pacer: Pacer) -> None:
    pace = speed(50)
    await begin(pacer, pace)
    starts: list[float] = []
    for step in range(300):
        lane: Lane = "bulk" if step % 3 else "agents"
        starts += await grants(pacer, pace, for_s=0.001, every_us=7_000, n=3 if lane == "bulk" else 1, lane=lane)
    assert most_in_a_second(starts) <= 50


async def test_one_person_gets_a_burst_and_then_one_message_every_six_seconds(pacer: Pacer) -> None:
    pace = speed(1000, pair_per_s=1 / 6, pair_burst=45)
    await begin(pacer, pace)
    for _ in range(45):
        assert isinstance(await pacer.reserve(pace, pair="ada"), Grant)
        tick(pacer, 2_000)
    refused = await pacer.reserve(pace, pair="ada")
    assert isinstance(refused, Wait)
    assert 5 < refused.retry_in_s <= 6
    assert isinstance(await pacer.reserve(pace, pair="ben"), Grant)
    tick(pacer, 6 * SECOND)
    assert isinstance(await pacer.reserve(pace, pair="ada"), Grant)
    assert isinstance(await pacer.reserve(pace, pair="ada"), Wait)


async def test_a_throttled_person_waits_and_nobody_else(pacer: Pacer) -> None:
    pace = speed(1000, pair_per_s=1 / 6, pair_burst=45)
    await begin(pacer, pace)
    await pacer.slow_pair(pace, pair="ada", pause_s=16)
    refused = await pacer.reserve(pace, pair="ada")
    assert isinstance(refused, Wait)
    assert refused.retry_in_s == pytest.approx(16)
    assert isinstance(await pacer.reserve(pace, pair="ben"), Grant)


async def test_a_throttled_account_pauses_goes_on_at_half_its_rate_and_recovers(pacer: Pacer) -> None:
    pace = speed(100)
    await begin(pacer, pace)
    await pacer.slow_down(pace, pause_s=2)
    await pacer.slow_down(pace, pause_s=2)  # a second answer of the same moment halves nothing again
    refused = await pacer.reserve(pace, longest_wait_s=1)
    assert isinstance(refused, Wait)
    assert refused.retry_in_s == pytest.approx(2)
    tick(pacer, 2 * SECOND)
    half = await grants(pacer, pace, for_s=1, every_us=2_000)
    assert 48 <= len(half) <= 60
    tick(pacer, 30 * SECOND)
    whole = await grants(pacer, pace, for_s=1, every_us=2_000)
    assert 90 <= len(whole) <= 100


async def test_lost_state_begins_with_a_pause(pacer: Pacer, runtime: Runtime) -> None:
    pace = speed()
    first = await pacer.reserve(pace, longest_wait_s=0)
    assert isinstance(first, Wait)
    assert first.retry_in_s == pytest.approx(1)
    tick(pacer, SECOND)
    assert isinstance(await pacer.reserve(pace, longest_wait_s=0), Grant)
    await runtime.redis.flushdb()
    assert isinstance(await pacer.reserve(pace, longest_wait_s=0.9), Wait)


async def test_a_restarted_server_begins_with_a_pause(pacer: Pacer, runtime: Runtime) -> None:
    pace = speed()
    await begin(pacer, pace)
    await runtime.redis.hset(f"pace:{{{pace.tag}}}:{pace.account_id}", "run", "an earlier run of the server")
    assert isinstance(await pacer.reserve(pace, longest_wait_s=0.9), Wait)
    tick(pacer, SECOND)
    assert isinstance(await pacer.reserve(pace, longest_wait_s=0), Grant)


async def test_a_clock_that_goes_back_grants_nothing_twice(pacer: Pacer) -> None:
    pace = speed(10)
    await begin(pacer, pace)
    assert isinstance(await pacer.reserve(pace, longest_wait_s=0), Grant)
    tick(pacer, -5 * SECOND)
    refused = await pacer.reserve(pace, longest_wait_s=0)
    assert isinstance(refused, Wait)
    assert refused.retry_in_s <= 0.1


async def test_without_a_turned_clock_the_servers_own_counts(runtime: Runtime) -> None:
    pace = speed(1000)
    answer = await Pacer(runtime.redis).reserve(pace)
    assert isinstance(answer, Grant)
    assert 0.9 < answer.delay_s <= 1


async def test_a_slow_kind_keeps_to_its_own_pace_and_holds_nothing_else_up(pacer: Pacer) -> None:
    pace = speed(40)
    video = replace(pace, kind="video", kind_per_s=10)
    await begin(pacer, pace)
    starts = await grants(pacer, video, for_s=2, every_us=5_000)
    assert 18 <= len(starts) <= 21
    assert min(b - a for a, b in pairwise(sorted(starts))) >= SECOND / 10 - 1
    await pacer.reserve(video, longest_wait_s=1)
    assert isinstance(await pacer.reserve(video, longest_wait_s=0.03), Wait)
    assert isinstance(await pacer.reserve(pace, longest_wait_s=0.03), Grant), "a text need not wait for a video"
    tick(pacer, SECOND)
    many = await pacer.reserve(video, n=3, longest_wait_s=1)
    assert isinstance(many, Grant)
    assert many.gap_s == pytest.approx(0.1)
