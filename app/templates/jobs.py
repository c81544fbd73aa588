"""Jobs of templates."""

from __future__ import annotations

from uuid import UUID

import structlog

from app.errors import AppError
from app.jobs import Context, Every
from app.templates import sync
from channels.contract import SendError

_log = structlog.get_logger()
_SYNC_EVERY_S = 6 * 3600


async def sync_templates(ctx: Context, channel_account_id: str) -> None:
    """Bring an account's templates up to date."""
    runtime = ctx["runtime"]
    account = await runtime.accounts.get(UUID(channel_account_id))
    if account is None or account.capabilities.templates is None:
        return
    try:
        await sync.sync_templates(runtime, account)
    except (SendError, AppError) as error:
        _log.warning("templates_not_synced", channel_account_id=channel_account_id, code=error.code)


async def sync_all_templates(ctx: Context) -> None:
    """Bring all templates up to date: webhooks tell of most changes, not of all."""
    await sync.sync_all(ctx["runtime"])


JOBS = (sync_templates,)
SWEEPS = (Every(_SYNC_EVERY_S, sync_all_templates),)
