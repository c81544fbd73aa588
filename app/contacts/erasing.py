"""Erase a person: everything that tells who it was or what was said goes; what is left counts, and says nothing.

A keyed hash of each name that a platform knew the person by stays, so that a delivery from before is not taken in again, and
so that what the person had opted out of stays known when a contact with that name comes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from app.contacts.merging import lock_belongings, one_at_a_time
from app.contacts.queries import no_contact
from app.contacts.telling import announce_contact
from app.conversations.queries import whole_conversations
from app.db import UnitOfWork
from app.events import ConversationUpdated, Scope, record_all
from app.media.storage import discard
from app.media.unattached import delete_free
from app.people.permissions import Actor
from app.people.service import write_audit
from app.runtime import Runtime
from app.secrets import Vault

_THREADS = "(SELECT id FROM conversation WHERE contact_id = ANY($1::uuid[]))"
_MESSAGES = f"(SELECT id FROM message WHERE conversation_id IN {_THREADS})"
_IDENTITIES = "(SELECT id FROM identity WHERE contact_id = ANY($1::uuid[]))"

ERASED: dict[str, str] = {
    "message_search": f"DELETE FROM message_search WHERE conversation_id IN {_THREADS}",
    "message_change": f"DELETE FROM message_change WHERE message_id IN {_MESSAGES}",
    "attachment": f"DELETE FROM attachment WHERE message_id IN {_MESSAGES}",
    "exchange": f"DELETE FROM exchange WHERE message_id IN {_MESSAGES}",
    "pending_status": f"""DELETE FROM pending_status p USING message m WHERE m.conversation_id IN {_THREADS}
        AND (p.channel_account_id, p.external_id) = (m.channel_account_id, m.external_id)""",
    "passive_answer": f"""DELETE FROM passive_answer p USING message m WHERE m.conversation_id IN {_THREADS}
        AND (p.channel_account_id, p.answered) = (m.channel_account_id, m.external_id)""",
    "draft": f"DELETE FROM draft WHERE conversation_id IN {_THREADS}",
    "message": f"""UPDATE message SET text = '', content = '{{}}', external_id = NULL, client_id = NULL, client_digest = NULL,
        reply_to_external_id = NULL, error = NULL, pricing = NULL, reactions = '[]', deleted_at = coalesce(deleted_at, now()),
        status = CASE WHEN status IN ('scheduled', 'queued') THEN 'cancelled' ELSE status END
        WHERE conversation_id IN {_THREADS}""",
    "conversation": """UPDATE conversation SET last_message = NULL, last_inbound_external_id = NULL,
        read_receipt_external_id = NULL, status = 'closed', closed_at = coalesce(closed_at, now()), listed = false,
        snoozed_until = NULL, waiting_since = NULL, unread_count = 0, reply_window_ends_at = NULL
        WHERE contact_id = ANY($1::uuid[])""",
    "reply_grant": f"DELETE FROM reply_grant WHERE conversation_id IN {_THREADS}",
    "assignment_request": f"DELETE FROM assignment_request WHERE conversation_id IN {_THREADS}",
    "event": f"DELETE FROM event WHERE conversation_id IN {_THREADS}",
    "hand_over_code": f"DELETE FROM hand_over_code WHERE claimed_by_id IN {_IDENTITIES}",
    "visitor_session": f"""DELETE FROM visitor_session s USING identity_key k WHERE k.identity_id IN {_IDENTITIES}
        AND k.channel_account_id = s.channel_account_id AND k.value IN (s.visitor, s.user_id)""",
    "identity_key": f"DELETE FROM identity_key WHERE identity_id IN {_IDENTITIES}",
    "contact_key": "DELETE FROM contact_key WHERE contact_id = ANY($1::uuid[])",
    "identity": """UPDATE identity SET external_id = '', name = '', username = '', unreachable_reason = 'erased'
        WHERE contact_id = ANY($1::uuid[])""",
    "contact_tag": "DELETE FROM contact_tag WHERE contact_id = ANY($1::uuid[])",
    "contact_merge": "DELETE FROM contact_merge WHERE stays_id = ANY($1::uuid[]) OR goes_id = ANY($1::uuid[])",
    "contact_suggestion": "DELETE FROM contact_suggestion WHERE one_id = ANY($1::uuid[]) OR other_id = ANY($1::uuid[])",
    "match_request": "DELETE FROM match_request WHERE contact_id = ANY($1::uuid[])",
    "consent": "UPDATE consent SET wording = '', proof = '{}', event_key = NULL WHERE contact_id = ANY($1::uuid[])",
    "audit_entry": """UPDATE audit_entry SET params = params - 'name'
        WHERE subject_kind = 'contact' AND subject_id = ANY($1::uuid[])""",
    "contact": """UPDATE contact SET name = '', folded_name = '', named_by = 'agent', phone = NULL, email = NULL, language = NULL,
        birthday = NULL, gender = NULL, time_zone = NULL, country = NULL, attributes = '{}', source = '{}', avatar_media_id = NULL,
        archived_at = coalesce(archived_at, now()), updated_at = now() WHERE id = ANY($1::uuid[])""",
}
"""What erasing does to each table that holds something of a person, in this order. Files go last."""

KEPT: dict[str, str] = {
    "delivery": "encrypted, dropped after HAWKER_DELIVERY_RETENTION_DAYS; a replay leaves out who was erased",
    "idempotency_key": "answers of a day",
    "platform_event": "what a platform told of an account",
    "erased_key": "keyed hashes",
    "media": "goes with its file, unless something else refers to it",
}
"""Tables that may hold something of a person and are treated otherwise."""

_GROUP = "SELECT id, merged_into_id FROM contact WHERE id = $1 OR merged_into_id = $1 ORDER BY id FOR NO KEY UPDATE"
_KEYS = f"""
SELECT DISTINCT k.scope, k.kind, k.value FROM identity_key k WHERE k.identity_id IN {_IDENTITIES}
UNION SELECT scope, kind, value FROM contact_key WHERE contact_id = ANY($1::uuid[])
"""
_WITHDRAWN = """
SELECT array_agg(DISTINCT purpose) FROM (
    SELECT DISTINCT ON (purpose, channel) purpose, granted FROM consent WHERE contact_id = ANY($1::uuid[])
    ORDER BY purpose, channel, occurred_at DESC, id DESC
) AS newest WHERE NOT granted
"""
_REMEMBER = """
INSERT INTO erased_key (digest, withdrawn) SELECT unnest($1::bytea[]), $2
ON CONFLICT (digest) DO UPDATE SET erased_at = now(), withdrawn = excluded.withdrawn
"""
_FILES = f"""
SELECT DISTINCT media_id FROM attachment WHERE message_id IN {_MESSAGES}
UNION SELECT avatar_media_id FROM contact WHERE id = ANY($1::uuid[]) AND avatar_media_id IS NOT NULL
"""
STATEMENT_S = 120.0
"""Some of the tables have no index for this rare question."""


async def erase_contact(runtime: Runtime, contact_id: UUID, *, actor: Actor | None) -> None:
    """Erase a person and those who were merged into it. Cannot be undone. Raises NotFound."""
    async with runtime.database.begin(statement_s=STATEMENT_S) as uow:
        ids = await _take(uow, contact_id)
        await _remember(uow, ids, runtime.vault)
        files = [row["media_id"] for row in await uow.conn.fetch(_FILES, ids)]
        for statement in ERASED.values():
            await uow.conn.execute(statement, ids)
        _, unused = await delete_free(uow, files)
        await write_audit(uow, actor, "contact.erased", "contact", contact_id, {}, by_itself=actor is None)
        await _tell(uow, contact_id)
    for storage_key in unused:
        await asyncio.to_thread(discard, runtime.settings, storage_key)


async def _take(uow: UnitOfWork, contact_id: UUID) -> list[UUID]:
    await one_at_a_time(uow)
    rows = await uow.conn.fetch(_GROUP, contact_id)
    if not any(row["id"] == contact_id and row["merged_into_id"] is None for row in rows):
        raise no_contact()
    ids = [row["id"] for row in rows]
    await lock_belongings(uow, ids)
    return ids


async def _remember(uow: UnitOfWork, ids: Sequence[UUID], vault: Vault) -> None:
    keys = await uow.conn.fetch(_KEYS, ids)
    withdrawn = await uow.conn.fetchval(_WITHDRAWN, ids)
    await uow.conn.execute(_REMEMBER, [digest_of(vault, *key) for key in keys], withdrawn or [])


def digest_of(vault: Vault, scope: str, kind: str, value: str) -> bytes:
    """Return the keyed hash under which an erased name is known."""
    return vault.digest("\x00".join(("erased", scope, kind, value)))


async def _tell(uow: UnitOfWork, contact_id: UUID) -> None:
    rows = await uow.conn.fetch(
        "SELECT id, channel_account_id, team_id, assignee_id FROM conversation WHERE contact_id = $1 ORDER BY id",
        contact_id,
    )
    whole = await whole_conversations(uow.conn, [row["id"] for row in rows])
    events = []
    for row in rows:
        scope = Scope(row["channel_account_id"], row["team_id"], row["assignee_id"])
        events.append(ConversationUpdated(conversation_id=row["id"], before=scope, after=scope, data=whole[row["id"]]))
    await record_all(uow, events)
    await announce_contact(uow, contact_id)
