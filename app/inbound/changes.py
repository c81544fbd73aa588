"""Reactions, edits and deletions: kept in full as rows, shown on their target, whatever the order in which they come.

One whose target is not known yet waits without a message and is adopted when the target comes.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import asyncpg

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.ids import uuid7
from app.inbound.batch import Part, Row, insert
from channels.contract import MessageDeleted, MessageEdited, ReactionChanged

Change = ReactionChanged | MessageEdited | MessageDeleted

CHANGE = insert(
    "message_change",
    {
        "id": "uuid",
        "message_id": "uuid",
        "channel_account_id": "uuid",
        "target_external_id": "text",
        "kind": "text",
        "by": "text",
        "emoji": "text",
        "after": "jsonb",
        "external_id": "text",
        "occurred_at": "timestamptz",
    },
    conflict="ON CONFLICT DO NOTHING",
)


def change_row(account: AccountView, event: Change, message_id: UUID | None) -> Row:
    """Return the row of a change. A change without an id of its own is named by what it says, so that a repeat is one row."""
    row: Row = {
        "id": uuid7(),
        "message_id": message_id,
        "channel_account_id": account.id,
        "target_external_id": event.target,
        "by": "us" if event.ours else "contact",
        "occurred_at": event.occurred_at,
    }
    match event:
        case ReactionChanged():
            row |= {"kind": "reaction", "emoji": event.emoji}
        case MessageEdited(body=body):
            row |= {"kind": "edit", "after": {"text": body.text, "content": body.content}}
        case MessageDeleted():
            row |= {"kind": "delete"}
    said = row.get("emoji") or ""
    row["external_id"] = event.external_id or f"{row['kind']}:{event.target}:{event.occurred_at.isoformat()}:{said}"
    return row


_LOCK = "SELECT id FROM message WHERE id = ANY($1) ORDER BY id FOR UPDATE"

_REMEMBER_ORIGINAL = """
UPDATE message_change c SET before = coalesce(
    (SELECT o.before FROM message_change o WHERE o.message_id = c.message_id AND o.before IS NOT NULL LIMIT 1),
    jsonb_build_object('text', m.text, 'content', m.content)
)
FROM message m
WHERE m.id = ANY($1) AND c.message_id = m.id AND c.kind IN ('edit', 'delete') AND c.before IS NULL
"""

_SHOW = """
UPDATE message m SET
    reactions = (
        SELECT coalesce(jsonb_agg(jsonb_build_object('emoji', r.emoji, 'by', r.by, 'agent_id', r.agent_id,
            'at', to_char(r.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY r.by), '[]')
        FROM (
            SELECT DISTINCT ON (c.by) c.by, c.emoji, c.agent_id, c.occurred_at FROM message_change c
            LEFT JOIN message outbox ON outbox.id = c.outbox_message_id
            WHERE c.message_id = m.id AND c.kind = 'reaction' AND coalesce(outbox.status, 'sent') NOT IN ('failed', 'cancelled')
            ORDER BY c.by, c.occurred_at DESC, c.id DESC
        ) AS r WHERE r.emoji <> ''
    ),
    text = coalesce(edit.after ->> 'text', m.text),
    content = coalesce(edit.after -> 'content', m.content),
    edited_at = edit.occurred_at,
    deleted_at = (SELECT min(d.occurred_at) FROM message_change d WHERE d.message_id = m.id AND d.kind = 'delete')
FROM unnest($1::uuid[]) AS changed(id)
LEFT JOIN LATERAL (
    SELECT e.after, e.occurred_at FROM message_change e WHERE e.message_id = changed.id AND e.kind = 'edit'
    ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1
) AS edit ON true
WHERE m.id = changed.id
"""

_LAST_MESSAGE = """
UPDATE conversation c SET last_message = jsonb_set(c.last_message, '{text}',
    to_jsonb(CASE WHEN m.deleted_at IS NULL THEN left(m.text, 200) ELSE '' END))
FROM message m
WHERE m.id = ANY($1) AND c.id = m.conversation_id AND c.last_message ->> 'id' = m.id::text
"""


async def show_changes(uow: UnitOfWork, message_ids: Collection[UUID]) -> None:
    """Bring what is known of changes to their messages and to the list. The conversations' rows must be locked."""
    ids = sorted(message_ids)
    for statement in (_LOCK, _REMEMBER_ORIGINAL, _SHOW, _LAST_MESSAGE):
        await uow.conn.execute(statement, ids)


ADOPTED = Part(
    """UPDATE message_change c SET message_id = r.id FROM {rows}
    WHERE c.message_id IS NULL AND c.channel_account_id = r.channel_account_id AND c.target_external_id = r.external_id""",
    {"id": "uuid", "channel_account_id": "uuid", "external_id": "text"},
)
"""Gives new messages the changes that came before them."""


async def changed_among(uow: UnitOfWork, message_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the messages that have changes."""
    rows: list[asyncpg.Record] = await uow.conn.fetch(
        "SELECT DISTINCT message_id FROM message_change WHERE message_id = ANY($1)", list(message_ids)
    )
    return {row["message_id"] for row in rows}


_STRAYS = """
SELECT m.id, m.conversation_id FROM message_change c
JOIN message m ON m.channel_account_id = c.channel_account_id AND m.external_id = c.target_external_id
WHERE c.message_id IS NULL LIMIT 500
"""
_LOCK_CONVERSATIONS = "SELECT id FROM conversation WHERE id = ANY($1) ORDER BY id FOR UPDATE"
_ADOPT = """
UPDATE message_change c SET message_id = m.id FROM message m
WHERE m.id = ANY($1) AND c.message_id IS NULL
  AND c.channel_account_id = m.channel_account_id AND c.target_external_id = m.external_id
"""


async def adopt_strays(uow: UnitOfWork) -> list[UUID]:
    """Bring changes to messages that are there by now; return these, whose conversations then are locked.

    A change and its target were written at the same moment by two transactions, or the target's id became known with the answer
    to a send.
    """
    strays = {row["id"]: row["conversation_id"] for row in await uow.conn.fetch(_STRAYS)}
    if not strays:
        return []
    ids = sorted(strays)
    await uow.conn.execute(_LOCK_CONVERSATIONS, sorted(set(strays.values())))
    await uow.conn.execute(_ADOPT, ids)
    await show_changes(uow, ids)
    return ids
