"""Say in our words what Messenger's errors mean."""

from __future__ import annotations

from collections.abc import Mapping

from channels.contract import (
    Json,
    MessageInvalid,
    PlatformResponse,
    Rejected,
    Throttled,
    WindowClosed,
)
from channels.kit import graph_errors
from channels.kit.graph_errors import UNCONFIRMED, Meaning
from channels.kit.messaging.errors import LIMITS, MEDIA_INVALID, Code, meaning_by, meanings

MARKETING = "https://developers.facebook.com/docs/messenger-platform/marketing-messages (30 Jun 2026)"
_HALF_A_DAY_S = 43_200.0
_NOT_YET = Meaning(Throttled, "marketing_capped", MARKETING, retry_after_s=_HALF_A_DAY_S, pair=True)

MEANINGS: Mapping[Code, Meaning] = meanings(
    {
        (10900, None): Meaning(Rejected, "private_reply_used", UNCONFIRMED),
        (10903, None): Meaning(WindowClosed, "window_closed", UNCONFIRMED),
        (100, 2018008): Meaning(MessageInvalid, "media_not_fetched", UNCONFIRMED),
        (100, 2018047): MEDIA_INVALID,
        (100, 2018109): Meaning(MessageInvalid, "media_too_large", UNCONFIRMED),
        (613, 1893016): Meaning(Throttled, "throttled", LIMITS, retry_after_s=5),
        (2300052, None): _NOT_YET,
        (None, 2300052): _NOT_YET,
    }
)
meaning_of = meaning_by(MEANINGS)


def answer_of(response: PlatformResponse) -> Json:
    """Return the JSON of a good answer. Raises the SendError that a bad one is."""
    return graph_errors.answer_of(response, meaning_of)
