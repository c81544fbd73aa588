"""Jobs of conversations: ended snoozes, and the search index that follows the live events."""

from __future__ import annotations

from app.conversations import indexing, status
from app.jobs import Context, Every


async def wake_snoozed(ctx: Context) -> None:
    """Open the conversations whose snooze has ended."""
    await status.wake_snoozed(ctx["runtime"])


async def index_messages(ctx: Context) -> None:
    """Make new and changed messages findable."""
    await indexing.index_new(ctx["runtime"].database)


JOBS = ()
SWEEPS = (Every(10, wake_snoozed), Every(5, index_messages))
