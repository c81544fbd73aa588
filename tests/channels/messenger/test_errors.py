"""What each documented error code becomes."""

from __future__ import annotations

import re

import pytest

from channels.contract import (
    ContactUnreachable,
    CredentialsInvalid,
    MessageInvalid,
    OutcomeUnknown,
    PlatformDown,
    Rejected,
    SendError,
    Throttled,
    WindowClosed,
)
from channels.kit.graph import GraphError
from channels.kit.graph_errors import error_of
from channels.messenger.errors import MEANINGS, meaning_of
from tests.channels.harness import answer

CODES: list[tuple[int, int | None, type[SendError], str, str]] = [
    (1, None, PlatformDown, "platform_down", "1"),
    (1, 1357046, OutcomeUnknown, "outcome_unknown", "1/1357046"),
    (2, 2018344, PlatformDown, "platform_down", "2/2018344"),
    (3, None, CredentialsInvalid, "permission_missing", "3"),
    (4, None, Throttled, "app_rate_limited", "4"),
    (10, None, CredentialsInvalid, "permission_missing", "10"),
    (10, 2018065, WindowClosed, "window_closed", "10/2018065"),
    (10, 2018108, ContactUnreachable, "contact_not_receiving", "10/2018108"),
    (10, 2018278, WindowClosed, "window_closed", "10/2018278"),
    (10, 2018300, Rejected, "thread_held", "10/2018300"),
    (10, 1893063, CredentialsInvalid, "account_restricted", "10/1893063"),
    (17, None, Throttled, "account_rate_limited", "17"),
    (32, None, Throttled, "account_rate_limited", "32"),
    (99, None, PlatformDown, "platform_down", "99"),
    (199, None, PlatformDown, "platform_down", "199"),
    (100, 33, Rejected, "object_missing", "100/33"),
    (100, 2018001, ContactUnreachable, "contact_unknown", "100/2018001"),
    (100, 2018047, MessageInvalid, "media_invalid", "100/2018047"),
    (100, 2018109, MessageInvalid, "media_too_large", "100/2018109"),
    (190, 458, CredentialsInvalid, "app_removed", "190/458"),
    (190, 460, CredentialsInvalid, "token_invalid", "190/460"),
    (190, 463, CredentialsInvalid, "token_expired", "190/463"),
    (190, 999, CredentialsInvalid, "token_expired", "190"),
    (200, None, CredentialsInvalid, "permission_missing", "200"),
    (200, 1545041, ContactUnreachable, "contact_unreachable", "200/1545041"),
    (230, None, CredentialsInvalid, "permission_missing", "230"),
    (551, None, ContactUnreachable, "contact_unreachable", "551"),
    (613, 1893016, Throttled, "throttled", "613/1893016"),
    (1200, None, PlatformDown, "platform_down", "1200"),
    (2018218, None, Rejected, "profile_unavailable", "2018218"),
    (100, 2018218, Rejected, "profile_unavailable", "100/2018218"),
    (2300052, None, Throttled, "marketing_capped", "2300052"),
    (10900, None, Rejected, "private_reply_used", "10900"),
    (10903, None, WindowClosed, "window_closed", "10903"),
    (987654, 321, Rejected, "rejected", "987654"),
]


@pytest.mark.parametrize(("code", "subcode", "error", "ours", "shown"), CODES)
def test_code_and_subcode_decide(code: int, subcode: int | None, error: type[SendError], ours: str, shown: str) -> None:
    raised = error_of(GraphError(code, subcode, "the platform's words"), answer({}, 400), meaning_of)
    assert (type(raised), raised.code, raised.external_code) == (error, ours, shown)
    assert raised.text == "the platform's words"


def test_every_row_has_a_source_and_a_code_of_ours() -> None:
    assert all(row.source and re.fullmatch(r"[a-z_]+", row.code) for row in MEANINGS.values())
    assert all(row.by_subcode is (subcode is not None) for (_, subcode), row in MEANINGS.items())


def test_words_decide_where_100_says_too_little() -> None:
    assert meaning_of(GraphError(100, message="Upload attachment failure.")).code == "media_invalid"
    assert meaning_of(GraphError(100, message="Invalid parameter")).code == "parameter_invalid"
    assert meaning_of(GraphError(10, 2018278, message="about an attachment")).code == "window_closed"


def test_an_unknown_code_that_calls_itself_transient_is_tried_again() -> None:
    assert meaning_of(GraphError(987654, transient=True)).error is PlatformDown


def test_a_restricted_page_waits_half_an_hour_and_a_capped_person_alone_half_a_day() -> None:
    restricted = error_of(GraphError(10, 1893063), answer({}, 400), meaning_of)
    capped = error_of(GraphError(2300052), answer({}, 400), meaning_of)
    assert restricted.retry_after_s == 1800
    assert isinstance(capped, Throttled)
    assert (capped.pair, capped.retry_after_s) == (True, 43_200)
