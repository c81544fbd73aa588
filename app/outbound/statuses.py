"""Ticks: what platforms tell about messages of ours, applied set-based. The highest rank wins, whatever the order of arrival.

Every column ends the same for any order and number of repeats: times only become earlier, the status only rises, of several
failures the earliest stays, and an error is shown only while the message counts as failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from app.conversations.models import STATUS_RANK
from app.db import UnitOfWork
from app.outbound.announce import LOCK_CONVERSATIONS, show_statuses
from app.outbound.reactions import retract
from channels.contract import DeliveryStatus, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate:
    """One tick. `external_id` is "" where the platform names no message of ours. `callback` is our message's id where the platform gave it back,
    else "".

    `error` is that of `failures.failure_json`.
    """

    channel_account_id: UUID
    external_id: str
    status: DeliveryStatus
    occurred_at: datetime
    callback: str = ""
    error: Mapping[str, object] | None = None
    pricing: Json | None = None


def rank_sql(column: str) -> str:
    """Return SQL for the rank of a status column; NULL for what has none (`received`, `cancelled`)."""
    cases = " ".join(f"WHEN '{status}' THEN {rank}" for status, rank in STATUS_RANK.items())
    return f"CASE {column} {cases} END"


_BY_EXTERNAL_ID = """
SELECT told.ord, message.id, message.conversation_id
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS told(account_id, external_id, ord)
JOIN message ON message.channel_account_id = told.account_id AND message.external_id = told.external_id
WHERE message.direction = 'outbound'
"""
_BY_CALLBACK = """
SELECT told.ord, message.id, message.conversation_id
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS told(account_id, callback, ord)
JOIN message ON message.id = told.callback AND message.channel_account_id = told.account_id
WHERE message.direction = 'outbound' AND message.external_id IS NULL
"""
_LOCK_MESSAGES = "SELECT id, external_id FROM message WHERE id = ANY($1) ORDER BY id FOR UPDATE"

_APPLY = f"""
WITH told AS (
    SELECT id, nullif(min(external_id), '') AS external_id,
        max({rank_sql("status")}) AS rank,
        min(at) FILTER (WHERE status <> 'failed') AS sent_at,
        min(at) FILTER (WHERE status IN ('delivered', 'read')) AS delivered_at,
        min(at) FILTER (WHERE status = 'read') AS read_at,
        min(at) FILTER (WHERE played) AS played_at,
        min(at) FILTER (WHERE status = 'failed') AS failed_at,
        (array_agg(error ORDER BY at, error) FILTER (WHERE status = 'failed'))[1] AS error,
        (array_agg(pricing ORDER BY pricing DESC) FILTER (WHERE pricing IS NOT NULL))[1] AS pricing
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[], $6::jsonb[], $7::jsonb[])
        AS u(id, external_id, status, played, at, error, pricing)
    GROUP BY id
), next AS (
    SELECT message.id, coalesce(message.external_id, told.external_id) AS external_id,
        GREATEST(told.rank, {rank_sql("message.status")}) AS rank,
        LEAST(message.sent_at, told.sent_at) AS sent_at,
        LEAST(message.delivered_at, told.delivered_at) AS delivered_at,
        LEAST(message.read_at, told.read_at) AS read_at,
        LEAST(message.played_at, told.played_at) AS played_at,
        LEAST(message.failed_at, told.failed_at) AS failed_at,
        CASE
            WHEN told.failed_at IS NULL THEN message.error
            WHEN message.failed_at IS NULL OR (told.failed_at, told.error) < (message.failed_at, message.error) THEN told.error
            ELSE message.error
        END AS error,
        GREATEST(message.pricing, told.pricing) AS pricing
    FROM told JOIN message ON message.id = told.id
    WHERE message.status <> 'cancelled'
), final AS (
    SELECT next.*, names.status,
        CASE WHEN next.rank = {STATUS_RANK["failed"]} THEN next.error END AS shown_error
    FROM next JOIN unnest($8::text[], $9::int[]) AS names(status, rank) ON names.rank = next.rank
)
UPDATE message SET external_id = final.external_id, status = final.status, sent_at = final.sent_at,
    delivered_at = final.delivered_at, read_at = final.read_at, played_at = final.played_at, failed_at = final.failed_at,
    error = final.shown_error, pricing = final.pricing, not_before = NULL
FROM final
WHERE message.id = final.id AND (
    message.external_id, message.status, message.sent_at, message.delivered_at, message.read_at, message.played_at, message.failed_at,
    message.error, message.pricing
) IS DISTINCT FROM (
    final.external_id, final.status, final.sent_at, final.delivered_at, final.read_at, final.played_at, final.failed_at,
    final.shown_error, final.pricing
)
RETURNING message.id, message.kind, message.status, message.conversation_id
"""
_PARK = """
INSERT INTO pending_status (channel_account_id, external_id, status, occurred_at, error, pricing)
SELECT account_id, external_id, status, min(at), (array_agg(error ORDER BY at, error))[1],
    (array_agg(pricing ORDER BY pricing DESC NULLS LAST))[1]
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[], $6::jsonb[])
    AS u(account_id, external_id, status, at, error, pricing)
GROUP BY account_id, external_id, status
ORDER BY account_id, external_id, status
ON CONFLICT (channel_account_id, external_id, status) DO UPDATE SET
    error = CASE WHEN (excluded.occurred_at, excluded.error) < (pending_status.occurred_at, pending_status.error)
        THEN excluded.error ELSE pending_status.error END,
    occurred_at = LEAST(pending_status.occurred_at, excluded.occurred_at),
    pricing = GREATEST(pending_status.pricing, excluded.pricing)
"""

_TOLD = ("sent", "failed", "delivered", "read")


async def conversations_of(uow: UnitOfWork, updates: Sequence[StatusUpdate]) -> set[UUID]:
    """Return the conversations that `apply_statuses` will lock, so that a caller can lock them with its own, in one order."""
    return {match.conversation_id for match in (await _match(uow, updates)).values()}


async def apply_statuses(uow: UnitOfWork, updates: Sequence[StatusUpdate]) -> list[UUID]:
    """Apply ticks; return the messages that changed. What belongs to no message known yet waits in pending_status.

    A tick finds its message by the platform's id, else by our callback: that settles `sending` and `unknown`.
    """
    if not updates:
        return []
    matches = await _match(uow, updates)
    await uow.conn.execute(LOCK_CONVERSATIONS, sorted({match.conversation_id for match in matches.values()}))
    locked = await uow.conn.fetch(_LOCK_MESSAGES, sorted({match.message_id for match in matches.values()}))
    pairs = _paired(updates, matches, {row["id"]: row["external_id"] for row in locked})
    changed = await _apply(uow, [(match.message_id, update) for update, match in pairs if match])
    await _park(uow, [update for update, match in pairs if match is None and update.external_id])
    await _show(uow, changed)
    return [row["id"] for row in changed]


async def apply_pending(uow: UnitOfWork, channel_account_id: UUID, external_id: str) -> None:
    """Apply the ticks that waited for a message whose platform id has just become known."""
    rows = await uow.conn.fetch(
        "DELETE FROM pending_status WHERE channel_account_id = $1 AND external_id = $2 RETURNING *",
        channel_account_id,
        external_id,
    )
    await apply_statuses(uow, [_update_of(row) for row in rows])


_TAKE_KNOWN = """
DELETE FROM pending_status WHERE (channel_account_id, external_id, status) IN (
    SELECT p.channel_account_id, p.external_id, p.status FROM pending_status p
    JOIN message m ON m.channel_account_id = p.channel_account_id AND m.external_id = p.external_id AND m.direction = 'outbound'
    ORDER BY 1, 2, 3 LIMIT $1 FOR UPDATE OF p SKIP LOCKED
) RETURNING *
"""


async def settle_pending(uow: UnitOfWork, *, limit: int = 1000) -> int:
    """Apply parked ticks whose message is known by now: both were written at the same time by two transactions."""
    rows = await uow.conn.fetch(_TAKE_KNOWN, limit)
    await apply_statuses(uow, [_update_of(row) for row in rows])
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Match:
    message_id: UUID
    conversation_id: UUID
    by_callback: bool


async def _match(uow: UnitOfWork, updates: Sequence[StatusUpdate]) -> dict[int, _Match]:
    """Return index of update → its message."""
    accounts = [update.channel_account_id for update in updates]
    found = await uow.conn.fetch(_BY_EXTERNAL_ID, accounts, [update.external_id for update in updates])
    matches = {row["ord"] - 1: _Match(row["id"], row["conversation_id"], False) for row in found}
    left = [
        (index, update, callback)
        for index, update in enumerate(updates)
        if index not in matches and (callback := _message_id(update.callback)) is not None
    ]
    if left:
        found = await uow.conn.fetch(
            _BY_CALLBACK, [update.channel_account_id for _, update, _ in left], [callback for *_, callback in left]
        )
        for row in found:
            matches[left[row["ord"] - 1][0]] = _Match(row["id"], row["conversation_id"], True)
    return matches


def _paired(
    updates: Sequence[StatusUpdate], matches: Mapping[int, _Match], external_ids: dict[UUID, str | None]
) -> list[tuple[StatusUpdate, _Match | None]]:
    """Pair updates with their messages, once these are locked: a callback counts only for one platform id per message."""
    pairs: list[tuple[StatusUpdate, _Match | None]] = []
    for index, update in sorted(enumerate(updates), key=lambda item: item[1].external_id):
        match = matches.get(index)
        if match is not None and match.by_callback:
            known = external_ids.get(match.message_id) or update.external_id
            external_ids[match.message_id] = known
            match = match if known == update.external_id else None
        pairs.append((update, match))
    return pairs


async def _apply(uow: UnitOfWork, pairs: Sequence[tuple[UUID, StatusUpdate]]) -> list[asyncpg.Record]:
    if not pairs:
        return []
    changed: list[asyncpg.Record] = await uow.conn.fetch(
        _APPLY,
        [message_id for message_id, _ in pairs],
        [update.external_id for _, update in pairs],
        ["read" if update.status == "played" else update.status for _, update in pairs],
        [update.status == "played" for _, update in pairs],
        [update.occurred_at for _, update in pairs],
        [_json(update.error or {}) for _, update in pairs],
        [_json(update.pricing) if update.pricing else None for _, update in pairs],
        _TOLD,
        [STATUS_RANK[name] for name in _TOLD],
    )
    return changed


async def _park(uow: UnitOfWork, updates: Sequence[StatusUpdate]) -> None:
    if not updates:
        return
    await uow.conn.execute(
        _PARK,
        [update.channel_account_id for update in updates],
        [update.external_id for update in updates],
        [update.status for update in updates],
        [update.occurred_at for update in updates],
        [_json(update.error or {}) for update in updates],
        [_json(update.pricing) if update.pricing else None for update in updates],
    )


async def _show(uow: UnitOfWork, changed: Sequence[asyncpg.Record]) -> None:
    """Bring the change to the conversation list and to the live readers. A reaction shows on its target, not as a line."""
    await show_statuses(uow, [row["id"] for row in changed if row["kind"] != "reaction"])
    for row in changed:
        if row["kind"] == "reaction" and row["status"] == "failed":
            await retract(uow, row["id"])


def _update_of(row: asyncpg.Record) -> StatusUpdate:
    return StatusUpdate(
        channel_account_id=row["channel_account_id"],
        external_id=row["external_id"],
        status=row["status"],
        occurred_at=row["occurred_at"],
        error=row["error"] or None,
        pricing=row["pricing"],
    )


def _message_id(callback: str) -> UUID | None:
    try:
        return UUID(callback) if callback else None
    except ValueError:
        return None


def _json(value: Mapping[str, object]) -> str:
    return orjson.dumps(value).decode()
