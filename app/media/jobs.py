"""Jobs of files."""

from __future__ import annotations

import asyncio
from uuid import UUID

from app.jobs import Context, Every
from app.media import fetching, looking, storage, unattached


async def fetch_media(ctx: Context, media_id: str) -> None:
    """Fetch a file that a customer sent."""
    await fetching.fetch_media(ctx["runtime"], UUID(media_id))


async def sweep_media(ctx: Context) -> None:
    """Find the files that still are to be fetched."""
    await fetching.sweep_media(ctx["runtime"])


async def forget_unattached(ctx: Context) -> None:
    """Forget the uploads that were not sent within their day."""
    await unattached.forget_unattached(ctx["runtime"])


async def look_at_media(ctx: Context, media_id: str) -> None:
    """Make the thumbnail of a picture."""
    await looking.look_at(ctx["runtime"], UUID(media_id))


async def sweep_unseen(ctx: Context) -> None:
    """Find the pictures that still have no thumbnail."""
    await looking.sweep_unseen(ctx["runtime"])


async def trim_cache(ctx: Context) -> None:
    """Keep the files on this machine's disk within their bytes, where a storage has them all."""
    await asyncio.to_thread(storage.trim_cache, ctx["runtime"].settings)


JOBS = (fetch_media, look_at_media)
SWEEPS = (Every(30, sweep_media), Every(60, sweep_unseen), Every(3600, trim_cache), Every(3600, forget_unattached))
