"""A platform object that turns out to belong to a portfolio: the names of people that are unique in the portfolio move to its scope.

Until a WABA's portfolio is known, its own id stands for the scope of BSUIDs. Keys are copied first, the object gets its parent then,
and the copies' originals go when no process can look for them any more: at no moment is somebody known by neither.
Source: a BSUID is one person's in a business portfolio, whichever of its WABAs is written to (protocol of the Cloud API).
"""

from __future__ import annotations

from uuid import UUID

from app.channel_accounts.changes import account_changed
from app.contacts.requests import request_matches
from app.db import UnitOfWork
from app.ids import uuid7
from app.runtime import Runtime
from channels.contract import PORTFOLIO_KINDS, PlatformObject

AT_ONCE = 2000
_ABOVE = """
INSERT INTO platform_account (id, channel, kind, external_id)
SELECT $1, channel, $3, $4 FROM platform_account WHERE id = $2
ON CONFLICT (channel, kind, external_id) DO UPDATE SET kind = excluded.kind RETURNING id
"""
_COPY_IDENTITY_KEYS = """
INSERT INTO identity_key (channel_account_id, scope, kind, value, identity_id)
SELECT k.channel_account_id, $3, k.kind, k.value, k.identity_id
FROM channel_account a JOIN identity_key k ON k.channel_account_id = a.id AND k.scope = $2 AND k.kind = ANY($4)
WHERE a.platform_account_id = $1 AND NOT EXISTS (
    SELECT FROM identity_key n WHERE (n.channel_account_id, n.scope, n.kind, n.value) = (k.channel_account_id, $3, k.kind, k.value)
) LIMIT $5 ON CONFLICT DO NOTHING RETURNING 1
"""
_COPY_CONTACT_KEYS = """
INSERT INTO contact_key (scope, kind, value, contact_id)
SELECT $3, k.kind, k.value, k.contact_id FROM contact_key k
WHERE $1::uuid IS NOT NULL AND k.scope = $2 AND k.kind = ANY($4) AND NOT EXISTS (
    SELECT FROM contact_key n WHERE (n.scope, n.kind, n.value) = ($3, k.kind, k.value)
) LIMIT $5 ON CONFLICT DO NOTHING RETURNING 1
"""
_DROP_IDENTITY_KEYS = """
DELETE FROM identity_key WHERE ctid = ANY(ARRAY(
    SELECT k.ctid FROM channel_account a JOIN identity_key k ON k.channel_account_id = a.id AND k.scope = $2 AND k.kind = ANY($4)
    WHERE a.platform_account_id = $1 AND EXISTS (
        SELECT FROM identity_key n WHERE (n.channel_account_id, n.scope, n.kind, n.value) = (k.channel_account_id, $3, k.kind, k.value)
    ) LIMIT $5
)) RETURNING 1
"""
_DROP_CONTACT_KEYS = """
DELETE FROM contact_key WHERE $1::uuid IS NOT NULL AND ctid = ANY(ARRAY(
    SELECT k.ctid FROM contact_key k WHERE k.scope = $2 AND k.kind = ANY($4) AND EXISTS (
        SELECT FROM contact_key n WHERE (n.scope, n.kind, n.value) = ($3, k.kind, k.value)
    ) LIMIT $5
)) RETURNING 1
"""
_SAME_PEOPLE = """
SELECT o.contact_id FROM contact_key o JOIN contact_key n ON (n.scope, n.kind, n.value) = ($2, o.kind, o.value)
WHERE o.scope = $1 AND o.kind = ANY($3) AND o.contact_id <> n.contact_id
"""
_COPIES = (_COPY_IDENTITY_KEYS, _COPY_CONTACT_KEYS)
_DROPS = (_DROP_IDENTITY_KEYS, _DROP_CONTACT_KEYS)


async def join_portfolio(runtime: Runtime, platform_account_id: UUID, above: PlatformObject) -> None:
    """Put a platform object below `above` and move its people's keys there. May be done again: then it tidies up what is left."""
    async with runtime.database.begin() as uow:
        parent_id: UUID = await uow.conn.fetchval(_ABOVE, uuid7(), platform_account_id, above.kind, above.external_id)
        known = await uow.conn.fetchval("SELECT parent_id FROM platform_account WHERE id = $1", platform_account_id)
    scopes = (platform_account_id, str(platform_account_id), str(parent_id))
    await _in_batches(runtime, _COPIES, *scopes)
    if known == parent_id:
        await _in_batches(runtime, _DROPS, *scopes)
        return
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "UPDATE platform_account SET parent_id = $2 WHERE id = $1", platform_account_id, parent_id
        )
        await _ask_who_is_one(uow, scopes[1], scopes[2])
        account_changed(uow, runtime)


async def _in_batches(
    runtime: Runtime, statements: tuple[str, ...], platform_account_id: UUID, old: str, new: str
) -> None:
    for statement in statements:
        done = AT_ONCE
        while done == AT_ONCE:
            async with runtime.database.begin() as uow:
                rows = await uow.conn.fetch(statement, platform_account_id, old, new, list(PORTFOLIO_KINDS), AT_ONCE)
            done = len(rows)


async def _ask_who_is_one(uow: UnitOfWork, old: str, new: str) -> None:
    """Two contacts that bear one key in the portfolio are one person: have them compared."""
    rows = await uow.conn.fetch(_SAME_PEOPLE, old, new, list(PORTFOLIO_KINDS))
    await request_matches(uow, [row["contact_id"] for row in rows])
