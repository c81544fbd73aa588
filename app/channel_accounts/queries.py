"""Reads of channel accounts, as the API shows them: never with credentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

import asyncpg

from app.channel_accounts.service import webhook_path
from app.conversations.present import time_json
from channels import registry
from channels.contract import Account, Adapter

Json = dict[str, Any]

_ACCOUNTS = """
SELECT id, channel, external_id, name, state, settings, health, sending_stopped_reason, checked_at, created_at
FROM channel_account
"""


async def accounts(conn: asyncpg.Connection, *, base_url: str | None, account_id: UUID | None = None) -> list[Json]:
    """Return the accounts that were not removed, or the one whatever its state, oldest first."""
    rows = await conn.fetch(
        _ACCOUNTS + "WHERE ($1::uuid IS NULL AND state <> 'removed') OR id = $1 ORDER BY created_at, id", account_id
    )
    return [_json(row, base_url) for row in rows]


def _json(row: asyncpg.Record, base_url: str | None) -> Json:
    adapter = registry.get(row["channel"])
    settings = row["settings"]
    path = webhook_path(row["channel"], row["id"])
    return {
        "id": str(row["id"]),
        "channel": row["channel"],
        "label": adapter.label,
        "name": row["name"],
        "external_id": row["external_id"],
        "state": row["state"],
        "health": {"state": "unchecked"} | row["health"],
        "sending_stopped_reason": row["sending_stopped_reason"],
        "settings": settings,
        "webhook_path": path,
        "webhook_url": base_url and base_url + path,
        "capabilities": _capabilities(adapter, row["external_id"], settings),
        "checked_at": time_json(row["checked_at"]),
        "created_at": time_json(row["created_at"]),
    }


def _capabilities(adapter: Adapter, external_id: str, settings: Json) -> Json:
    account = Account(external_id=external_id, base_url=adapter.base_url(settings), settings=settings)
    plain: Json = _plain(adapter.capabilities(account))
    return plain


def _plain(value: Any) -> Any:
    """Return capabilities as JSON, without their sources, which are for the reader of the code."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name != "source"}
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(member) for member in value]
    return value
