"""Say in our words what the host answers: one table by HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.contract import (
    ContactUnreachable,
    MessageInvalid,
    PlatformDown,
    PlatformResponse,
    ResponseUnexpected,
    SendError,
    Throttled,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one status of the host is for us: the class decides the policy, `code` the words."""

    error: type[SendError]
    code: str


MEANINGS: Mapping[int, Meaning] = {
    404: Meaning(ContactUnreachable, "visitor_gone"),
    410: Meaning(MessageInvalid, "media_missing"),
    413: Meaning(MessageInvalid, "media_too_large"),
    429: Meaning(Throttled, "throttled"),
    503: Meaning(PlatformDown, "platform_down"),
}
_UNEXPECTED = Meaning(ResponseUnexpected, "response_unexpected")


def check(response: PlatformResponse) -> PlatformResponse:
    """Return a good answer. Raises the SendError that a bad one is."""
    if 200 <= response.status < 300:
        return response
    meaning = MEANINGS.get(response.status, _UNEXPECTED)
    raise meaning.error(f"HTTP {response.status}", code=meaning.code, external_code=str(response.status))
