"""The public verbs about channel accounts: connect, change, check, remove. Credentials go in and never come out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from app.channel_accounts.changes import account_changed
from app.channel_accounts.directory import AccountView
from app.channel_accounts.settings import wrong_settings
from app.db import UnitOfWork
from app.errors import Conflict, Invalid, NotFound
from app.ids import uuid7
from app.outbound.service import resume_sending
from app.people.permissions import Actor
from app.people.service import write_audit
from app.runtime import Runtime
from channels import registry
from channels.contract import Account, Adapter
from channels.hosting import Hosted

VERIFY_TOKEN = "verify_token"  # noqa: S105 - a credential's name


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    channel: str
    name: str
    external_id: str
    credentials: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, Any]


async def create_account(uow: UnitOfWork, runtime: Runtime, actor: Actor | None, new: NewAccount) -> UUID:
    """Connect an account and, where it belongs to an object that others share, join that; return its id.

    Raises Invalid for an unknown channel, or an id or credentials that are missing, Conflict for an account that is connected.
    """
    adapter = adapter_of(new.channel)
    credentials = _checked_credentials(adapter, new.credentials)
    settings = checked_settings(adapter, dict(new.settings))
    account_id = uuid7()
    external_id = new.external_id.strip() or (str(account_id) if isinstance(adapter, Hosted) else _missing_id())
    base_url = str(settings.get("api_base_url") or adapter.base_url(settings))
    account = Account(external_id=external_id, base_url=base_url, settings=settings)
    platform_account_id = await _join_platform_object(uow, runtime, adapter, account, credentials)
    shared = {each.name for each in adapter.credential_fields if each.shared} if platform_account_id else set()
    own = {name: value for name, value in credentials.items() if name not in shared}
    written = await uow.conn.execute(
        """INSERT INTO channel_account (id, brand_id, platform_account_id, channel, external_id, name, credentials, settings, health)
        VALUES ($1, (SELECT id FROM brand WHERE is_default), $2, $3, $4, $5, $6, $7, '{"state": "unchecked"}')
        ON CONFLICT DO NOTHING""",
        account_id,
        platform_account_id,
        new.channel,
        external_id,
        new.name.strip(),
        runtime.vault.encrypt_json(own),
        orjson.dumps(settings).decode(),
    )
    if written.endswith("0"):
        raise Conflict("This account is connected. Change it, or remove it first.", code="account_connected")
    if actor is not None:
        await write_audit(
            uow, actor, "channel_account.created", "channel_account", account_id, {"channel": new.channel}
        )
    account_changed(uow, runtime)
    if adapter.capabilities(account).templates is not None:
        uow.enqueue("sync_templates", str(account_id))
    return account_id


def adapter_of(channel: str) -> Adapter:
    """Raises Invalid for a channel that there is not."""
    try:
        return registry.get(channel)
    except KeyError:
        raise Invalid("Choose another channel.", fields={"channel": "one of " + ", ".join(registry.NAMES)}) from None


def _missing_id() -> NoReturn:
    raise Invalid("The account's id is missing.", fields={"external_id": "as the platform's console shows it"})


def _checked_credentials(adapter: Adapter, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was pasted, stripped, with a verify token of our own making where none was, and what only we make."""
    known = {each.name: each for each in adapter.credential_fields}
    credentials = {name: value.strip() for name, value in given.items() if value.strip()}
    for name, each in known.items():
        if each.made:
            credentials.setdefault(name, secrets.token_urlsafe(32))
    if VERIFY_TOKEN in known:
        credentials.setdefault(VERIFY_TOKEN, secrets.token_urlsafe(24))
    fields = {
        f"credentials.{name}": "leave it out: this channel has none of that name"
        for name in credentials
        if name not in known
    }
    fields |= {
        f"credentials.{name}": "paste it from the platform's console"
        for name, each in known.items()
        if each.required and name not in credentials
    }
    if fields:
        raise Invalid("Some credentials are missing or unknown: see `fields`.", fields=fields)
    return credentials


def checked_settings(adapter: Adapter, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings without those that were cleared. Raises Invalid."""
    settings = {name: value for name, value in settings.items() if value is not None}
    fields = wrong_settings(adapter, settings)
    if isinstance(adapter, Hosted):
        fields |= {f"settings.{name}": advice for name, advice in adapter.wrong_settings(settings).items()}
    if "api_base_url" in settings and not _is_base_url(settings["api_base_url"]):
        fields["settings.api_base_url"] = (
            "scheme, host and port only, such as https://graph.facebook.com or http://127.0.0.1:8001"
        )
    if not _are_answers(settings.get("automatic_answers", {})):
        fields["settings.automatic_answers"] = 'texts by occasion, such as {"followed": "Welcome!"}'
    if fields:
        raise Invalid("Some settings cannot be taken: see `fields`.", fields=fields)
    if "api_base_url" in settings:
        settings["api_base_url"] = settings["api_base_url"].rstrip("/")
    return settings


def _are_answers(value: Any) -> bool:
    """Are these the texts of app/inbound/answers.py?"""
    return isinstance(value, dict) and all(isinstance(text, str) and 0 < len(text) <= 2000 for text in value.values())


def _is_base_url(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    bare = not (parts.query or parts.fragment or parts.username or parts.password) and parts.path in ("", "/")
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare and port_fits


async def _join_platform_object(
    uow: UnitOfWork, runtime: Runtime, adapter: Adapter, account: Account, credentials: Mapping[str, str]
) -> UUID | None:
    """Make or join the object above the account, and give it the shared secrets. Those pasted last count."""
    above = adapter.platform_object(account, credentials)
    if above is None:
        return None
    shared = {
        each.name: credentials[each.name]
        for each in adapter.credential_fields
        if each.shared and each.name in credentials
    }
    row = await uow.conn.fetchrow(
        """INSERT INTO platform_account (id, channel, kind, external_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (channel, kind, external_id) DO UPDATE SET kind = excluded.kind RETURNING id, credentials""",
        uuid7(),
        adapter.name,
        above.kind,
        above.external_id,
    )
    assert row is not None
    merged = runtime.vault.decrypt_json(row["credentials"]) | shared
    await uow.conn.execute(
        "UPDATE platform_account SET credentials = $2 WHERE id = $1", row["id"], runtime.vault.encrypt_json(merged)
    )
    platform_account_id: UUID = row["id"]
    return platform_account_id


async def change_account(
    uow: UnitOfWork, runtime: Runtime, actor: Actor, account_id: UUID, changes: Mapping[str, Any]
) -> None:
    """Change name, state, credentials (merged), settings (merged, null clears). Raises NotFound, Invalid."""
    row = await uow.conn.fetchrow(
        """SELECT channel, external_id, credentials, settings, platform_account_id FROM channel_account
        WHERE id = $1 AND state <> 'removed' FOR UPDATE""",
        account_id,
    )
    if row is None:
        raise no_account()
    adapter = adapter_of(row["channel"])
    if "name" in changes:
        await uow.conn.execute(
            "UPDATE channel_account SET name = $2 WHERE id = $1", account_id, changes["name"].strip()
        )
    if "state" in changes:
        await uow.conn.execute("UPDATE channel_account SET state = $2 WHERE id = $1", account_id, changes["state"])
    settings = row["settings"]
    if "settings" in changes:
        settings = checked_settings(adapter, settings | changes["settings"])
        await uow.conn.execute(
            "UPDATE channel_account SET settings = $2 WHERE id = $1", account_id, orjson.dumps(settings).decode()
        )
    if "credentials" in changes:
        await _change_credentials(uow, runtime, adapter, row, account_id, changes["credentials"], settings)
    if "credentials" in changes or changes.get("state") == "active":
        await resume_sending(uow, account_id)
    await write_audit(uow, actor, "channel_account.changed", "channel_account", account_id, {"fields": _named(changes)})
    account_changed(uow, runtime)


def _named(changes: Mapping[str, Any]) -> str:
    """Return the names of what changed, members of credentials and settings one by one, without any value."""
    names = [
        f"{name}.{member}" if isinstance(value, Mapping) else name
        for name, value in changes.items()
        for member in (value if isinstance(value, Mapping) else (name,))
    ]
    return ", ".join(sorted(names))


async def _change_credentials(
    uow: UnitOfWork,
    runtime: Runtime,
    adapter: Adapter,
    row: Mapping[str, Any],
    account_id: UUID,
    given: Mapping[str, str],
    settings: Mapping[str, Any],
) -> None:
    """Merge new credentials into those that were pasted before. A token that came of these is fetched anew."""
    old = runtime.vault.decrypt_json(row["credentials"])
    if row["platform_account_id"]:
        above = await uow.conn.fetchval(
            "SELECT credentials FROM platform_account WHERE id = $1 FOR UPDATE", row["platform_account_id"]
        )
        old |= runtime.vault.decrypt_json(above)
    known = {each.name for each in adapter.credential_fields}
    kept = {name: value for name, value in old.items() if name in known}
    merged = _checked_credentials(adapter, kept | dict(given))
    base_url = str(settings.get("api_base_url") or adapter.base_url(settings))
    account = Account(external_id=row["external_id"], base_url=base_url, settings=settings)
    platform_account_id = await _join_platform_object(uow, runtime, adapter, account, merged)
    shared = {each.name for each in adapter.credential_fields if each.shared} if platform_account_id else set()
    own = {name: value for name, value in merged.items() if name not in shared}
    await uow.conn.execute(
        "UPDATE channel_account SET credentials = $2, platform_account_id = $3 WHERE id = $1",
        account_id,
        runtime.vault.encrypt_json(own),
        platform_account_id,
    )


async def remove_account(uow: UnitOfWork, runtime: Runtime, actor: Actor, account_id: UUID) -> None:
    """Disconnect an account: its history stays, its credentials are wiped. Raises NotFound."""
    removed = await uow.conn.fetchval(
        """UPDATE channel_account SET state = 'removed', removed_at = now(), credentials = NULL
        WHERE id = $1 AND state <> 'removed' RETURNING id""",
        account_id,
    )
    if removed is None:
        raise no_account()
    await write_audit(uow, actor, "channel_account.removed", "channel_account", account_id, {})
    account_changed(uow, runtime)


def no_account() -> NotFound:
    return NotFound("No channel account has this id.")


async def account_view(runtime: Runtime, account_id: UUID) -> AccountView:
    """Return a live account with its credentials, also one that was connected a moment ago elsewhere. Raises NotFound."""
    view = await runtime.accounts.get(account_id)
    if view is None:
        await runtime.accounts.refresh()
        view = runtime.accounts.by_id(account_id)
    if view is None:
        raise no_account()
    return view


def webhook_path(channel: str, account_id: UUID) -> str:
    return f"/webhooks/{channel}/{account_id}"
