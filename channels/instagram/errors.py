"""Say in our words what Instagram's errors mean."""

from __future__ import annotations

from collections.abc import Mapping

from channels.contract import (
    ContactUnreachable,
    CredentialsInvalid,
    Json,
    PlatformDown,
    PlatformResponse,
    Rejected,
    Throttled,
    WindowClosed,
)
from channels.kit import graph_errors
from channels.kit.graph_errors import UNCONFIRMED, Meaning
from channels.kit.messaging.errors import CAPTURED, RESTRICTED_S, Code, meaning_by, meanings

_RESTRICTED = Meaning(CredentialsInvalid, "account_restricted", CAPTURED, retry_after_s=RESTRICTED_S)

MEANINGS: Mapping[Code, Meaning] = meanings(
    {
        (2, 1545133): Meaning(PlatformDown, "platform_down", CAPTURED),
        (10, 2534022): Meaning(WindowClosed, "window_closed", CAPTURED),
        (100, 2534014): Meaning(ContactUnreachable, "contact_unknown", CAPTURED),
        (230, None): Meaning(Rejected, "profile_unavailable", UNCONFIRMED),
        (80002, None): Meaning(Throttled, "account_rate_limited", UNCONFIRMED, retry_after_s=60),
        (None, 2534001): Meaning(Rejected, "thread_gone", CAPTURED),
        (None, 2534013): Meaning(Throttled, "private_reply_rate_limited", CAPTURED, retry_after_s=60, pair=True),
        (None, 2534025): Meaning(Rejected, "private_reply_used", CAPTURED),
        (None, 2534029): _RESTRICTED,
        (None, 2534122): _RESTRICTED,
    }
)
meaning_of = meaning_by(MEANINGS)


def answer_of(response: PlatformResponse) -> Json:
    """Return the JSON of a good answer. Raises the SendError that a bad one is."""
    return graph_errors.answer_of(response, meaning_of)
