"""Fetch the events of accounts whose deliveries only announce them: one fetcher at a time, page after page, where the last one ended.

The cursor moves in the transaction that writes a page's events, so that a killed worker's page is fetched again, and changes
nothing the second time. Who may fetch holds a lease in the account's row: a lost one ends with its time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import structlog

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.inbound.arrivals import Item, of_account
from app.inbound.lanes import write_items
from app.inbound.work import Abandoned
from app.outbound.service import run
from app.runtime import Runtime
from channels.contract import FetchUpdates, SendError, UpdatesFetched

LEASE_S = 90
"""Longer than one page may take to fetch and write."""
BUSY_S = 20.0
"""How long one job fetches before it lets others have the worker."""
UNANNOUNCED_AFTER_S = 600
"""An announcement may be lost: after this time without one it is looked all the same."""
TOKEN_LIVES_S = 540
"""Platforms keep a token for 10 minutes."""
AGAIN_AFTER_S = 10.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Lease:
    """The right to fetch for an account; `until` is its fence."""

    account_id: UUID
    until: datetime
    cursor: str
    token: str
    announced: int


class _Lost(Abandoned):
    """Somebody else fetches by now: what we have is not written."""


async def fetch_updates(runtime: Runtime, account_id: UUID) -> None:
    """Fetch what there is, unless somebody does already, until everything that was announced is written."""
    account = await runtime.accounts.get(account_id)
    if account is None or not account.capabilities.pulls:
        return
    until = time.monotonic() + BUSY_S
    while (lease := await _take(runtime, account_id)) is not None:
        try:
            end = await _fetch_pages(runtime, account, lease, until)
        except _Lost:
            return
        except SendError as error:
            await _pause(runtime, account_id, error)
            return
        if end is None or not await _end(runtime, end):
            await _come_back(runtime, account_id, 0.0)
            return


async def sweep_pulls(runtime: Runtime) -> None:
    """Find what was announced and not fetched: a lost hint, a killed worker. And look now and then without an announcement."""
    accounts = [account.id for account in await runtime.accounts.all() if account.capabilities.pulls]
    if not accounts:
        return
    async with runtime.database.begin() as uow:
        for row in await uow.conn.fetch(_DUE, accounts, UNANNOUNCED_AFTER_S):
            uow.enqueue("fetch_updates", str(row["id"]))


_DUE = """
SELECT account.id FROM unnest($1::uuid[]) AS account(id) LEFT JOIN pull ON pull.channel_account_id = account.id
WHERE (pull.leased_until IS NULL OR pull.leased_until < now())
    AND (pull.fetched_at IS NULL OR pull.announced > pull.fetched OR pull.fetched_at < now() - make_interval(secs => $2))
"""
_MAKE = "INSERT INTO pull (channel_account_id) VALUES ($1) ON CONFLICT DO NOTHING"
_TAKE = """
UPDATE pull SET leased_until = clock_timestamp() + make_interval(secs => $2)
WHERE channel_account_id = $1 AND (leased_until IS NULL OR leased_until < now())
    AND (fetched_at IS NULL OR announced > fetched OR fetched_at < now() - make_interval(secs => $3))
RETURNING leased_until, cursor, announced, CASE WHEN told_at > now() - make_interval(secs => $4) THEN token ELSE '' END AS token
"""


async def _take(runtime: Runtime, account_id: UUID) -> _Lease | None:
    """Take the lease, if it is free and there is a reason to fetch."""
    async with runtime.database.begin() as uow:
        await uow.conn.execute(_MAKE, account_id)
        row = await uow.conn.fetchrow(_TAKE, account_id, LEASE_S, UNANNOUNCED_AFTER_S, TOKEN_LIVES_S)
    return _Lease(account_id, row["leased_until"], row["cursor"], row["token"], row["announced"]) if row else None


async def _fetch_pages(runtime: Runtime, account: AccountView, lease: _Lease, until: float) -> _Lease | None:
    """Fetch and write page after page, and return the lease; None when the time was over before the last. Raises SendError, _Lost."""
    while True:
        fetched = await run(runtime, account, FetchUpdates(lease.cursor, datetime.now(UTC), lease.token))
        assert isinstance(fetched, UpdatesFetched), "an adapter answers FetchUpdates with UpdatesFetched"
        lease = await _write(runtime, account, lease, fetched)
        if not fetched.more:
            return lease
        if time.monotonic() > until:
            await _release(runtime, lease)
            return None


async def _write(runtime: Runtime, account: AccountView, lease: _Lease, fetched: UpdatesFetched) -> _Lease:
    """Write a page and move the cursor, in one transaction. Raises _Lost."""
    moved = lease

    async def move(uow: UnitOfWork) -> None:
        nonlocal moved
        until = await uow.conn.fetchval(_MOVE, lease.account_id, lease.until, fetched.cursor, LEASE_S)
        if until is None:
            raise _Lost
        moved = replace(lease, until=until, cursor=fetched.cursor)

    items: Sequence[Item] = list(of_account(account, fetched.events))
    await write_items(runtime, items, first=move)
    return moved


_MOVE = """
UPDATE pull SET cursor = $3, leased_until = clock_timestamp() + make_interval(secs => $4)
WHERE channel_account_id = $1 AND leased_until = $2 RETURNING leased_until
"""
_END = """
UPDATE pull SET leased_until = NULL, fetched = $3, fetched_at = now()
WHERE channel_account_id = $1 AND leased_until = $2 RETURNING announced = $3
"""
_RELEASE = "UPDATE pull SET leased_until = NULL WHERE channel_account_id = $1 AND leased_until = $2"
_PAUSE = "UPDATE pull SET leased_until = now() + make_interval(secs => $2) WHERE channel_account_id = $1"


async def _end(runtime: Runtime, lease: _Lease) -> bool:
    """Give the lease back with everything fetched; False when more was announced meanwhile."""
    async with runtime.database.begin() as uow:
        return await uow.conn.fetchval(_END, lease.account_id, lease.until, lease.announced) is not False


async def _release(runtime: Runtime, lease: _Lease) -> None:
    async with runtime.database.begin() as uow:
        await uow.conn.execute(_RELEASE, lease.account_id, lease.until)


async def _pause(runtime: Runtime, account_id: UUID, error: SendError) -> None:
    """Look again later: what was announced stays announced."""
    wait_s = max(error.retry_after_s or 0.0, AGAIN_AFTER_S)
    _log.warning("updates_not_fetched", channel_account_id=str(account_id), code=error.code, retry_in_s=wait_s)
    async with runtime.database.begin() as uow:
        await uow.conn.execute(_PAUSE, account_id, wait_s)
    await _come_back(runtime, account_id, wait_s + 1)


async def _come_back(runtime: Runtime, account_id: UUID, delay_s: float) -> None:
    async with runtime.database.begin() as uow:
        uow.enqueue("fetch_updates", str(account_id), defer_s=delay_s)
