"""How often one visitor, and one address, may do something; counted in Redis for all processes."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from arq.connections import ArqRedis
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from channels.hosting import Refused

LIMITS: dict[str, tuple[RateLimitItem, RateLimitItem]] = {
    "session": (RateLimitItemPerMinute(30), RateLimitItemPerMinute(60, 10)),
    "message": (RateLimitItemPerMinute(30), RateLimitItemPerMinute(240)),
    "word": (RateLimitItemPerMinute(240), RateLimitItemPerMinute(2400)),
    "upload": (RateLimitItemPerMinute(20, 10), RateLimitItemPerMinute(100, 10)),
    "socket": (RateLimitItemPerMinute(30), RateLimitItemPerMinute(300)),
    "hand_over": (RateLimitItemPerHour(20), RateLimitItemPerHour(200)),
}
"""Action → for one visitor, for one address. A school or a mobile network shares one address."""


class Meter:
    """Counts; while Redis is away each process counts for itself."""

    def __init__(self, redis: ArqRedis) -> None:
        shared = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="hawker:visitors",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._shared = SlidingWindowCounterRateLimiter(shared)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, action: str, *, visitor: str, address: str) -> None:
        """Count one action by whom it is done. Raises Refused 429."""
        for item, name in zip(LIMITS[action], (visitor, address), strict=True):
            if name and not await self._hit(item, action, name):
                raise Refused(429, "too_many", retry_after_s=min(item.get_expiry(), 60))

    async def _hit(self, item: RateLimitItem, action: str, name: str) -> bool:
        try:
            return await self._shared.hit(item, action, name)
        except (RedisError, OSError):
            return await self._own.hit(item, action, name)


_METERS: WeakKeyDictionary[ArqRedis, Meter] = WeakKeyDictionary()


def meter_on(redis: ArqRedis) -> Meter:
    """Return the one meter of this process on a Redis."""
    return _METERS.setdefault(redis, Meter(redis))
