"""Turn Graph's refusals into send errors. What a code means is each channel's own table; how an answer is read is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from channels.contract import (
    Json,
    OutcomeUnknown,
    PlatformDown,
    PlatformResponse,
    Rejected,
    ResponseUnexpected,
    SendError,
    Throttled,
)
from channels.kit.graph import GraphError, read_error, read_object, retry_after_s

UNCONFIRMED = "seen in no vendor text"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one platform code is for us: the class decides the policy, `code` the words.

    `by_subcode`: the subcode decided, so people are shown it too.
    """

    error: type[SendError]
    code: str
    source: str
    retry_after_s: float | None = None
    pair: bool = False
    by_subcode: bool = False


PLATFORM_DOWN = Meaning(PlatformDown, "platform_down", UNCONFIRMED)
REJECTED = Meaning(Rejected, "rejected", UNCONFIRMED)

MeaningOf = Callable[[GraphError], Meaning]


def answer_of(response: PlatformResponse, meaning_of: MeaningOf, *, delivers: bool = False) -> Json:
    """Return the JSON of a good answer. Raises the SendError that a bad one is.

    An answer without Graph's error envelope comes from a proxy in between. Whether the platform took the message is then not known,
    so a delivering request becomes OutcomeUnknown unless the HTTP status says that it was refused.
    """
    answer = read_object(response)
    error = read_error(answer)
    if error:
        raise error_of(error, response, meaning_of)
    if answer is not None and 200 <= response.status < 300:
        return answer
    raise _unreadable(response, delivers=delivers)


def error_of(error: GraphError, response: PlatformResponse, meaning_of: MeaningOf) -> SendError:
    """Return the send error with the platform's own code and words."""
    meaning = meaning_of(error)
    said = error.details or error.message
    fields: dict[str, Any] = {"code": meaning.code, "external_code": _external_code(error, meaning)}
    if meaning.error is Throttled:
        wait_s = retry_after_s(response) or meaning.retry_after_s
        return Throttled(said, pair=meaning.pair, retry_after_s=wait_s, **fields)
    return meaning.error(said, retry_after_s=meaning.retry_after_s, **fields)


def _external_code(error: GraphError, meaning: Meaning) -> str:
    if error.code is None:
        return ""
    return f"{error.code}/{error.subcode}" if meaning.by_subcode else str(error.code)


def _unreadable(response: PlatformResponse, *, delivers: bool) -> SendError:
    said = f"HTTP {response.status}"
    if response.status == 429:
        return Throttled(said, external_code="429", retry_after_s=retry_after_s(response))
    if delivers and not 300 <= response.status < 500:
        return OutcomeUnknown(said, external_code=str(response.status))
    error = PlatformDown if response.status >= 500 else ResponseUnexpected
    return error(said, external_code=str(response.status))
