"""The retry policy: error, attempts and time held → what becomes of the message."""

from __future__ import annotations

import pytest

from app.outbound.policy import HOLD_S, Verdict, decide
from channels.contract import (
    ConnectionFailed,
    ContactOptedOut,
    ContactUnreachable,
    CredentialsInvalid,
    MessageInvalid,
    OutcomeUnknown,
    PlatformDown,
    Rejected,
    ResponseUnexpected,
    SendError,
    Throttled,
    WindowClosed,
)


@pytest.mark.parametrize(
    ("error", "attempts", "held_s", "verdict"),
    [
        (ConnectionFailed(), 1, 0, Verdict("queued", 1)),
        (ConnectionFailed(), 4, 7, Verdict("queued", 8)),
        (ConnectionFailed(), 20, 60, Verdict("queued", 30)),
        (ConnectionFailed(), 9, HOLD_S - 1, Verdict("failed")),
        (PlatformDown(retry_after_s=60), 1, 0, Verdict("queued", 60)),
        (PlatformDown(retry_after_s=600), 1, 0, Verdict("failed")),
        (Throttled(retry_after_s=2), 1, 0, Verdict("queued", 2, slow_account_s=2)),
        (Throttled(), 3, 5, Verdict("queued", 4, slow_account_s=2)),
        (Throttled(retry_after_s=3600), 1, 0, Verdict("failed", slow_account_s=3600)),
        (Throttled(pair=True), 1, 0, Verdict("queued", 1, slow_pair_s=1)),
        (Throttled(pair=True), 3, 5, Verdict("queued", 16, slow_pair_s=16)),
        (Throttled(pair=True), 5, 85, Verdict("failed", slow_pair_s=256)),
        (CredentialsInvalid(), 1, 0, Verdict("queued", stops_account=True)),
        (CredentialsInvalid(), 1, HOLD_S * 9, Verdict("queued", stops_account=True)),
        (OutcomeUnknown(), 1, 0, Verdict("unknown")),
        (MessageInvalid(), 1, 0, Verdict("failed")),
        (ResponseUnexpected(), 1, 0, Verdict("failed")),
        (WindowClosed(), 1, 0, Verdict("failed")),
        (Rejected(), 1, 0, Verdict("failed")),
        (ContactUnreachable(), 1, 0, Verdict("failed", unreachable=True)),
        (ContactOptedOut(), 1, 0, Verdict("failed", opted_out=True)),
    ],
)
def test_an_error_has_one_consequence(error: SendError, attempts: int, held_s: float, verdict: Verdict) -> None:
    assert decide(error, attempts=attempts, held_s=held_s, idempotent=False) == verdict


@pytest.mark.parametrize(("held_s", "verdict"), [(0, Verdict("queued", 1)), (HOLD_S, Verdict("unknown"))])
def test_a_platform_with_idempotency_keys_is_asked_again_after_a_lost_answer(held_s: float, verdict: Verdict) -> None:
    assert decide(OutcomeUnknown(), attempts=1, held_s=held_s, idempotent=True) == verdict
