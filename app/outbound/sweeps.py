"""What lost hints and killed workers leave behind, found in the rows: every few seconds, by whichever worker is first."""

from __future__ import annotations

from app.db import UnitOfWork
from app.outbound.announce import LOCK_CONVERSATIONS, show_statuses
from app.outbound.statuses import settle_pending
from app.runtime import Runtime

SENDING_AT_MOST_S = 60
"""A call and its record are over by then; a message still `sending` may or may not have gone out."""
_AT_ONCE = 500
_STUCK = """
SELECT id, conversation_id FROM message
WHERE status = 'sending' AND claimed_at < now() - make_interval(secs => $1) ORDER BY id LIMIT $2
"""
_GIVE_UP = """
UPDATE message SET status = 'unknown', error = '{"code": "outcome_unknown", "external_code": "", "external_text": "", "params": {}}'
WHERE id = ANY($1) AND status = 'sending' AND claimed_at < now() - make_interval(secs => $2) RETURNING id, kind
"""
_WAITING = """
SELECT DISTINCT waiting.conversation_id FROM message waiting
JOIN channel_account account ON account.id = waiting.channel_account_id
WHERE waiting.status = 'queued' AND coalesce(waiting.not_before, waiting.created_at + make_interval(secs => $1)) <= now()
    AND account.state = 'active' AND account.sending_stopped_reason IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM message busy WHERE busy.conversation_id = waiting.conversation_id AND busy.status = 'sending'
    )
LIMIT $2
"""
_HINT_IS_LOST_AFTER_S = 2


async def sweep_outbox(runtime: Runtime) -> None:
    """Make `unknown` what has been `sending` too long, apply ticks that missed their message, wake senders for what waits."""
    while await _give_up_stuck(runtime) == _AT_ONCE:
        pass
    async with runtime.database.begin() as uow:
        await settle_pending(uow)
    async with runtime.database.begin() as uow:
        for row in await uow.conn.fetch(_WAITING, _HINT_IS_LOST_AFTER_S, _AT_ONCE):
            uow.enqueue("send_conversation", str(row["conversation_id"]))


async def _give_up_stuck(runtime: Runtime) -> int:
    async with runtime.database.begin() as uow:
        stuck = await uow.conn.fetch(_STUCK, SENDING_AT_MOST_S, _AT_ONCE)
        if stuck:
            await _give_up(uow, [row["id"] for row in stuck], sorted({row["conversation_id"] for row in stuck}))
    return len(stuck)


async def _give_up(uow: UnitOfWork, message_ids: list[object], conversation_ids: list[object]) -> None:
    await uow.conn.execute(LOCK_CONVERSATIONS, conversation_ids)
    changed = await uow.conn.fetch(_GIVE_UP, message_ids, SENDING_AT_MOST_S)
    await show_statuses(uow, [row["id"] for row in changed if row["kind"] != "reaction"])
