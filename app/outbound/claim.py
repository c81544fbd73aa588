"""Take a conversation's next message, so that no two workers send it and none overtakes another.

The conversation's row is locked while its outbox is read: a claim is one short transaction. A message with a file to upload is
first leased (it stays `queued`, the call has surely not begun), and claimed right before the request that delivers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.db import UnitOfWork
from app.outbound.announce import show_statuses
from channels.contract import Capabilities

LEASE_S = 90
"""Longer than an upload may take."""
WINDOWLESS_KINDS = frozenset({"template", "comment"})
"""A template may go out at any time, and an answer in public is no message to anybody."""
_LOCK = """
SELECT conversation.*, account.state <> 'active' OR account.sending_stopped_reason IS NOT NULL AS sending_stopped
FROM conversation JOIN channel_account account ON account.id = conversation.channel_account_id
WHERE conversation.id = $1 FOR NO KEY UPDATE OF conversation
"""
_HEAD = """
SELECT *, coalesce(not_before > now(), false) AS is_early, extract(epoch FROM not_before - now())::float8 AS early_s,
    status = 'queued' AND claimed_at > now() - make_interval(secs => $2) AS is_leased,
    coalesce(extract(epoch FROM now() - back_off_since), 0)::float8 AS held_s
FROM message WHERE conversation_id = $1 AND status IN ('queued', 'sending') AND direction = 'outbound'
ORDER BY status = 'sending' DESC, position_at, id LIMIT 1
"""
_LEASE = """
UPDATE message SET claimed_at = now()
WHERE id = $1 AND status = 'queued' AND (claimed_at IS NULL OR claimed_at <= now() - make_interval(secs => $2)) RETURNING claimed_at
"""
_RELEASE = "UPDATE message SET claimed_at = NULL WHERE id = $1 AND status = 'queued' AND claimed_at = $2"
_CLAIM = """
UPDATE message SET status = 'sending', claimed_at = clock_timestamp(), attempts = attempts + 1, not_before = NULL, error = NULL
WHERE id = $1 RETURNING claimed_at, attempts
"""
_RENEW = """
UPDATE message SET claimed_at = clock_timestamp() WHERE id = $1 AND status = 'sending' AND claimed_at = $2 RETURNING claimed_at, attempts
"""
_GIVE_BACK = """
UPDATE message SET status = 'queued', claimed_at = NULL, attempts = attempts - 1
WHERE id = $1 AND status = 'sending' AND claimed_at = $2 RETURNING id
"""
_OPEN_WINDOWS = """
SELECT kind, quota_left IS NULL OR quota_left > 0 AS is_usable FROM reply_grant
WHERE conversation_id = $1 AND kind = ANY($2) AND ends_at > now() ORDER BY array_position($2::text[], kind)
"""
_USE_WINDOW = """
UPDATE reply_grant SET quota_left = quota_left - 1
WHERE conversation_id = $1 AND kind = $2 AND ends_at > now() AND (quota_left IS NULL OR quota_left > 0) RETURNING kind
"""
_USE_OTHERS = """
UPDATE reply_grant SET quota_left = quota_left - 1
WHERE conversation_id = $1 AND kind <> $2 AND ends_at > now() AND quota_left > 0
"""
_RETURN_WINDOW = (
    "UPDATE reply_grant SET quota_left = LEAST(quota_left + 1, $3) WHERE conversation_id = $1 AND kind = $2"
)

_END_WINDOW = """
UPDATE reply_grant SET quota_left = CASE WHEN quota_left IS NOT NULL THEN 0 END,
    ends_at = CASE WHEN quota_left IS NULL THEN LEAST(ends_at, now()) ELSE ends_at END
WHERE conversation_id = $1 AND kind = $2
"""
_CACHE_WINDOW = """
UPDATE conversation SET reply_window_ends_at = (SELECT max(ends_at) FROM reply_grant WHERE conversation_id = $1) WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The oldest message that a conversation has to send, and the conversation."""

    row: asyncpg.Record
    conversation: asyncpg.Record

    @property
    def message_id(self) -> UUID:
        message_id: UUID = self.row["id"]
        return message_id

    @property
    def sending_stopped(self) -> bool:
        """Whether the account is paused or stopped: what waits stays."""
        stopped: bool = self.conversation["sending_stopped"]
        return stopped

    @property
    def held_s(self) -> float:
        held_s: float = self.row["held_s"]
        return held_s


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make one call for a message; `claimed_at` is its fence, `window` the reply window it was taken from, or ""."""

    message_id: UUID
    claimed_at: datetime
    attempts: int
    window: str = ""


class WindowIsClosed(Exception):
    """Nothing but a template may go out now. `code`: `window_used_up` when a window is open whose messages were all sent,
    `window_closed` otherwise."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def head_of(uow: UnitOfWork, conversation_id: UUID) -> Head | None:
    """Lock the conversation and return its next message; None while one is being sent or leased, or when nothing waits."""
    conversation = await uow.conn.fetchrow(_LOCK, conversation_id)
    row = await uow.conn.fetchrow(_HEAD, conversation_id, LEASE_S) if conversation else None
    if row is None or row["status"] == "sending":
        return None
    return Head(row, conversation)


async def lease(uow: UnitOfWork, head: Head) -> datetime | None:
    """Keep other workers from preparing the same message for LEASE_S; None when one does already."""
    leased_at: datetime | None = await uow.conn.fetchval(_LEASE, head.message_id, LEASE_S)
    return leased_at


async def release_lease(uow: UnitOfWork, message_id: UUID, leased_at: datetime) -> None:
    """Let others prepare the message again."""
    await uow.conn.execute(_RELEASE, message_id, leased_at)


async def claim(
    uow: UnitOfWork, head: Head, *, window: str, leased_at: datetime | None, windows_add_up: bool = True
) -> Claim | None:
    """Make the message `sending`, if it still is the conversation's next and nobody else's, and `window` is open still."""
    now = await head_of(uow, head.conversation["id"])
    if now is None or now.message_id != head.message_id or now.row["is_early"] or now.sending_stopped:
        return None
    if now.row["is_leased"] and now.row["claimed_at"] != leased_at:
        return None
    if window and await uow.conn.fetchval(_USE_WINDOW, head.conversation["id"], window) is None:
        return None
    if window and not windows_add_up:
        await uow.conn.execute(_USE_OTHERS, head.conversation["id"], window)
    row = await uow.conn.fetchrow(_CLAIM, head.message_id)
    await _show(uow, head)
    return Claim(head.message_id, row["claimed_at"], row["attempts"], window)


async def renew(uow: UnitOfWork, claim: Claim) -> Claim | None:
    """Claim anew for a second request of the same call; None when the sweep has given the message up meanwhile."""
    row = await uow.conn.fetchrow(_RENEW, claim.message_id, claim.claimed_at)
    return Claim(claim.message_id, row["claimed_at"], row["attempts"], claim.window) if row else None


async def give_back(uow: UnitOfWork, head: Head, claim: Claim, capabilities: Capabilities) -> None:
    """Put a message back into the outbox whose call has surely not begun."""
    await uow.conn.execute(_LOCK, head.conversation["id"])
    if await uow.conn.fetchval(_GIVE_BACK, claim.message_id, claim.claimed_at):
        await return_window(uow, head, claim, capabilities)
        await _show(uow, head)


async def open_window(
    uow: UnitOfWork, conversation_id: UUID, kind: str, capabilities: Capabilities, *, by_agent: bool
) -> str:
    """Return the first of the channel's reply windows that is open for this message, "" for one that needs none.

    Raises WindowIsClosed.
    """
    if not capabilities.windows or kind in WINDOWLESS_KINDS:
        return ""
    kinds = [window.kind for window in capabilities.windows if by_agent or window.by == "anybody"]
    found = await uow.conn.fetch(_OPEN_WINDOWS, conversation_id, kinds)
    usable: list[str] = [row["kind"] for row in found if row["is_usable"]]
    if not usable:
        raise WindowIsClosed("window_used_up" if found else "window_closed")
    return usable[0]


def answers_comment(capabilities: Capabilities, window: str) -> bool:
    """Say whether a window allows no more than one private answer to a public comment, which the message then has to name."""
    return any(one.kind == window and set(one.opened_by) == {"comment"} for one in capabilities.windows)


async def return_window(uow: UnitOfWork, head: Head, claim: Claim, capabilities: Capabilities) -> None:
    """Give back what a claim took from its window: the platform did not count a message that it surely did not take."""
    quota = next((window.quota for window in capabilities.windows if window.kind == claim.window), None)
    if quota is not None:
        await uow.conn.execute(_RETURN_WINDOW, head.conversation["id"], claim.window, quota)


async def end_window(uow: UnitOfWork, head: Head, claim: Claim) -> None:
    """The platform says that the window is over or used up, whatever we had counted: it knows better."""
    await uow.conn.execute(_END_WINDOW, head.conversation["id"], claim.window)
    await uow.conn.execute(_CACHE_WINDOW, head.conversation["id"])


async def _show(uow: UnitOfWork, head: Head) -> None:
    """A status of a reaction shows nowhere; of a line, in the thread and in the conversation list."""
    if head.row["kind"] != "reaction":
        await show_statuses(uow, [head.message_id])
