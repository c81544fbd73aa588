"""Two identities turn out to be one person's, by a key that platforms vouch for and that is more than one account's own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.channel_accounts.directory import AccountView
from app.contacts.service import join_identities
from app.db import UnitOfWork
from channels.contract import Key

_OTHERS = """
SELECT DISTINCT ON (i.contact_id) w.kind, i.id FROM unnest($1::text[], $2::text[], $3::text[]) AS w(scope, kind, value)
JOIN contact_key k USING (scope, kind, value)
JOIN contact g ON g.id = k.contact_id
JOIN identity i ON i.contact_id = coalesce(g.merged_into_id, g.id)
WHERE i.id <> $4 AND i.merged_into_id IS NULL AND w.scope <> $5 ORDER BY i.contact_id, i.created_at, i.id
"""


async def join_contacts(uow: UnitOfWork, account: AccountView, identity_id: UUID, keys: Sequence[Key]) -> None:
    """Join a contact to those whose identities bear one of `keys`, where these are more than this account's own."""
    names = [(account.scopes[key.scope], key.kind, key.value) for key in keys]
    rows = await uow.conn.fetch(_OTHERS, *zip(*names, strict=True), identity_id, str(account.id))
    for row in rows:
        await join_identities(uow, identity_id, row["id"], reason=f"same_{row['kind']}", evidence={"key": row["kind"]})
