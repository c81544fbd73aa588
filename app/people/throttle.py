"""Slows down who guesses passwords: failed log-ins are counted per account and per address, in Redis for all processes."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from arq.connections import ArqRedis
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from app.errors import RateLimited

PER_ACCOUNT = RateLimitItemPerMinute(10, 15, namespace="log-in-account")
PER_ADDRESS = RateLimitItemPerMinute(60, 15, namespace="log-in-address")
"""An office shares one address: it may fail more often than one account."""


class Throttle:
    """Failed log-ins of the last 15 minutes. While Redis is away each process counts for itself."""

    def __init__(self, redis: ArqRedis) -> None:
        shared = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="hawker:limits",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._shared = SlidingWindowCounterRateLimiter(shared)
        self._own = SlidingWindowCounterRateLimiter(_memory())

    async def check(self, *, email: str, address: str = "") -> None:
        """Raises RateLimited when too many have failed."""
        for item, name in _counters(email, address):
            try:
                allowed = await self._shared.test(item, name)
            except (RedisError, OSError):
                allowed = await self._own.test(item, name)
            if not allowed:
                raise RateLimited("Too many failed log-ins. Wait 15 minutes, then try again.", retry_after_s=900)

    async def count_failure(self, *, email: str, address: str = "") -> None:
        for item, name in _counters(email, address):
            try:
                await self._shared.hit(item, name)
            except (RedisError, OSError):
                await self._own.hit(item, name)


def _counters(email: str, address: str) -> list[tuple[RateLimitItem, str]]:
    return [(PER_ACCOUNT, email), *([(PER_ADDRESS, address)] if address else [])]


def _memory() -> Storage:
    return MemoryStorage()


_THROTTLES: WeakKeyDictionary[ArqRedis, Throttle] = WeakKeyDictionary()


def throttle_on(redis: ArqRedis) -> Throttle:
    """Return the one throttle of this process on a Redis."""
    return _THROTTLES.setdefault(redis, Throttle(redis))
