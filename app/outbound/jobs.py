"""Jobs of sending."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.outbound import sender
from app.runtime import Runtime


async def send_conversation(ctx: dict[str, Any], conversation_id: str) -> None:
    """Send what a conversation has queued."""
    runtime: Runtime = ctx["runtime"]
    await sender.send_conversation(runtime, UUID(conversation_id))
