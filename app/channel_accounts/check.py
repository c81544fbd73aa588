"""Talks to the platform about an account: does it work, and will it deliver its events to us?

What was found is kept in `channel_account.health` as codes and parameters; a platform that cannot be reached is a finding too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from app.channel_accounts.directory import AccountView
from app.channel_accounts.guides import guide_of
from app.channel_accounts.service import VERIFY_TOKEN, account_view, webhook_path
from app.outbound.service import run
from app.runtime import Runtime
from channels.contract import Check, Checked, CheckItem, SendError, Subscribe, Unsubscribe

_WORST = ("ok", "warning", "error")


async def connect_webhook(runtime: Runtime, account_id: UUID) -> None:
    """Ask the platform to deliver this account's events to us, where our address is known, then check the account."""
    account, asked_at = await account_view(runtime, account_id), datetime.now(UTC)
    webhook = await _subscribe(runtime, account)
    found = await _ask(runtime, account)
    await _keep(runtime, account, [*webhook, *found.items], found, asked_at=asked_at)


async def check_account(runtime: Runtime, account_id: UUID) -> None:
    """Check an account and keep what was found. Raises NotFound."""
    account, asked_at = await account_view(runtime, account_id), datetime.now(UTC)
    found = await _ask(runtime, account)
    await _keep(runtime, account, found.items, found, asked_at=asked_at)


async def disconnect_webhook(runtime: Runtime, account: AccountView) -> None:
    """Ask the platform to deliver no more. One that cannot be told goes on in vain: the account is unknown to us then."""
    asked_at = datetime.now(UTC)
    try:
        await run(runtime, account, Unsubscribe())
    except SendError as error:
        items = [_failed("unsubscribe_failed", error, state="warning")]
        await _keep(runtime, account, items, Checked(()), asked_at=asked_at)


def worst_of(states: Sequence[str]) -> str:
    return max(states, key=_WORST.index, default="ok")


async def _subscribe(runtime: Runtime, account: AccountView) -> list[CheckItem]:
    """Return the line about the webhook; none for a channel that no platform calls us for."""
    if not any(step.shows == "webhook" for step in guide_of(account.adapter, account.settings).steps):
        return []
    if runtime.settings.base_url is None:
        return [CheckItem("webhook_address_unknown", "warning")]
    url = f"{runtime.settings.base_url}{webhook_path(account.channel, account.id)}"
    if account.capabilities.webhook_by_hand:
        return [CheckItem("webhook_by_hand", "ok", {"url": url})]
    try:
        await run(runtime, account, Subscribe(url, account.credentials.get(VERIFY_TOKEN, "")))
    except SendError as error:
        return [_failed("webhook_not_connected", error)]
    return [CheckItem("webhook_connected", "ok", {"url": url})]


async def _ask(runtime: Runtime, account: AccountView) -> Checked:
    try:
        result = await run(runtime, account, Check())
    except SendError as error:
        return Checked((_failed("check_failed", error),))
    assert isinstance(result, Checked)
    return result


def _failed(code: str, error: SendError, *, state: Any = "error") -> CheckItem:
    params = {"code": error.code, "external_code": error.external_code, "text": error.text}
    return CheckItem(code, state, params)


async def _keep(
    runtime: Runtime, account: AccountView, items: Sequence[CheckItem], found: Checked, *, asked_at: datetime
) -> None:
    """Keep the findings, beside what the platform told by webhook; the account is as well as the worst of them.

    A check that began before another, with credentials that were replaced meanwhile, and ended after it, changes nothing.
    """
    health = {
        "state": worst_of([item.state for item in items]),
        "items": [{"code": one.code, "state": one.state, "params": one.params} for one in items],
        "facts": found.facts,
    }
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            """UPDATE channel_account SET checked_at = $3,
                health = jsonb_strip_nulls(jsonb_build_object('told', health -> 'told')) || $2
            WHERE id = $1 AND (checked_at IS NULL OR checked_at <= $3)""",
            account.id,
            orjson.dumps(health).decode(),
            asked_at,
        )
        if found.above and account.platform_account_id:
            uow.enqueue("join_portfolio", str(account.platform_account_id), found.above.kind, found.above.external_id)
