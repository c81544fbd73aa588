"""Jobs of sending."""

from __future__ import annotations

from uuid import UUID

from app.jobs import Context, Every
from app.outbound import calls, receipts, sender, sweeps


async def send_conversation(ctx: Context, conversation_id: str) -> None:
    """Send what a conversation has queued."""
    await sender.send_conversation(ctx["runtime"], UUID(conversation_id))


async def mark_read(ctx: Context, conversation_id: str) -> None:
    """Tell the customer that the assignee has read."""
    await receipts.mark_read(ctx["runtime"], UUID(conversation_id))


async def show_typing(ctx: Context, conversation_id: str) -> None:
    """Show the customer that an agent types."""
    await receipts.show_typing(ctx["runtime"], UUID(conversation_id))


async def sweep_outbox(ctx: Context) -> None:
    """Find what lost hints and killed workers left."""
    await sweeps.sweep_outbox(ctx["runtime"])


async def renew_tokens(ctx: Context) -> None:
    """Renew the access tokens that end soon."""
    await calls.renew_early(ctx["runtime"])


JOBS = (send_conversation, mark_read, show_typing)
SWEEPS = (Every(5, sweep_outbox), Every(60, renew_tokens))
