"""Jobs of assignment."""

from __future__ import annotations

from app.assignment import service
from app.jobs import Context, Every


async def assign_waiting(ctx: Context) -> None:
    """Give away what a process that died between its commit and the assigning left in the queue."""
    await service.assign_waiting(ctx["runtime"].database)


JOBS = ()
SWEEPS = (Every(10, assign_waiting),)
