"""Jobs of ingest."""

from __future__ import annotations

from app.inbound import changes
from app.jobs import Context, Every
from app.outbound.service import announce


async def sweep_changes(ctx: Context) -> None:
    """Bring changes to messages that were written at the same moment as they."""
    async with ctx["runtime"].database.begin() as uow:
        await announce(uow, await changes.adopt_strays(uow))


JOBS = ()
SWEEPS = (Every(10, sweep_changes),)
