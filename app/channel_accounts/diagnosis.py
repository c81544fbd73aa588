"""Every account as the terminal shows it: asked of its platform now, in the words of the set-up pages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.channel_accounts.check import check_account
from app.channel_accounts.queries import Reading, accounts
from app.channel_accounts.words import Json
from app.errors import NotFound
from app.runtime import Runtime

_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line about one account. `mend` is empty when there is nothing to do."""

    account: str
    state: Literal["ok", "warning", "error"]
    text: str
    mend: str = ""


async def diagnose_accounts(runtime: Runtime) -> list[Diagnosis]:
    """Check every account that was not removed, all at once, and return what was found, in their order."""
    await asyncio.gather(*(_check(runtime, account.id) for account in await runtime.accounts.all()))
    async with runtime.database.begin() as uow:
        found = await accounts(uow.conn, runtime, Reading(lambda english: english, manages=True))
    return [line for account in found for line in _lines(account)]


async def _check(runtime: Runtime, account_id: UUID) -> None:
    """What an account is like stays as it was known, when its platform takes its time."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await check_account(runtime, account_id)
    except (TimeoutError, NotFound):
        return


def _lines(account: Json) -> list[Diagnosis]:
    name = f"{account['label']}: {account['name']}"
    if account["state"] == "paused":
        return [Diagnosis(name, "warning", "paused: nothing is sent", "Resume it in Settings → Channels.")]
    wrong = [item for item in account["health"]["items"] if item["state"] != "ok"]
    if wrong:
        return [Diagnosis(name, item["state"], _said(item), item["mend"]) for item in wrong]
    if account["health"]["state"] == "unchecked":
        return [Diagnosis(name, "warning", "its platform did not answer in time", "Run this again in a moment.")]
    heard = account["last_webhook_at"]
    return [Diagnosis(name, "ok", "works; " + (f"last called at {heard}" if heard else "nothing heard yet"))]


def _said(item: Json) -> str:
    return " ".join(part for part in (f"{item['label']}:", item["text"], item["detail"]) if part)
