"""What becomes of a message after an error of its call: the one retry policy, reading only what the error says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from channels.contract import (
    ContactOptedOut,
    ContactUnreachable,
    CredentialsInvalid,
    OutcomeUnknown,
    SendError,
    Throttled,
)

HOLD_S = 120.0
"""How long a message in back-off may hold those behind it in its conversation."""
_FIRST_DELAY_S, _LONGEST_DELAY_S = 1.0, 30.0
_PAIR_BASE_S = 4.0
_ACCOUNT_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The message's next status, and what else the error teaches. `delay_s` belongs to `queued`."""

    status: Literal["queued", "failed", "unknown"]
    delay_s: float = 0.0
    slow_account_s: float | None = None
    slow_pair_s: float | None = None
    stops_account: bool = False
    opted_out: bool = False
    unreachable: bool = False


def decide(error: SendError, *, attempts: int, held_s: float, idempotent: bool) -> Verdict:
    """Judge `error` after the `attempts`-th call; `held_s` = seconds since the first back-off of this message."""
    if isinstance(error, CredentialsInvalid):
        return Verdict("queued", stops_account=True)
    if isinstance(error, OutcomeUnknown) and not idempotent:
        return Verdict("unknown")
    if isinstance(error, Throttled):
        return _throttled(error, attempts, held_s)
    if error.retryable or isinstance(error, OutcomeUnknown):
        return _later(
            error.retry_after_s or _back_off_s(attempts), held_s, or_else="unknown" if not error.retryable else "failed"
        )
    return Verdict(
        "failed", opted_out=isinstance(error, ContactOptedOut), unreachable=isinstance(error, ContactUnreachable)
    )


def _throttled(error: Throttled, attempts: int, held_s: float) -> Verdict:
    """Slow the person's pair by 4^X s, or the whole account; its own pacing then holds the message."""
    if error.pair:
        delay_s = _PAIR_BASE_S ** (attempts - 1)
        held = _later(delay_s, held_s)
        return Verdict(held.status, held.delay_s, slow_pair_s=delay_s)
    pause_s = error.retry_after_s or _ACCOUNT_PAUSE_S
    held = _later(max(pause_s, _back_off_s(attempts)), held_s)
    return Verdict(held.status, held.delay_s, slow_account_s=pause_s)


def _later(delay_s: float, held_s: float, *, or_else: Literal["failed", "unknown"] = "failed") -> Verdict:
    if held_s + delay_s > HOLD_S:
        return Verdict(or_else)
    return Verdict("queued", delay_s)


def _back_off_s(attempts: int) -> float:
    return min(_FIRST_DELAY_S * 2.0 ** (attempts - 1), _LONGEST_DELAY_S)
