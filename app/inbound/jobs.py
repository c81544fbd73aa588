"""Jobs of ingest."""

from __future__ import annotations

from uuid import UUID

from app.inbound import changes, profiles
from app.jobs import Context, Every
from app.outbound.service import announce


async def sweep_changes(ctx: Context) -> None:
    """Bring changes to messages that were written at the same moment as they."""
    async with ctx["runtime"].database.begin() as uow:
        await announce(uow, await changes.adopt_strays(uow))


async def fetch_profile(ctx: Context, identity_id: str) -> None:
    """Ask the platform for a newcomer's name."""
    await profiles.fetch_profile(ctx["runtime"], UUID(identity_id))


JOBS = (fetch_profile,)
SWEEPS = (Every(10, sweep_changes),)
