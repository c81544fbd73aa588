"""A leaky measure of speed: how platforms decide that somebody is too fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Tokens that refill at `per_s` up to `most`; `at` is when it was last looked into."""

    per_s: float
    most: float
    left: float
    at: float

    def take(self, now: float) -> bool:
        self.left = min(self.most, self.left + (now - self.at) * self.per_s)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
