"""What a domain's jobs.py is made of: `JOBS`, coroutine functions that are called by name, and `SWEEPS`, called by the clock."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypedDict

from app.runtime import Runtime


class Context(TypedDict):
    """What every job is given first."""

    runtime: Runtime


JobFunction = Callable[..., Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Every:
    """A job without arguments that one of the workers runs every `seconds` (a divisor of a minute, or whole minutes or hours)."""

    seconds: int
    job: JobFunction
