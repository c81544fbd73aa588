"""Write down what a call came to: sent with the platform's id, back in the outbox, failed, or unknown.

Results need no fence: whatever the sweep made of a message meanwhile, `unknown` may still become sent or failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.ids import uuid7
from app.outbound.announce import LOCK_CONVERSATIONS, show_statuses
from app.outbound.claim import Head
from app.outbound.echoes import fold_echo
from app.outbound.failures import failure_json
from app.outbound.policy import Verdict
from app.outbound.reactions import retract
from app.outbound.statuses import StatusUpdate, apply_pending, apply_statuses
from channels.contract import DeliveryStatus, Key, SendError, Sent

PLATFORM_MEDIA_KEPT = timedelta(days=14)
"""How long an uploaded file's id is used again: half of the 30 days that the shortest-lived platform keeps it."""

_LEARN = """
INSERT INTO identity_key (channel_account_id, scope, kind, value, identity_id)
SELECT $1, scope, kind, value, $2 FROM unnest($3::text[], $4::text[], $5::text[]) AS key(scope, kind, value)
ORDER BY scope, kind, value ON CONFLICT DO NOTHING
"""
_REMEMBER_UPLOAD = """
UPDATE media SET platform_ids = platform_ids || jsonb_build_object($2::text, jsonb_build_object('id', $3::text, 'expires_at', $4::text))
WHERE id = $1
"""
_REQUEUE = """
UPDATE message SET status = 'queued', claimed_at = NULL, error = $2, not_before = now() + make_interval(secs => $3::float8),
    back_off_since = CASE WHEN $3::float8 > 0 THEN coalesce(back_off_since, now()) END
WHERE id = $1 AND status IN ('queued', 'sending') RETURNING id
"""
_FAIL = """
UPDATE message SET status = 'failed', error = $2, failed_at = now(), not_before = NULL
WHERE id = $1 AND status IN ('queued', 'sending', 'unknown') RETURNING id
"""
_UNKNOWN = """
UPDATE message SET status = 'unknown', error = $2, not_before = NULL WHERE id = $1 AND status IN ('queued', 'sending') RETURNING id
"""
_OPTED_OUT = """
INSERT INTO consent (id, contact_id, identity_id, purpose, channel, granted, source, proof, event_key, occurred_at)
SELECT $1, contact_id, identity_id, 'marketing', $3, false, 'platform', $4, $5, now() FROM conversation WHERE id = $2
ON CONFLICT DO NOTHING
"""


async def record_sent(
    uow: UnitOfWork, head: Head, account: AccountView, sent: Sent, *, media_id: UUID | None = None
) -> None:
    """Store the platform's id and what the answer taught, fold an echo that was first, apply ticks that came before."""
    if sent.person is not None:
        await _learn(uow, account, head.conversation["identity_id"], sent.person.keys)
    await uow.conn.execute(LOCK_CONVERSATIONS, [head.conversation["id"]])
    await fold_echo(uow, message_id=head.message_id, channel_account_id=account.id, external_id=sent.external_id)
    uploaded = {UUID(file): platform_id for file, platform_id in sent.uploaded.items()}
    if media_id is not None and sent.uploaded_media_id:
        uploaded[media_id] = sent.uploaded_media_id
    expires_at = (datetime.now(UTC) + PLATFORM_MEDIA_KEPT).isoformat()
    for file_id, platform_id in sorted(uploaded.items()):
        await uow.conn.execute(_REMEMBER_UPLOAD, file_id, str(account.id), platform_id, expires_at)
    now = datetime.now(UTC)
    statuses: list[tuple[DeliveryStatus, datetime]] = [("sent", now), *await _below_watermarks(uow, head, now)]
    await apply_statuses(
        uow,
        [
            StatusUpdate(
                channel_account_id=account.id,
                external_id=sent.external_id,
                callback=str(head.message_id),
                status=status,
                occurred_at=at,
            )
            for status, at in statuses
        ],
    )
    await apply_pending(uow, account.id, sent.external_id)


async def record_failure(uow: UnitOfWork, head: Head, account: AccountView, error: SendError, verdict: Verdict) -> None:
    """Store what the policy decided, with the reason in code and parameters."""
    await uow.conn.execute(LOCK_CONVERSATIONS, [head.conversation["id"]])
    changed = await _change(uow, head.message_id, _error_json(error), verdict)
    if verdict.opted_out:
        await _withdraw_consent(uow, head, account, error)
    if verdict.unreachable:
        await uow.conn.execute(
            "UPDATE identity SET unreachable_reason = $2 WHERE id = $1", head.conversation["identity_id"], error.code
        )
    if not changed:
        return
    if head.row["kind"] == "reaction":
        await retract(uow, head.message_id)
    else:
        await show_statuses(uow, [head.message_id])


async def _change(uow: UnitOfWork, message_id: UUID, error: str, verdict: Verdict) -> bool:
    if verdict.status == "queued" and await uow.conn.fetchval(_REQUEUE, message_id, error, verdict.delay_s):
        return True
    statement = _UNKNOWN if verdict.status == "unknown" else _FAIL
    return await uow.conn.fetchval(statement, message_id, error) is not None


def _error_json(error: SendError) -> str:
    told = failure_json(error.code, external_code=error.external_code, said=error.text)
    return orjson.dumps(told).decode()


async def _learn(uow: UnitOfWork, account: AccountView, identity_id: UUID, keys: Sequence[Key]) -> None:
    await uow.conn.execute(
        _LEARN,
        account.id,
        identity_id,
        [account.scopes[key.scope] for key in keys],
        [key.kind for key in keys],
        [key.value for key in keys],
    )


async def _below_watermarks(uow: UnitOfWork, head: Head, sent_at: datetime) -> list[tuple[DeliveryStatus, datetime]]:
    """Return the ticks that a platform without ids gave to everything up to a time, if this message is from before it."""
    row = await uow.conn.fetchrow(
        "SELECT delivered_until, read_until FROM conversation WHERE id = $1", head.conversation["id"]
    )
    ticks: tuple[tuple[DeliveryStatus, datetime | None], ...] = (
        ("delivered", row["delivered_until"]),
        ("read", row["read_until"]),
    )
    return [(status, until) for status, until in ticks if until is not None and sent_at <= until]


async def _withdraw_consent(uow: UnitOfWork, head: Head, account: AccountView, error: SendError) -> None:
    await uow.conn.execute(
        _OPTED_OUT,
        uuid7(),
        head.conversation["id"],
        account.channel,
        _error_json(error),
        f"send:{head.message_id}",
    )
