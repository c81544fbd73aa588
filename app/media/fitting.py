"""Pictures and recordings that a channel does not take as they are, made into ones that it takes: before they are sent, once for
each rule."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.ids import uuid7
from app.media import pictures, sounds
from app.media.pictures import measure
from app.media.storage import Stored, file_of
from app.people.permissions import Actor
from app.runtime import Runtime
from channels.contract import MediaRule


@dataclass(frozen=True, slots=True)
class Maker:
    """`formats`: the types that it reads. `make(settings, path, mime, *, mimes, max_bytes)` blocks."""

    formats: Mapping[str, str]
    make: Callable[..., Stored | None]


MAKERS = {
    "image": Maker(pictures.FORMATS, pictures.fitted),
    "audio": Maker(sounds.FORMATS, sounds.fitted),
}

_FILE = """
SELECT d.*, (SELECT k.id FROM media k WHERE k.made_from_id = d.id AND k.made_for = $3) AS made_id FROM media d
WHERE d.id = $1 AND d.state = 'ready' AND (d.uploaded_by_id, d.uploaded_by_token_id) IS NOT DISTINCT FROM ($2::uuid, $4::uuid)
"""
_MADE = """
INSERT INTO media (id, state, mime, filename, size_bytes, sha256, storage_key, width, height, uploaded_by_id, uploaded_by_token_id,
    made_from_id, made_for)
VALUES ($1, 'ready', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (made_from_id, made_for) WHERE made_from_id IS NOT NULL DO UPDATE SET made_for = excluded.made_for RETURNING id
"""
_ACCOUNT = "SELECT channel_account_id FROM conversation WHERE id = $1"


async def fitting_file(runtime: Runtime, actor: Actor, conversation_id: UUID, media_id: UUID, kind: str) -> UUID:
    """Return the file to send as `kind` for an upload of the actor: itself where the channel takes it, or cannot be helped.

    The same upload always gives the same one, so that a request that is repeated is the same request.
    """
    maker, rule = MAKERS.get(kind), await _rule(runtime, conversation_id, kind)
    if maker is None or rule is None:
        return media_id
    made_for = f"{','.join(rule.mimes)} {rule.max_bytes}"
    async with runtime.database.begin() as uow:
        file = await uow.conn.fetchrow(_FILE, media_id, actor.agent_id, made_for, actor.token_id)
    if file is None or file["mime"] not in maker.formats or _takes(rule, file):
        return media_id
    if file["made_id"] is not None:
        made_id: UUID = file["made_id"]
        return made_id
    made = await asyncio.to_thread(_make, runtime, maker, file, rule)
    return media_id if made is None else await _record(runtime, file, made, made_for)


async def _rule(runtime: Runtime, conversation_id: UUID, kind: str) -> MediaRule | None:
    async with runtime.database.begin() as uow:
        account_id = await uow.conn.fetchval(_ACCOUNT, conversation_id)
    account = await runtime.accounts.get(account_id) if account_id else None
    return account.capabilities.media.get(kind) if account else None


def _takes(rule: MediaRule, file: asyncpg.Record) -> bool:
    return (file["mime"] in rule.mimes or "*/*" in rule.mimes) and (file["size_bytes"] or 0) <= rule.max_bytes


def _make(runtime: Runtime, maker: Maker, file: asyncpg.Record, rule: MediaRule) -> Stored | None:
    try:
        path = file_of(runtime.settings, file["storage_key"])
        return maker.make(runtime.settings, path, file["mime"], mimes=rule.mimes, max_bytes=rule.max_bytes)
    except FileNotFoundError:
        return None


async def _record(runtime: Runtime, file: asyncpg.Record, made: Stored, made_for: str) -> UUID:
    size = await asyncio.to_thread(measure, file_of(runtime.settings, made.storage_key), made.mime)
    name = f"{file['filename'].rpartition('.')[0] or file['filename'] or made.mime.partition('/')[0]}.{made.mime.partition('/')[2]}"
    async with runtime.database.begin() as uow:
        media_id: UUID = await uow.conn.fetchval(
            _MADE,
            uuid7(),
            made.mime,
            name,
            made.size_bytes,
            made.sha256,
            made.storage_key,
            size and size.width,
            size and size.height,
            file["uploaded_by_id"],
            file["uploaded_by_token_id"],
            file["id"],
            made_for,
        )
        uow.enqueue("look_at_media", str(media_id), queue="bulk")
    return media_id
