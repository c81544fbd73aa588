"""Who has an account at the demo shop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """`phone`: what the shop has verified. Whoever writes on WhatsApp from there is the same person."""

    id: str
    name: str
    phone: str = ""


REGULARS = (
    Member("tung", "Chan Hiu-tung 陳曉彤", "+85255501847"),
    Member("marcus", "Marcus Leung"),
    Member("sofia", "Sofia Reyes"),
)
