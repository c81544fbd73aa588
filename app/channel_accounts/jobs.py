"""Jobs of channel accounts."""

from __future__ import annotations

from uuid import UUID

from app.channel_accounts import check
from app.errors import NotFound
from app.jobs import Context


async def connect_webhook(ctx: Context, account_id: str) -> None:
    """Have the platform deliver a new account's events to us, and note the account's health."""
    try:
        await check.connect_webhook(ctx["runtime"], UUID(account_id))
    except NotFound:
        return  # removed meanwhile


JOBS = (connect_webhook,)
SWEEPS = ()
