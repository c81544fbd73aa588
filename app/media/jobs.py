"""Jobs of files."""

from __future__ import annotations

from uuid import UUID

from app.jobs import Context, Every
from app.media import fetching, unattached


async def fetch_media(ctx: Context, media_id: str) -> None:
    """Fetch a file that a customer sent."""
    await fetching.fetch_media(ctx["runtime"], UUID(media_id))


async def sweep_media(ctx: Context) -> None:
    """Find the files that still are to be fetched."""
    await fetching.sweep_media(ctx["runtime"])


async def forget_unattached(ctx: Context) -> None:
    """Forget the uploads that were not sent within their day."""
    await unattached.forget_unattached(ctx["runtime"])


JOBS = (fetch_media,)
SWEEPS = (Every(30, sweep_media), Every(3600, forget_unattached))
