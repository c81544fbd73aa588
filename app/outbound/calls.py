"""Carry out intents with a token that works: one that the platform refuses, or that is missing, is renewed, and the call made again.

A new token may end the old one, so one process at a time renews an account's: it holds a lock in Redis, looks first whether
somebody else has stored a newer one, and keeps what it got, encrypted, in the account's credentials.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.channel_accounts.changes import account_changed
from app.channel_accounts.directory import AccountView
from app.outbound.runner import BeforeDelivery
from app.outbound.runner import run as run_once
from app.runtime import Runtime
from channels.contract import (
    ConnectionFailed,
    CredentialsInvalid,
    Intent,
    RefreshToken,
    Result,
    SendError,
    TokenRefreshed,
    TokenRejected,
)

TOKEN = "access_token"  # noqa: S105 - a credential's name
EXPIRES_AT = "access_token_expires_at"
"""Unix time, beside the token."""
EARLY = 1 / 24
"""In this last part of its life a token is renewed before anybody needs it."""
_LOCKED_AT_MOST_S = 90
"""Longer than two requests may take."""
_WAIT_S = 20
_TRIES_IN_A_LIFE = 240
_log = structlog.get_logger()


async def run(
    runtime: Runtime, account: AccountView, intent: Intent, *, before_delivery: BeforeDelivery | None = None
) -> Result:
    """As `runner.run`, once more with a fresh token when the platform refuses ours. Raises SendError.

    A token that somebody else had stored meanwhile may be as old as ours: then once more with one that is new for sure.
    """
    for _ in range(2):
        try:
            return await run_once(runtime, account, intent, before_delivery=before_delivery)
        except TokenRejected:
            if account.capabilities.token_lifetime_s is None:
                raise
        account, is_new = await _renewed(runtime, account.id, is_stale=partial(_is, account.credentials.get(TOKEN, "")))
        if is_new:
            break
    return await run_once(runtime, account, intent, before_delivery=before_delivery)


async def renew_early(runtime: Runtime) -> None:
    """Renew the tokens that end soon, or of which nobody knows when. One that cannot be renewed yet still serves."""
    for account in await runtime.accounts.all():
        lifetime_s = account.capabilities.token_lifetime_s
        if lifetime_s is None or account.state != "active" or not _ends_soon(account):
            continue
        again_in_s = max(1, lifetime_s // _TRIES_IN_A_LIFE)
        if not await runtime.redis.set(f"token-tried:{account.id}", b"1", nx=True, ex=again_in_s):
            continue
        try:
            await _renewed(runtime, account.id, is_stale=_ends_soon)
        except SendError as error:
            _log.warning("token_not_renewed", channel_account_id=str(account.id), code=error.code)


def pasted(account: AccountView) -> Mapping[str, str]:
    """Return the credentials that only a person can change."""
    if account.capabilities.token_lifetime_s is None:
        return account.credentials
    return {name: value for name, value in account.credentials.items() if name not in (TOKEN, EXPIRES_AT)}


def token_ends_at(account: AccountView) -> int | None:
    """Return when the token that we renew ends (Unix time); None while there is none, or where tokens are not renewed."""
    if account.capabilities.token_lifetime_s is None or not account.credentials.get(TOKEN):
        return None
    return int(float(account.credentials.get(EXPIRES_AT, 0))) or None


def _is(token: str, account: AccountView) -> bool:
    return account.credentials.get(TOKEN, "") == token


def _ends_soon(account: AccountView) -> bool:
    if not account.credentials.get(TOKEN):
        return False  # the first call fetches it
    lifetime_s = account.capabilities.token_lifetime_s or 0
    return float(account.credentials.get(EXPIRES_AT, 0)) - time.time() < lifetime_s * EARLY


async def _renewed(
    runtime: Runtime, account_id: UUID, *, is_stale: Callable[[AccountView], bool]
) -> tuple[AccountView, bool]:
    """Return the account with a token that is not stale, and whether we got it just now: else it is somebody else's newer one.

    Raises SendError.
    """
    account, is_new = await _as_stored(runtime, account_id), False
    if not is_stale(account):
        return account, False
    try:
        async with runtime.redis.lock(f"token:{account_id}", timeout=_LOCKED_AT_MOST_S, blocking_timeout=_WAIT_S):
            account = await _as_stored(runtime, account_id)
            if is_stale(account):
                rejected = account.credentials.get(TOKEN, "")
                result = await run_once(runtime, account, RefreshToken(rejected))
                assert isinstance(result, TokenRefreshed), "an adapter answers RefreshToken with TokenRefreshed"
                await _keep(runtime, account, result)
                account, is_new = await _as_stored(runtime, account_id), True
    except RedisError as error:
        raise ConnectionFailed(type(error).__name__, code="token_not_renewed") from error
    return account, is_new


async def _as_stored(runtime: Runtime, account_id: UUID) -> AccountView:
    await runtime.accounts.refresh()
    account = runtime.accounts.by_id(account_id)
    if account is None:
        raise CredentialsInvalid(code="account_removed")
    return account


async def _keep(runtime: Runtime, account: AccountView, fresh: TokenRefreshed) -> None:
    lifetime_s = fresh.expires_in_s or account.capabilities.token_lifetime_s or 0
    told = {TOKEN: fresh.access_token, EXPIRES_AT: str(int(time.time()) + lifetime_s)}
    async with runtime.database.begin() as uow:
        stored = await uow.conn.fetchval("SELECT credentials FROM channel_account WHERE id = $1 FOR UPDATE", account.id)
        credentials = runtime.vault.decrypt_json(stored) | told
        await uow.conn.execute(
            "UPDATE channel_account SET credentials = $2 WHERE id = $1 AND state <> 'removed'",
            account.id,
            runtime.vault.encrypt_json(credentials),
        )
        account_changed(uow, runtime)
