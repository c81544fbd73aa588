"""Reads of channel accounts, as the API shows them: never with credentials, and to those who may not manage them only what they can do."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.channel_accounts.guides import guide_of
from app.channel_accounts.service import webhook_path
from app.channel_accounts.words import Gettext, Json, finding_in_words
from app.conversations.present import time_json
from app.outbound.service import token_ends_at
from app.runtime import Runtime
from channels import registry
from channels.contract import Account, Adapter

_ACCOUNTS = """
SELECT id, channel, external_id, name, state, settings, health, sending_stopped_reason, checked_at, last_webhook_at, created_at
FROM channel_account
"""
_SOURCES = ("source", "sources")
_STATES = ("unchecked", "ok", "warning", "error")
_SOON_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom accounts are read: in which language, and with all that only those see who manage them."""

    gettext: Gettext
    manages: bool


async def accounts(
    conn: asyncpg.Connection, runtime: Runtime, reading: Reading, *, account_id: UUID | None = None
) -> list[Json]:
    """Return the accounts that were not removed, or the one whatever its state, oldest first."""
    rows = await conn.fetch(
        _ACCOUNTS + "WHERE ($1::uuid IS NULL AND state <> 'removed') OR id = $1 ORDER BY created_at, id", account_id
    )
    return [_json(row, runtime, reading) for row in rows]


def _json(row: asyncpg.Record, runtime: Runtime, reading: Reading) -> Json:
    adapter = registry.get(row["channel"])
    settings = row["settings"]
    path, base_url = webhook_path(row["channel"], row["id"]), runtime.settings.base_url
    health = _health(row, adapter, runtime, reading)
    return {
        "id": str(row["id"]),
        "channel": row["channel"],
        "label": adapter.label,
        "guide": guide_of(adapter, settings).name,
        "name": row["name"],
        "external_id": row["external_id"],
        "state": row["state"],
        "health": health if reading.manages else {"state": health["state"]},
        "sending_stopped_reason": row["sending_stopped_reason"],
        "settings": settings if reading.manages else {},
        "credentials_kept": _kept(row["id"], adapter, runtime) if reading.manages else [],
        "webhook_path": path,
        "webhook_url": base_url and base_url + path,
        "capabilities": _capabilities(adapter, row["external_id"], settings),
        "checked_at": time_json(row["checked_at"]),
        "last_webhook_at": time_json(row["last_webhook_at"]),
        "created_at": time_json(row["created_at"]),
    }


def _health(row: asyncpg.Record, adapter: Adapter, runtime: Runtime, reading: Reading) -> Json:
    """Return what is known of the account now: what the last check found, in words, and what needs no platform to tell."""
    kept = {"state": "unchecked", "items": [], "facts": {}, "told": {}} | row["health"]
    items = [*kept["items"], *_own_findings(row, runtime, kept["facts"])]
    states = [kept["state"], *(item["state"] for item in items)]
    return {
        "state": max(states, key=_STATES.index),
        "items": [finding_in_words(adapter, item, reading.gettext) for item in items],
        "facts": kept["facts"],
        "told": kept["told"],
    }


def _own_findings(row: asyncpg.Record, runtime: Runtime, facts: Json) -> list[Json]:
    found = []
    if row["sending_stopped_reason"]:
        params = {"code": row["sending_stopped_reason"], "text": str(row["health"].get("text") or "")}
        found.append({"code": "sending_stopped", "state": "error", "params": params})
    view = runtime.accounts.by_id(row["id"])
    renewed_ends_at = token_ends_at(view) if view else None
    if renewed_ends_at:
        state = "error" if renewed_ends_at < time.time() else "ok"
        found.append({"code": "token_renewed", "state": state, "params": _dated(renewed_ends_at)})
    elif facts.get("token_expires_at") == 0:
        found.append({"code": "token_lasts", "state": "ok", "params": {}})
    elif ends_at := facts.get("token_expires_at"):
        left_s = ends_at - time.time()
        state = "error" if left_s < 0 else "warning" if left_s < _SOON_S else "ok"
        found.append({"code": "token_ends", "state": state, "params": _dated(ends_at)})
    return found


def _kept(account_id: UUID, adapter: Adapter, runtime: Runtime) -> list[str]:
    """Return the names of the credentials that are there, never a value."""
    view = runtime.accounts.by_id(account_id)
    held = view.credentials if view else {}
    return [each.name for each in adapter.credential_fields if not each.setting and held.get(each.name)]


def _dated(unix_s: int) -> Json:
    at = datetime.fromtimestamp(unix_s, UTC)
    return {"at": time_json(at), "date": at.date().isoformat()}


def _capabilities(adapter: Adapter, external_id: str, settings: Json) -> Json:
    account = Account(external_id=external_id, base_url=adapter.base_url(settings), settings=settings)
    plain: Json = _plain(adapter.capabilities(account))
    return plain


def _plain(value: Any) -> Any:
    """Return capabilities as JSON, without their sources, which are for the reader of the code."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _SOURCES}
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(member) for member in value]
    return value
