"""Which free agent gets which waiting conversation: pure, so that every rule can be tried on a table of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

WEIGHT = 1.0
"""Load units of a conversation."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """A conversation that needs an owner; of `team_id` only, where that is set."""

    conversation_id: UUID
    team_id: UUID | None
    code: str


@dataclass(slots=True)
class Candidate:
    """An online, available agent, with the load that choices of this run are added to."""

    agent_id: UUID
    capacity: float
    load: float
    last_assigned_at: datetime | None
    team_ids: frozenset[UUID]

    def can_take(self, request: Request) -> bool:
        fits = self.load + WEIGHT <= self.capacity
        return fits and (request.team_id is None or request.team_id in self.team_ids)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets it, and why, as code and parameters."""

    conversation_id: UUID
    agent_id: UUID
    reason: dict[str, Any]


def choose(requests: Sequence[Request], candidates: Sequence[Candidate]) -> list[Choice]:
    """Give each request, in order, to the least loaded agent who can take it; among equals, to the longest idle."""
    choices: list[Choice] = []
    latest = max((candidate.last_assigned_at or _NEVER for candidate in candidates), default=_NEVER)
    idle_rank = {candidate.agent_id: (candidate.last_assigned_at or _NEVER, 0) for candidate in candidates}
    for number, request in enumerate(requests, start=1):
        able = [candidate for candidate in candidates if candidate.can_take(request)]
        if not able:
            continue
        chosen = min(able, key=lambda one: (one.load, idle_rank[one.agent_id], one.agent_id))
        reason = {
            "code": "least_loaded",
            "params": {
                "load": chosen.load,
                "capacity": chosen.capacity,
                "candidates": len(able),
                "request": request.code,
            },
        }
        choices.append(Choice(request.conversation_id, chosen.agent_id, reason))
        chosen.load += WEIGHT
        idle_rank[chosen.agent_id] = (latest, number)
    return choices
