"""The connected accounts as every process needs them at hand: ids, decrypted credentials, rules. Held in memory, and read again when one changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.secrets import SecretUnreadable, Vault
from channels import registry
from channels.contract import Account, Adapter, Capabilities, Credentials, KeyScope

FRESH_S = 15.0
"""The net under `changes`: how old the accounts in memory may be when its word was lost."""
MISS_INTERVAL_S = 1.0
NOTE_EVERY_S = 30.0
_AWAY = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_NOTE = """
UPDATE channel_account a SET last_webhook_at = greatest(a.last_webhook_at, $2)
FROM (SELECT id FROM channel_account WHERE id = ANY($1) ORDER BY id FOR UPDATE) AS told WHERE a.id = told.id
"""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AccountView:
    """One channel account. `credentials` are decrypted, those of the platform objects above it included; never log or return them.

    `scopes` says where a key of a scope is unique: "world", or the id of the object that the scope means for this account.
    """

    id: UUID
    channel: str
    external_id: str
    name: str
    state: str
    platform_account_id: UUID | None
    sending_stopped_reason: str | None
    settings: Mapping[str, Any]
    credentials: Credentials
    scopes: Mapping[KeyScope, str]
    adapter: Adapter
    account: Account
    capabilities: Capabilities


_ACCOUNTS = """
SELECT a.id, a.channel, a.external_id, a.name, a.state, a.settings, a.credentials, a.sending_stopped_reason, a.platform_account_id,
       p.kind AS platform_kind, p.credentials AS platform_credentials,
       q.id AS parent_id, q.kind AS parent_kind, q.credentials AS parent_credentials
FROM channel_account a
LEFT JOIN platform_account p ON p.id = a.platform_account_id
LEFT JOIN platform_account q ON q.id = p.parent_id
WHERE a.state <> 'removed'
"""


class Directory:
    """Every live channel account by id and by platform id.

    It answers from memory and refreshes itself in the background, so that webhooks can be verified while the database is away.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._by_id: dict[UUID, AccountView] = {}
        self._by_external_id: dict[tuple[str, str], AccountView] = {}
        self._rows: dict[UUID, asyncpg.Record] = {}
        self._loaded_at: float | None = None
        self._tried_at = float("-inf")
        self._refreshing: asyncio.Task[None] | None = None
        self._noted_at: dict[UUID, float] = {}
        self._noting: set[asyncio.Task[None]] = set()
        database.before_close.append(self.end_notes)

    async def get(self, account_id: UUID) -> AccountView | None:
        """Return a live account, or None. A miss looks into the database again, at most once a second.

        Raises what the driver raises when the accounts were never read and the database is away.
        """
        await self._keep_fresh()
        found = self._by_id.get(account_id)
        if found is None and time.monotonic() - self._tried_at > MISS_INTERVAL_S:
            await self.refresh_or_stay()
            found = self._by_id.get(account_id)
        return found

    def by_external_id(self, channel: str, external_id: str) -> AccountView | None:
        """Return the account that the platform calls `external_id`, as last read."""
        return self._by_external_id.get((channel, external_id))

    def by_id(self, account_id: UUID) -> AccountView | None:
        """Return the account as last read."""
        return self._by_id.get(account_id)

    async def all(self) -> list[AccountView]:
        await self._keep_fresh()
        return list(self._by_id.values())

    async def refresh(self) -> None:
        """Read the accounts now; call it after an account was changed in this process."""
        self._tried_at = time.monotonic()
        async with self._database.begin() as uow:
            rows = await uow.conn.fetch(_ACCOUNTS)
        views = [view for row in rows if (view := self._view(row)) is not None]
        self._rows = {row["id"]: row for row in rows}
        self._by_id = {view.id: view for view in views}
        self._by_external_id = {(view.channel, view.external_id): view for view in views}
        self._loaded_at = time.monotonic()

    async def _keep_fresh(self) -> None:
        if self._loaded_at is None:
            await self.refresh()
        elif time.monotonic() - max(self._loaded_at, self._tried_at) > FRESH_S and (
            self._refreshing is None or self._refreshing.done()
        ):
            self._refreshing = asyncio.create_task(self.refresh_or_stay())

    def note_webhook(self, account_ids: Iterable[UUID], at: datetime) -> None:
        """Note in the background that the platform called for these accounts; for each of them at most every NOTE_EVERY_S."""
        now = time.monotonic()
        due = [one for one in account_ids if now - self._noted_at.get(one, float("-inf")) > NOTE_EVERY_S]
        if due:
            self._noted_at.update(dict.fromkeys(due, now))
            task = asyncio.create_task(self._note(due, at))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)

    async def _note(self, account_ids: list[UUID], at: datetime) -> None:
        try:
            async with self._database.begin() as uow:
                await uow.conn.execute(_NOTE, sorted(account_ids), at)
        except _AWAY as error:
            _log.warning("webhook_not_noted", error=type(error).__name__)

    async def end_notes(self) -> None:
        """Wait for the notes that are being written."""
        await asyncio.gather(*self._noting)

    async def refresh_or_stay(self) -> None:
        """Read the accounts now; where the database is away, keep those that are known."""
        try:
            await self.refresh()
        except _AWAY as error:
            _log.warning("accounts_not_refreshed", error=type(error).__name__)

    def _view(self, row: asyncpg.Record) -> AccountView | None:
        """Return the account of a row; the view of an unchanged row is kept, since decrypting is slow."""
        known = self._by_id.get(row["id"])
        if known is not None and self._rows.get(row["id"]) == row:
            return known
        try:
            return _view(row, self._vault)
        except (SecretUnreadable, KeyError) as error:
            _log.error("account_unusable", channel_account_id=str(row["id"]), error=type(error).__name__)
            return None


def _view(row: asyncpg.Record, vault: Vault) -> AccountView:
    """Raises KeyError for a channel nobody knows, SecretUnreadable for credentials under another key."""
    adapter = registry.get(row["channel"])
    settings = row["settings"]
    credentials: dict[str, str] = {}
    for column in ("parent_credentials", "platform_credentials", "credentials"):
        credentials.update(vault.decrypt_json(row[column]))
    credentials.update(
        {each.name: str(settings.get(each.name, "")) for each in adapter.credential_fields if each.setting}
    )
    base_url = str(settings.get("api_base_url") or adapter.base_url(settings)).rstrip("/")
    account = Account(external_id=row["external_id"], base_url=base_url, settings=settings)
    return AccountView(
        id=UUID(int=row["id"].int),  # not the driver's own kind, which JSON encoders do not know
        channel=row["channel"],
        external_id=row["external_id"],
        name=row["name"],
        state=row["state"],
        platform_account_id=row["platform_account_id"],
        sending_stopped_reason=row["sending_stopped_reason"],
        settings=settings,
        credentials=credentials,
        scopes=_scopes(row),
        adapter=adapter,
        account=account,
        capabilities=adapter.capabilities(account),
    )


def _scopes(row: asyncpg.Record) -> dict[KeyScope, str]:
    own, platform, parent = row["id"], row["platform_account_id"], row["parent_id"]
    above = {row["platform_kind"]: platform, row["parent_kind"]: parent}
    return {
        "world": "world",
        "account": str(own),
        "app": str(above.get("app") or platform or own),
        "portfolio": str(above.get("portfolio") or platform or own),
        "open_platform": str(above.get("open_platform") or platform or own),
    }
