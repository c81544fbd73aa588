"""Turn an outbox row into the intent that an adapter understands: who it goes to, what it says, which file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from channels.contract import Json, Key, KeyScope, MediaHandle, MessageInvalid, OutboundMessage, Person, Send

_TO = """
SELECT key.scope, key.kind, key.value, identity.name FROM identity_key key
JOIN identity ON identity.id = key.identity_id
WHERE key.identity_id = $1 ORDER BY key.value = identity.external_id DESC, key.created_at DESC, key.kind, key.value
"""
_FILE = """
SELECT media.id, media.mime, media.filename, media.size_bytes, media.sha256, media.state, media.platform_ids, attachment.voice
FROM attachment JOIN media ON media.id = attachment.media_id
WHERE attachment.message_id = $1 ORDER BY attachment.position
"""
_SHOWS_SEVERAL = ("template", "cards")
Link = Callable[[UUID], str]
"""Returns a public address of a file, "" where this installation has none."""


@dataclass(frozen=True, slots=True)
class Composed:
    send: Send
    media_id: UUID | None = None

    @property
    def needs_upload(self) -> bool:
        message = self.send.message
        files = [message.media] if message.media else message.files
        return any(not file.platform_id for file in files)


async def compose(
    uow: UnitOfWork,
    row: asyncpg.Record,
    account: AccountView,
    *,
    identity_id: UUID,
    window: str = "",
    link: Link = lambda _media_id: "",
) -> Composed:
    """Return the intent for one outbox row, allowed by the reply window `window`.

    Raises MessageInvalid for a file that is not there or an answer to nothing.
    """
    files = await uow.conn.fetch(_FILE, row["id"])
    file = files[0] if files and row["kind"] not in _SHOWS_SEVERAL else None
    content = _with_links(row["content"], link)
    message = OutboundMessage(
        kind=row["kind"],
        text=row["text"],
        content=content,
        media=_handle(file, account) if file else None,
        reply_to=await _reply_to(uow, row),
        link_preview=bool(content.get("link_preview", False)),
        voice=bool(file and file["voice"]),
        files=tuple(_handle(each, account) for each in files) if row["kind"] == "template" else (),
    )
    if row["kind"] == "reaction" and not message.reply_to:
        raise MessageInvalid(code="target_not_sent")
    to = await _person(uow, identity_id, account)
    return Composed(Send(message, to, callback=str(row["id"]), window=window), file["id"] if file else None)


def _with_links(content: Json, link: Link) -> Json:
    """Return content whose cards show their pictures by a public address: a platform fetches them there."""
    if "cards" not in content:
        return content
    cards = [
        {**card, "image_url": card.get("image_url") or (link(UUID(card["media_id"])) if card.get("media_id") else "")}
        for card in content["cards"]
    ]
    return {**content, "cards": cards}


async def _reply_to(uow: UnitOfWork, row: asyncpg.Record) -> str:
    if row["reply_to_id"] is None:
        return row["reply_to_external_id"] or ""
    return await uow.conn.fetchval("SELECT external_id FROM message WHERE id = $1", row["reply_to_id"]) or ""


async def _person(uow: UnitOfWork, identity_id: UUID, account: AccountView) -> Person:
    rows = await uow.conn.fetch(_TO, identity_id)
    names: dict[str, KeyScope] = {value: scope for scope, value in account.scopes.items()}
    keys = tuple(Key(names.get(row["scope"], "account"), row["kind"], row["value"]) for row in rows)
    return Person(keys, name=rows[0]["name"] if rows else "")


def _handle(file: asyncpg.Record, account: AccountView) -> MediaHandle:
    if file["state"] != "ready" or not file["sha256"]:
        raise MessageInvalid(code="media_missing")
    kept = file["platform_ids"].get(str(account.id), {})
    is_fresh = bool(kept) and datetime.fromisoformat(kept["expires_at"]) > datetime.now(UTC)
    return MediaHandle(
        media_id=str(file["id"]),
        mime=file["mime"],
        size_bytes=file["size_bytes"] or 0,
        filename=file["filename"],
        sha256=file["sha256"],
        platform_id=kept["id"] if is_fresh else "",
    )
