"""What other packages may ask of ingest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.inbound.lanes import Ingest
from app.inbound.messages import media_source, read_media_source
from app.inbound.replay import replay
from app.runtime import Runtime

__all__ = ["Ingest", "media_source", "open_ingest", "read_media_source", "replay"]


@asynccontextmanager
async def open_ingest(runtime: Runtime) -> AsyncIterator[Ingest]:
    """Run the commit lanes of this process. The webhook routes find the result in `app.state.ingest`."""
    ingest = Ingest(runtime)
    await ingest.start()
    try:
        yield ingest
    finally:
        await ingest.close()
