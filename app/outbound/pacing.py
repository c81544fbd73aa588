"""The one pacing brain: GCRA in Redis, by the server's clock, per channel account and per pair of account and person.

Grants are reservations: the answer says when the first may start and how far apart the next ones are, so that all grants of an
account stand at least 1/rate apart, and no second ever holds more than `rate`. Bulk work has, besides, a lane of its own that
leaves a share of the rate to agents, and starts only when nothing waits ahead of it. A platform that throttles halves the
rate; it grows back by itself. Keys of one platform account share a hash tag, so that a cluster keeps them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from redis.asyncio import Redis

Lane = Literal["agents", "bulk"]
RECOVERY_PER_S = 0.02
"""Share of the full rate that comes back each second after a throttle."""
LEAST_FACTOR = 0.05

_STATE = """
local function clock()
    if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
    local t = redis.call('TIME')
    return t[1] * 1000000 + t[2]
end
local function text(number) return string.format('%.0f', number) end
local function server_run()
    local info = redis.pcall('INFO', 'server')
    return type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
end
local now, run = clock(), server_run()
local seen = redis.call('HMGET', KEYS[1], 'next', 'last', 'factor', 'changed', 'run', 'halved')
now = math.max(now, tonumber(seen[2] or '0'))
local next_at = tonumber(seen[1] or '0')
if not seen[1] or seen[5] ~= run then next_at = math.max(next_at, now + 1000000) end
local changed = tonumber(seen[4] or text(now))
local factor = math.min(1, tonumber(seen[3] or '1') + (now - changed) / 1000000 * RECOVERY)
local function keep(next_at, factor, changed)
    redis.call('HSET', KEYS[1], 'next', text(next_at), 'last', text(now), 'factor', tostring(factor), 'changed', text(changed), 'run', run)
    redis.call('PEXPIRE', KEYS[1], 2592000000)
end
""".replace("RECOVERY", str(RECOVERY_PER_S))

_RESERVE = (
    _STATE
    + """
local n, rate, bulk_share, lane, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local pair_gap, pair_burst = tonumber(ARGV[7]), tonumber(ARGV[8])
local kind_gap = tonumber(ARGV[9])
local gap = 1000000 / (rate * factor)
local start = math.max(now, next_at)
if lane == 'bulk' then start = math.max(start, tonumber(redis.call('GET', KEYS[2]) or '0')) end
local pair_next = 0
if pair_gap > 0 then
    pair_next = math.max(now, tonumber(redis.call('GET', KEYS[3]) or '0'))
    local pair_wait = pair_next - (pair_burst - 1) * pair_gap - now
    if pair_wait > 0 then keep(next_at, factor, now) return {0, text(pair_wait), '0'} end
end
if kind_gap > 0 then
    local kind_wait = tonumber(redis.call('GET', KEYS[4]) or '0') - start
    if kind_wait > 0 then keep(next_at, factor, now) return {0, text(start + kind_wait - now), '0'} end
end
if start - now > longest then keep(next_at, factor, now) return {0, text(start - now), '0'} end
local apart = math.max(gap, kind_gap)
local free_at = start + (n - 1) * apart + gap
keep(free_at, factor, now)
if lane == 'bulk' then redis.call('SET', KEYS[2], text(math.max(free_at, start + n * gap / bulk_share)), 'PX', 3600000) end
if pair_gap > 0 then
    pair_next = pair_next + n * pair_gap
    redis.call('SET', KEYS[3], text(pair_next), 'PX', math.max(1000, math.ceil((pair_next - now) / 1000)))
end
if kind_gap > 0 then
    local kind_free_at = start + n * apart
    redis.call('SET', KEYS[4], text(kind_free_at), 'PX', math.max(1000, math.ceil((kind_free_at - now) / 1000)))
end
return {1, text(start - now), text(apart)}
"""
)
_SLOW = (
    _STATE
    + """
local pause = tonumber(ARGV[2])
if now - tonumber(seen[6] or '0') > 1000000 then
    factor = math.max(LEAST, factor / 2)
    redis.call('HSET', KEYS[1], 'halved', text(now))
end
keep(math.max(next_at, now + pause), factor, now)
return text(pause)
"""
).replace("LEAST", str(LEAST_FACTOR))


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one account may send, and where its state is kept. `pair_per_s` None = no limit per person; `kind_per_s` is for
    messages of one `kind`, None = as fast as others."""

    account_id: UUID
    tag: UUID
    per_second: float
    pair_per_s: float | None = None
    pair_burst: int = 1
    agents_share: float = 0.2
    kind: str = ""
    kind_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The i-th of the granted calls may start `delay_s + i * gap_s` from now."""

    delay_s: float
    gap_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing was granted; asking again makes sense after `retry_in_s`."""

    retry_in_s: float


class Pacer:
    """Hands out the right to call a platform. `now_us` fixes the clock for a proof; without it Redis's own is used."""

    def __init__(self, redis: Redis, *, now_us: int | None = None) -> None:
        self._reserve = redis.register_script(_RESERVE)
        self._slow = redis.register_script(_SLOW)
        self._redis = redis
        self.now_us = now_us

    async def reserve(
        self, speed: Speed, *, pair: str | None = None, n: int = 1, lane: Lane = "agents", longest_wait_s: float = 2.0
    ) -> Grant | Wait:
        """Reserve `n` calls that start within `longest_wait_s`, or say when to ask again. Raises RedisError when Redis is away."""
        pair_gap_us = 1e6 / speed.pair_per_s if pair and speed.pair_per_s else 0.0
        granted, wait_us, gap_us = await self._reserve(
            keys=[*_keys(speed), _pair_key(speed, pair or ""), _kind_key(speed)],
            args=[
                self._clock(),
                n,
                speed.per_second,
                1 - speed.agents_share,
                lane,
                longest_wait_s * 1e6,
                pair_gap_us,
                speed.pair_burst,
                1e6 / speed.kind_per_s if speed.kind_per_s else 0.0,
            ],
        )
        if int(granted):
            return Grant(float(wait_us) / 1e6, float(gap_us) / 1e6)
        return Wait(float(wait_us) / 1e6)

    async def slow_down(self, speed: Speed, *, pause_s: float) -> None:
        """The platform throttled the account: nothing for `pause_s`, then half the rate, growing back."""
        await self._slow(keys=[_keys(speed)[0]], args=[self._clock(), pause_s * 1e6])

    async def slow_pair(self, speed: Speed, *, pair: str, pause_s: float) -> None:
        """The platform throttled one person's chat: nothing to this person for `pause_s`."""
        if not speed.pair_per_s:
            return
        now_us = self.now_us or _microseconds(await self._redis.time())
        free_at = now_us + pause_s * 1e6 + (speed.pair_burst - 1) * 1e6 / speed.pair_per_s
        await self._redis.set(_pair_key(speed, pair), f"{free_at:.0f}", px=max(1000, int((free_at - now_us) / 1000)))

    def _clock(self) -> str:
        return "" if self.now_us is None else str(self.now_us)


def _keys(speed: Speed) -> tuple[str, str]:
    base = f"pace:{{{speed.tag}}}:{speed.account_id}"
    return base, f"{base}:bulk"


def _pair_key(speed: Speed, pair: str) -> str:
    return f"pace:{{{speed.tag}}}:{speed.account_id}:to:{pair}"


def _kind_key(speed: Speed) -> str:
    return f"pace:{{{speed.tag}}}:{speed.account_id}:kind:{speed.kind}"


def _microseconds(clock: tuple[int, int]) -> int:
    return clock[0] * 1_000_000 + clock[1]
