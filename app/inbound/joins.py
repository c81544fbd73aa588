"""Two contacts turn out to be one person, by a key that platforms vouch for and that is more than one account's own."""

from __future__ import annotations

from uuid import UUID

from app.db import UnitOfWork
from app.inbound.parties import Claim, is_shared

_OTHERS = """
SELECT DISTINCT p.id, p.created_at
FROM unnest($1::text[], $2::text[], $3::text[]) AS w(scope, kind, value)
JOIN contact_key k USING (scope, kind, value)
JOIN contact g ON g.id = k.contact_id
JOIN contact p ON p.id = coalesce(g.merged_into_id, g.id)
WHERE p.id <> $4 ORDER BY p.created_at
"""
_LOCK = "SELECT id FROM contact WHERE id = ANY($1) ORDER BY id FOR UPDATE"
_LONELY = """
SELECT count(*) = 1 AND bool_and(p.named_by = 'platform') FROM identity i JOIN contact p ON p.id = i.contact_id
WHERE i.contact_id = $1 AND i.merged_into_id IS NULL
"""
_NAME = """
UPDATE contact s SET name = g.name, folded_name = g.folded_name FROM contact g
WHERE s.id = $1 AND g.id = $2 AND s.name = '' AND g.name <> ''
"""
_SHOWN = "SELECT name, named_by, language, phone, avatar_media_id FROM contact WHERE id = $1"
_FOLLOW = (
    _NAME,
    "UPDATE identity SET contact_id = $1 WHERE contact_id = $2",
    "UPDATE conversation SET contact_id = $1 WHERE contact_id = $2",
    "UPDATE contact_key SET contact_id = $1 WHERE contact_id = $2",
    "UPDATE consent SET contact_id = $1 WHERE contact_id = $2",
    "UPDATE contact SET merged_into_id = $1, updated_at = now() WHERE id = $2 OR merged_into_id = $2",
)


async def join_contacts(uow: UnitOfWork, one: Claim) -> bool:
    """Let the contact of a settled claim follow the one that bears one of its shared keys already. Say whether that was done.

    Only a contact that a platform named and that has no other identity goes by itself; what people made of one is theirs to merge.
    """
    party = one.found
    shared = [name[1:] for name in one.keys if is_shared(name)]
    if not shared:
        return False
    others = await uow.conn.fetch(_OTHERS, *zip(*shared, strict=True), party.contact_id)
    if not others:
        return False
    stays, goes = others[0]["id"], party.contact_id
    await uow.conn.execute(_LOCK, sorted([stays, goes]))
    if not await uow.conn.fetchval(_LONELY, goes):
        return False
    await _follow(uow, stays=stays, goes=goes)
    shown = await uow.conn.fetchrow(_SHOWN, stays)
    party.contact_id, party.contact_name, party.named_by = stays, shown["name"], shown["named_by"]
    party.language, party.phone, party.avatar_media_id = shown["language"], shown["phone"], shown["avatar_media_id"]
    return True


async def _follow(uow: UnitOfWork, *, stays: UUID, goes: UUID) -> None:
    for statement in _FOLLOW:
        await uow.conn.execute(statement, stays, goes)
