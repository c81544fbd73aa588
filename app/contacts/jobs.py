"""Jobs of contacts."""

from __future__ import annotations

from app.contacts import matching
from app.jobs import Context, Every


async def match_contacts(ctx: Context) -> None:
    """Compare the contacts whose keys changed with all others. As a sweep, it finds the requests whose hint was lost."""
    await matching.match_contacts(ctx["runtime"])


JOBS = (match_contacts,)
SWEEPS = (Every(60, match_contacts),)
