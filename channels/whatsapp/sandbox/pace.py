"""Meta's two speed limits: messages of a number per second, messages to one person.

Source: Meta's "Throughput" page (2026-03): 80/s, or 1,000/s after the upgrade; one message per 6 s to one person, with
45 that may be borrowed from the future.
"""

from __future__ import annotations

from collections.abc import Callable

from channels.sandbox.bucket import Bucket

STANDARD_PER_S = 80.0
PAIR_BURST = 45.0
PAIR_PER_S = 1 / 6
SLACK = 1.1
"""A network may bunch what left evenly; nobody is refused for a tenth."""


class Pace:
    """The buckets of one emulator, in memory: a restart forgives."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._numbers: dict[tuple[str, float], Bucket] = {}
        self._pairs: dict[tuple[str, str], Bucket] = {}

    def number_allows(self, account_id: str, per_second: float) -> bool:
        now, most = self._now(), max(1.0, per_second * SLACK)
        bucket = self._numbers.setdefault((account_id, per_second), Bucket(per_second, most, most, now))
        return bucket.take(now)

    def pair_allows(self, account_id: str, person: str) -> bool:
        now = self._now()
        bucket = self._pairs.setdefault((account_id, person), Bucket(PAIR_PER_S, PAIR_BURST, PAIR_BURST, now))
        return bucket.take(now)
