"""Jobs of channel accounts."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.channel_accounts import check, portfolios
from app.errors import NotFound
from app.jobs import Context
from channels.contract import PlatformObject


async def connect_webhook(ctx: Context, account_id: str) -> None:
    """Have the platform deliver a new account's events to us, and note the account's health."""
    try:
        await check.connect_webhook(ctx["runtime"], UUID(account_id))
    except NotFound:
        return  # removed meanwhile


async def join_portfolio(
    ctx: Context, platform_account_id: str, kind: Literal["portfolio", "open_platform"], external_id: str
) -> None:
    """Put a platform object below the one that it belongs to, and its people's keys into that one's scope."""
    await portfolios.join_portfolio(ctx["runtime"], UUID(platform_account_id), PlatformObject(kind, external_id))


JOBS = (connect_webhook, join_portfolio)
SWEEPS = ()
