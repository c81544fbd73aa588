"""What other packages may ask of sending: queue, resend, cancel, wake, apply ticks, stop and resume an account."""

from __future__ import annotations

from uuid import UUID

from app.db import UnitOfWork
from app.outbound.echoes import settle_echo
from app.outbound.runner import run
from app.outbound.statuses import StatusUpdate, apply_statuses, conversations_of
from app.outbound.stops import resume_sending, stop_sending


def wake_sender(uow: UnitOfWork, conversation_id: UUID) -> None:
    """Have a worker send what the conversation has queued, after the commit."""
    uow.enqueue("send_conversation", str(conversation_id))


__all__ = [
    "StatusUpdate",
    "apply_statuses",
    "conversations_of",
    "resume_sending",
    "run",
    "settle_echo",
    "stop_sending",
    "wake_sender",
]
