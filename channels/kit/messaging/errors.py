"""Say what the Graph codes mean that Messenger and Instagram have in common, decided by code and subcode, never by title or HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from channels.contract import (
    ContactUnreachable,
    CredentialsInvalid,
    MessageInvalid,
    OutcomeUnknown,
    PlatformDown,
    Rejected,
    Throttled,
    WindowClosed,
)
from channels.kit.graph import GraphError
from channels.kit.graph_errors import PLATFORM_DOWN, REJECTED, UNCONFIRMED, Meaning, MeaningOf

SEND = "https://developers.facebook.com/docs/messenger-platform/send-messages (5 May 2026)"
LIMITS = "https://developers.facebook.com/docs/messenger-platform/rate-limits (23 Mar 2026)"
CHANGELOG = "https://developers.facebook.com/docs/messenger-platform/changelog (30 Jun 2026)"
GRAPH = "https://developers.facebook.com/docs/graph-api/guides/error-handling (Nov 2025)"
CAPTURED = "seen in answers that others published (2026)"

Code = tuple[int | None, int | None]
"""Code and subcode; None = whichever."""

RESTRICTED_S = 1800.0
_PERMISSION_MISSING = Meaning(CredentialsInvalid, "permission_missing", SEND)
_TOKEN_INVALID = Meaning(CredentialsInvalid, "token_invalid", GRAPH)
_UNAVAILABLE = Meaning(ContactUnreachable, "contact_unreachable", CAPTURED)
_WINDOW_CLOSED = Meaning(WindowClosed, "window_closed", CAPTURED)
_PROFILE_UNAVAILABLE = Meaning(Rejected, "profile_unavailable", SEND)
MEDIA_INVALID = Meaning(MessageInvalid, "media_invalid", CAPTURED)
DOWN = Meaning(PlatformDown, "platform_down", SEND)

SHARED: Mapping[Code, Meaning] = {
    (0, None): _TOKEN_INVALID,
    (1, None): DOWN,
    (1, 1357046): Meaning(OutcomeUnknown, "outcome_unknown", SEND),
    (2, None): DOWN,
    (2, 2018344): DOWN,
    (3, None): _PERMISSION_MISSING,
    (4, None): Meaning(Throttled, "app_rate_limited", LIMITS, retry_after_s=60),
    (10, None): _PERMISSION_MISSING,
    (10, 2018278): _WINDOW_CLOSED,
    (10, 2018065): _WINDOW_CLOSED,
    (10, 2018108): Meaning(ContactUnreachable, "contact_not_receiving", CAPTURED),
    (10, 2018300): Meaning(Rejected, "thread_held", UNCONFIRMED),
    (None, 1893063): Meaning(CredentialsInvalid, "account_restricted", CHANGELOG, retry_after_s=RESTRICTED_S),
    (17, None): Meaning(Throttled, "account_rate_limited", LIMITS, retry_after_s=60),
    (32, None): Meaning(Throttled, "account_rate_limited", LIMITS, retry_after_s=60),
    (99, None): DOWN,
    (199, None): DOWN,
    (100, None): Meaning(MessageInvalid, "parameter_invalid", SEND),
    (100, 2018001): Meaning(ContactUnreachable, "contact_unknown", UNCONFIRMED),
    (100, 33): Meaning(Rejected, "object_missing", GRAPH),
    (190, None): Meaning(CredentialsInvalid, "token_expired", GRAPH),
    (190, 458): Meaning(CredentialsInvalid, "app_removed", GRAPH),
    (190, 460): _TOKEN_INVALID,
    (190, 463): Meaning(CredentialsInvalid, "token_expired", GRAPH),
    (190, 467): _TOKEN_INVALID,
    **{(code, None): _PERMISSION_MISSING for code in range(200, 300)},
    (None, 1545041): _UNAVAILABLE,
    (551, None): _UNAVAILABLE,
    (613, None): Meaning(Throttled, "throttled", LIMITS, retry_after_s=5),
    (1200, None): Meaning(PlatformDown, "platform_down", UNCONFIRMED),
    (2018218, None): _PROFILE_UNAVAILABLE,
    (None, 2018218): _PROFILE_UNAVAILABLE,
}

_ABOUT_MEDIA = re.compile(r"(?i)\battachment|\bmedia\b|\bmime")


def meanings(own: Mapping[Code, Meaning]) -> Mapping[Code, Meaning]:
    """Return a channel's whole table: its own rows and the shared ones. What a subcode decided is marked as such."""
    return {code: replace(row, by_subcode=code[1] is not None) for code, row in {**SHARED, **own}.items()}


def meaning_by(table: Mapping[Code, Meaning]) -> MeaningOf:
    """Return the look-up in a table. A code that nobody documented is `rejected`, with the platform's own words."""

    def meaning_of(error: GraphError) -> Meaning:
        by_subcode: Sequence[Code] = ((error.code, error.subcode), (None, error.subcode)) if error.subcode else ()
        known = next((table[code] for code in by_subcode if code in table), None)
        if known:
            return known
        if error.code == 100 and _ABOUT_MEDIA.search(error.details or error.message):
            return MEDIA_INVALID
        return table.get((error.code, None)) or (PLATFORM_DOWN if error.transient else REJECTED)

    return meaning_of
