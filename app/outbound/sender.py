"""Send what a conversation has queued, in its order: compose, wait for the pace, claim, commit, call, record, commit.

The job is only a hint: everything it needs to know is in the rows, so it may run twice, at once, late, or never (the sweep
finds the rows). A worker killed between the call and its record leaves `sending`, which the sweep makes `unknown`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.media.links import link_path
from app.outbound.calls import pasted, run
from app.outbound.claim import (
    Claim,
    Head,
    WindowIsClosed,
    claim,
    end_window,
    give_back,
    head_of,
    lease,
    open_window,
    release_lease,
    renew,
    return_window,
)
from app.outbound.compose import Composed, compose
from app.outbound.pacing import Pacer, Speed, Wait
from app.outbound.policy import Verdict, decide
from app.outbound.record import record_failure, record_sent
from app.outbound.stops import stop_sending
from app.runtime import Runtime
from app.transient import is_transient
from channels.contract import MessageInvalid, OutcomeUnknown, Rejected, SendError, Sent, WindowClosed

START_WITHIN_S = 5.0
"""A call starts this soon after its claim was committed, or not at all: a frozen worker must not send what others gave up."""
BUSY_S = 20.0
"""How long one job works on one conversation before it lets others have the worker."""
_RECORD_AGAIN_AFTER_S = (0.1, 0.5, 2.0, 5.0, 10.0)
_log = structlog.get_logger()


async def send_conversation(runtime: Runtime, conversation_id: UUID) -> None:
    """Send the conversation's queued messages until none is left, or one must wait."""
    pacer = Pacer(runtime.redis)
    until = time.monotonic() + BUSY_S
    while await _send_next(runtime, pacer, conversation_id):
        if time.monotonic() > until:
            await _come_back(runtime, conversation_id, 0)
            return


async def _send_next(runtime: Runtime, pacer: Pacer, conversation_id: UUID) -> bool:
    """Send the oldest queued message; say whether to go on with the next."""
    async with runtime.database.begin() as uow:
        head = await head_of(uow, conversation_id)
    if head is None or head.row["is_leased"] or head.sending_stopped:
        return False
    if head.row["is_early"]:
        await _come_back(runtime, conversation_id, head.row["early_s"])
        return False
    account = await _account_of(runtime, head)
    if account is None:
        return False
    return await _Call(runtime, pacer, account, head).make()


async def _account_of(runtime: Runtime, head: Head) -> AccountView | None:
    """Return the account as it is now: one that this process remembers as stopped, and is not, has been mended."""
    account = await runtime.accounts.get(head.conversation["channel_account_id"])
    if account is not None and account.sending_stopped_reason is not None:
        await runtime.accounts.refresh()
        account = await runtime.accounts.get(account.id)
    return account


class _Postponed(Exception):
    """The pace allows the call only later."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class _Lost(Exception):
    """The message is not ours to send any more: cancelled, taken by another worker, or the start came too late."""


class _Call:
    """One attempt to send one message, from composing to recording."""

    def __init__(self, runtime: Runtime, pacer: Pacer, account: AccountView, head: Head) -> None:
        self._runtime = runtime
        self._pacer = pacer
        self._account = account
        self._head = head
        self._speed = speed_of(runtime, account, kind=head.row["kind"])
        self._pair = str(head.conversation["identity_id"])
        self._leased_at: datetime | None = None
        self._claim: Claim | None = None
        self._window = ""

    async def make(self) -> bool:
        """Make the call and record its outcome; say whether to go on with the conversation's next message."""
        conversation_id = self._head.conversation["id"]
        try:
            composed = await self._composed()
            result = await run(self._runtime, self._account, composed.send, before_delivery=self._before_delivery)
        except _Lost:
            await self._release_lease()
            return True
        except _Postponed as postponed:
            await self._release_lease()
            await _come_back(self._runtime, conversation_id, postponed.wait_s)
            return False
        except RedisError as error:
            _log.warning("pace_unknown", conversation_id=str(conversation_id), error=type(error).__name__)
            await self._release_lease()
            return False
        except WindowIsClosed as closed:
            return await self._failed(WindowClosed(code=closed.code))
        except SendError as error:
            return await self._failed(error)
        except Exception as error:
            if self._claim is None and is_transient(error):
                raise
            _log.exception("send_crashed", message_id=str(self._head.message_id))
            return await self._failed(
                OutcomeUnknown(code="internal_error") if self._claim else MessageInvalid(code="internal_error")
            )
        if not isinstance(result, Sent):
            raise TypeError(f"a send returned {type(result).__name__}")
        await self._persist(lambda uow: record_sent(uow, self._head, self._account, result, media_id=composed.media_id))
        return True

    async def _composed(self) -> Composed:
        conversation, row = self._head.conversation, self._head.row
        if conversation["held_by"] is not None and row["kind"] != "comment":
            raise Rejected(code="thread_held")
        async with self._runtime.database.begin() as uow:
            self._window = await open_window(
                uow,
                conversation["id"],
                row["kind"],
                self._account.capabilities,
                by_agent=row["agent_id"] is not None,
            )
            composed = await compose(
                uow,
                row,
                self._account,
                identity_id=conversation["identity_id"],
                window=self._window,
                link=self._link,
            )
            if composed.needs_upload:
                self._leased_at = await lease(uow, self._head)
                if self._leased_at is None:
                    raise _Lost
        return composed

    def _link(self, media_id: UUID) -> str:
        base_url = self._runtime.settings.base_url
        return f"{base_url}{link_path(self._runtime.vault, media_id)}" if base_url else ""

    async def _before_delivery(self) -> None:
        """Wait for the pace, then claim the message: what comes next is the call itself."""
        await self._wait_for_pace()
        began = time.monotonic()
        async with self._runtime.database.begin() as uow:
            if self._claim is None:
                claimed = await claim(
                    uow,
                    self._head,
                    window=self._window,
                    leased_at=self._leased_at,
                    windows_add_up=self._account.capabilities.windows_add_up,
                )
            else:
                claimed = await renew(uow, self._claim)
        if claimed is None:
            raise _Lost
        self._claim = claimed
        if time.monotonic() - began > START_WITHIN_S:
            async with self._runtime.database.begin() as uow:
                await give_back(uow, self._head, claimed, self._account.capabilities)
            raise _Lost

    async def _wait_for_pace(self) -> None:
        answer = await self._pacer.reserve(self._speed, pair=self._pair)
        if isinstance(answer, Wait):
            raise _Postponed(answer.retry_in_s)
        await asyncio.sleep(answer.delay_s)

    async def _failed(self, error: SendError) -> bool:
        verdict = await self._verdict(error)
        await self._slow_down(verdict)
        await self._persist(lambda uow: self._record_failure(uow, error, verdict))
        if verdict.stops_account:
            await self._persist(lambda uow: stop_sending(uow, self._account.id, error))
            await self._runtime.accounts.refresh()
        elif verdict.status == "queued":
            await _come_back(self._runtime, self._head.conversation["id"], verdict.delay_s)
        return verdict.status != "queued"

    async def _record_failure(self, uow: UnitOfWork, error: SendError, verdict: Verdict) -> None:
        await record_failure(uow, self._head, self._account, error, verdict)
        if self._claim is None or verdict.status == "unknown":
            return
        if isinstance(error, WindowClosed):
            await end_window(uow, self._head, self._claim)
        else:
            await return_window(uow, self._head, self._claim, self._account.capabilities)

    async def _verdict(self, error: SendError) -> Verdict:
        attempts = self._claim.attempts if self._claim else self._head.row["attempts"] + 1
        verdict = decide(
            error,
            attempts=attempts,
            held_s=self._head.held_s,
            idempotent=self._account.capabilities.idempotent_send,
        )
        if verdict.stops_account and await self._is_outdated():
            return replace(verdict, stops_account=False)
        return verdict

    async def _is_outdated(self) -> bool:
        """Say whether somebody changed the refused credentials meanwhile: then the account is not to blame."""
        await self._runtime.accounts.refresh()
        now = await self._runtime.accounts.get(self._account.id)
        return now is not None and pasted(now) != pasted(self._account)

    async def _slow_down(self, verdict: Verdict) -> None:
        try:
            if verdict.slow_account_s is not None:
                await self._pacer.slow_down(self._speed, pause_s=verdict.slow_account_s)
            if verdict.slow_pair_s is not None:
                await self._pacer.slow_pair(self._speed, pair=self._pair, pause_s=verdict.slow_pair_s)
        except RedisError as error:
            _log.warning("pace_not_slowed", channel_account_id=str(self._account.id), error=type(error).__name__)

    async def _release_lease(self) -> None:
        if self._leased_at is not None:
            async with self._runtime.database.begin() as uow:
                await release_lease(uow, self._head.message_id, self._leased_at)

    async def _persist(self, record: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        """Record an outcome, again and again while the database is away: it is known, and must not become `unknown`."""
        for delay_s in (*_RECORD_AGAIN_AFTER_S, None):
            try:
                async with self._runtime.database.begin() as uow:
                    await record(uow)
            except Exception as error:
                if delay_s is None or not is_transient(error):
                    raise
                await asyncio.sleep(delay_s)
            else:
                return


def speed_of(runtime: Runtime, account: AccountView, *, kind: str = "") -> Speed:
    """Return how fast an account may send: what its settings say, else the lower of the platform's pace and ours.

    `kind`: of the message, since platforms take some kinds more slowly.
    """
    pace = account.capabilities.pace
    own = account.settings.get("max_per_second")
    return Speed(
        account_id=account.id,
        tag=account.platform_account_id or account.id,
        per_second=pace.per_second if own else min(pace.per_second, runtime.settings.max_per_second),
        pair_per_s=pace.pair_per_s,
        pair_burst=pace.pair_burst,
        agents_share=account.capabilities.lane_share_for_agents,
        kind=kind,
        kind_per_s=pace.by_kind.get(kind),
    )


async def _come_back(runtime: Runtime, conversation_id: UUID, delay_s: float) -> None:
    async with runtime.database.begin() as uow:
        uow.enqueue("send_conversation", str(conversation_id), defer_s=max(delay_s, 0.0))
