"""Ask a platform questions of which each may be refused, for a health check that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Generator

from channels.contract import (
    CheckItem,
    Json,
    PlatformDown,
    PlatformRequest,
    PlatformResponse,
    SendError,
    Throttled,
)


def ask(
    request: PlatformRequest, answer_of: Callable[[PlatformResponse], Json]
) -> Generator[PlatformRequest, PlatformResponse, Json | SendError]:
    """Return the answer, or the refusal. A platform that is down or too busy raises."""
    response = yield request
    try:
        return answer_of(response)
    except (Throttled, PlatformDown):
        raise
    except SendError as error:
        return error


def refused(code: str, error: SendError) -> CheckItem:
    return CheckItem(code, "error", {"code": error.code, "external_code": error.external_code, "text": error.text})
