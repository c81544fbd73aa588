"""Jobs of hosted channels."""

from __future__ import annotations

from app.hosted import handover
from app.jobs import Context, Every


async def settle_hand_over(ctx: Context, code: str) -> None:
    """Join the two who are one by a code."""
    await handover.settle(ctx["runtime"], code)


async def sweep_hand_overs(ctx: Context) -> None:
    """Find what lost hints left."""
    await handover.sweep(ctx["runtime"])


JOBS = (settle_hand_over,)
SWEEPS = (Every(60, sweep_hand_overs),)
