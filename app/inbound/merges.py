"""Two identities on one account that turned out to be one person: the older stays, the younger points to it.

No message moves. The younger's conversation closes with a pointer; its contact follows, if nothing else hangs on it.
"""

from __future__ import annotations

from datetime import datetime

from app.db import UnitOfWork
from app.inbound.parties import Merge
from app.inbound.threads import Threads

_IDENTITY = "UPDATE identity SET merged_into_id = $1 WHERE id = $2"
_TAKE_THREAD = "UPDATE conversation SET identity_id = $1, contact_id = $2 WHERE id = $3"
_CLOSE = """
UPDATE conversation SET status = 'closed', merged_into_id = $1, closed_at = $2, snoozed_until = NULL, unread_count = 0,
    waiting_since = NULL
WHERE id = $3
"""
_CONTACT = """
UPDATE contact p SET merged_into_id = $1, updated_at = now()
WHERE (p.id = $2 OR p.merged_into_id = $2) AND NOT EXISTS (
    SELECT 1 FROM identity i WHERE i.contact_id = $2 AND i.merged_into_id IS NULL
)
"""
_CONTACT_KEYS = """
UPDATE contact_key k SET contact_id = $1 FROM contact p WHERE k.contact_id = p.id AND p.id = $2 AND p.merged_into_id = $1
"""


async def merge_identities(uow: UnitOfWork, merge: Merge, threads: Threads, now: datetime) -> None:
    """Make `merge` so. The conversations must be locked; call it before new threads are made and written."""
    stays, goes = merge.stays, merge.goes
    await uow.conn.execute(_IDENTITY, stays.identity_id, goes.identity_id)
    if goes.contact_id != stays.contact_id:
        await uow.conn.execute(_CONTACT, stays.contact_id, goes.contact_id)
        await uow.conn.execute(_CONTACT_KEYS, stays.contact_id, goes.contact_id)
    if goes.conversation_id is None:
        return
    if stays.conversation_id is None:
        await uow.conn.execute(_TAKE_THREAD, stays.identity_id, stays.contact_id, goes.conversation_id)
        threads.hand_over(goes, stays)
        return
    await uow.conn.execute(_CLOSE, stays.conversation_id, now, goes.conversation_id)
    await uow.conn.execute("DELETE FROM assignment_request WHERE conversation_id = $1", goes.conversation_id)
    threads.closed_into(goes, stays, now)
