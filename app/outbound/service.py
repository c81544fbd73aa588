"""What other packages may ask of sending: queue, resend, cancel, wake, apply ticks, stop and resume an account.

All of it is one message to one conversation. `SendMany`, one request to many people, is for campaigns: its recipients are rows of a
ledger, not messages of threads, so it does not pass through the outbox; whoever drives the ledger calls `run` with it.
"""

from __future__ import annotations

from uuid import UUID

from app.db import UnitOfWork
from app.outbound.announce import announce
from app.outbound.calls import run, token_ends_at
from app.outbound.echoes import settle_echo
from app.outbound.failures import failure_json
from app.outbound.outgoing import Outgoing
from app.outbound.questions import understood
from app.outbound.queueing import cancel, queue_message, resend
from app.outbound.statuses import StatusUpdate, apply_statuses, conversations_of
from app.outbound.stops import resume_sending, stop_sending


def wake_sender(uow: UnitOfWork, conversation_id: UUID) -> None:
    """Have a worker send what the conversation has queued, after the commit."""
    uow.enqueue("send_conversation", str(conversation_id))


def send_read_receipt(uow: UnitOfWork, conversation_id: UUID) -> None:
    """Tell the customer, after the commit, that all was read: ask only for the assignee's own reading."""
    uow.enqueue("mark_read", str(conversation_id))


def send_typing(uow: UnitOfWork, conversation_id: UUID) -> None:
    """Show the customer for some seconds that an agent types. Ask as often as keys are hit: it is throttled."""
    uow.enqueue("show_typing", str(conversation_id))


__all__ = [
    "Outgoing",
    "StatusUpdate",
    "announce",
    "apply_statuses",
    "cancel",
    "conversations_of",
    "failure_json",
    "queue_message",
    "resend",
    "resume_sending",
    "run",
    "send_read_receipt",
    "send_typing",
    "settle_echo",
    "stop_sending",
    "token_ends_at",
    "understood",
    "wake_sender",
]
