"""Our reactions to messages: shown on their target at once, taken back when the platform refuses them."""

from __future__ import annotations

from uuid import UUID

from app.db import UnitOfWork
from app.ids import uuid7
from app.outbound.announce import announce

_REMEMBER = """
INSERT INTO message_change (id, message_id, channel_account_id, target_external_id, kind, by, agent_id, outbox_message_id, emoji, occurred_at)
SELECT $1, target.id, target.channel_account_id, target.external_id, 'reaction', 'us', outbox.agent_id, outbox.id,
    outbox.content->>'emoji', outbox.position_at
FROM message outbox JOIN message target ON target.id = outbox.reply_to_id
WHERE outbox.id = $2
"""
_SHOW_OURS = """
UPDATE message SET reactions = (
    SELECT coalesce(jsonb_agg(reaction), '[]') FROM jsonb_array_elements(message.reactions) AS reaction
    WHERE reaction->>'by' <> 'us'
) || coalesce((
    SELECT CASE WHEN newest.emoji <> '' THEN
        jsonb_build_array(jsonb_build_object('emoji', newest.emoji, 'by', 'us', 'agent_id', newest.agent_id, 'at', newest.occurred_at))
    END
    FROM (
        SELECT change.emoji, change.agent_id, change.occurred_at FROM message_change change
        LEFT JOIN message outbox ON outbox.id = change.outbox_message_id
        WHERE change.message_id = message.id AND change.kind = 'reaction' AND change.by = 'us'
            AND coalesce(outbox.status, 'sent') NOT IN ('failed', 'cancelled')
        ORDER BY change.occurred_at DESC, change.id DESC LIMIT 1
    ) AS newest
), '[]')
WHERE id = $1
"""


async def show(uow: UnitOfWork, outbox_message_id: UUID) -> UUID:
    """Show a queued reaction on its target; return the target. The conversation's row must be locked."""
    await uow.conn.execute(_REMEMBER, uuid7(), outbox_message_id)
    return await retract(uow, outbox_message_id)


async def retract(uow: UnitOfWork, outbox_message_id: UUID) -> UUID:
    """Show on the target of a reaction whichever of ours counts now: not one that failed or was cancelled."""
    target_id: UUID = await uow.conn.fetchval("SELECT reply_to_id FROM message WHERE id = $1", outbox_message_id)
    await uow.conn.execute(_SHOW_OURS, target_id)
    await announce(uow, [target_id])
    return target_id
