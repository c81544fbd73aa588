"""Jobs of ingest."""

from __future__ import annotations

from uuid import UUID

from app.inbound import changes, profiles, pulls
from app.jobs import Context, Every
from app.outbound.service import announce


async def sweep_changes(ctx: Context) -> None:
    """Bring changes to messages that were written at the same moment as they."""
    async with ctx["runtime"].database.begin() as uow:
        await announce(uow, await changes.adopt_strays(uow))


async def fetch_profile(ctx: Context, identity_id: str) -> None:
    """Ask the platform for a newcomer's name."""
    await profiles.fetch_profile(ctx["runtime"], UUID(identity_id))


async def fetch_updates(ctx: Context, account_id: str) -> None:
    """Fetch the events that an account's deliveries announced."""
    await pulls.fetch_updates(ctx["runtime"], UUID(account_id))


async def sweep_pulls(ctx: Context) -> None:
    """Find what was announced and not fetched."""
    await pulls.sweep_pulls(ctx["runtime"])


JOBS = (fetch_profile, fetch_updates)
SWEEPS = (Every(10, sweep_changes), Every(30, sweep_pulls))
