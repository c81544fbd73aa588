"""Jobs of conversations: ended snoozes, and the search index that follows the live events."""

from __future__ import annotations

from uuid import UUID

from app.conversations import bulk, indexing, status
from app.jobs import Context, Every


async def wake_snoozed(ctx: Context) -> None:
    """Open the conversations whose snooze has ended."""
    await status.wake_snoozed(ctx["runtime"])


async def index_messages(ctx: Context) -> None:
    """Make new and changed messages findable."""
    await indexing.index_new(ctx["runtime"].database)


async def go_on_with_act(ctx: Context, act_id: str) -> None:
    """Do the next parts of an act on many conversations."""
    await bulk.go_on(ctx["runtime"], UUID(act_id), most=PARTS_PER_JOB)


async def sweep_acts(ctx: Context) -> None:
    """Find the acts whose job was lost."""
    await bulk.sweep_acts(ctx["runtime"])


PARTS_PER_JOB = 20
JOBS = (go_on_with_act,)
SWEEPS = (Every(10, wake_snoozed), Every(5, index_messages), Every(60, sweep_acts))
