"""Make codes, and list those that were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.channel_accounts.directory import AccountView
from app.conversations.present import time_json
from app.db import UnitOfWork
from app.errors import Conflict, Invalid
from app.ids import uuid7
from app.outbound.service import run
from app.runtime import Runtime
from channels.contract import Limit, MakeQrCode, QrCodeMade, SendError
from channels.kit.text import length

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQrCode:
    scene: str
    name: str = ""
    expires_in_s: int | None = None


async def ask_for_code(runtime: Runtime, account: AccountView, new: NewQrCode) -> QrCodeMade:
    """Have the platform make a code. Raises Invalid for one that it does not make, Conflict when it refuses."""
    capabilities = account.capabilities
    if capabilities.qr_scene is None:
        raise Invalid("This channel makes no codes.", code="qr_codes_unsupported")
    _check(new, capabilities.qr_scene, capabilities.qr_lasts_s)
    try:
        made = await run(runtime, account, MakeQrCode(new.scene, new.expires_in_s))
    except SendError as error:
        raise Conflict(f"The platform made no code: {error.text or error.code}.", code=error.code) from error
    assert isinstance(made, QrCodeMade), "an adapter answers MakeQrCode with QrCodeMade"
    return made


def _check(new: NewQrCode, scene: Limit, lasts_s: int | None) -> None:
    fields = {}
    if length(new.scene, scene.unit) > scene.n:
        fields["scene"] = f"at most {scene.n} {scene.unit.replace('_', ' ')}"
    if new.expires_in_s is not None and lasts_s is None:
        fields["expires_in_s"] = "leave it out: codes of this channel last for ever"
    elif new.expires_in_s is not None and lasts_s is not None and new.expires_in_s > lasts_s:
        fields["expires_in_s"] = f"at most {lasts_s}"
    if fields:
        raise Invalid("The platform makes no such code: see `fields`.", fields=fields)


_KEEP = """
INSERT INTO qr_code (id, channel_account_id, scene, name, url, image_url, created_by_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (channel_account_id, scene) DO UPDATE
SET name = excluded.name, url = excluded.url, image_url = excluded.image_url, expires_at = excluded.expires_at
RETURNING *
"""


async def keep_code(
    uow: UnitOfWork, account: AccountView, new: NewQrCode, made: QrCodeMade, *, agent_id: UUID | None
) -> Json:
    """Store a code, and return it. One with the same scene is replaced: it leads to the same place."""
    lasts_s = made.expires_in_s if new.expires_in_s is not None else None
    expires_at = datetime.now(UTC) + timedelta(seconds=lasts_s) if lasts_s else None
    row = await uow.conn.fetchrow(
        _KEEP, uuid7(), account.id, new.scene, new.name.strip(), made.url, made.image_url, agent_id, expires_at
    )
    assert row is not None
    return _json(row)


async def codes(conn: asyncpg.Connection, account_id: UUID) -> list[Json]:
    """Return an account's codes, newest first, each with how many people first came by it."""
    rows = await conn.fetch(
        """SELECT q.*, (SELECT count(*) FROM identity i JOIN contact p ON p.id = i.contact_id
            WHERE i.channel_account_id = q.channel_account_id AND p.source ->> 'source_id' = q.scene) AS people
        FROM qr_code q WHERE q.channel_account_id = $1 ORDER BY q.created_at DESC, q.id DESC""",
        account_id,
    )
    return [_json(row) | {"people": row["people"]} for row in rows]


def _json(row: asyncpg.Record) -> Json:
    return {
        "id": str(row["id"]),
        "channel_account_id": str(row["channel_account_id"]),
        "scene": row["scene"],
        "name": row["name"],
        "url": row["url"],
        "image_url": row["image_url"],
        "created_at": time_json(row["created_at"]),
        "expires_at": time_json(row["expires_at"]),
        "people": 0,
    }
