"""What each error code becomes that Instagram has beside those it shares with Messenger."""

from __future__ import annotations

import re

import pytest

from channels.contract import (
    ContactUnreachable,
    CredentialsInvalid,
    PlatformDown,
    Rejected,
    SendError,
    Throttled,
    WindowClosed,
)
from channels.instagram.errors import MEANINGS, meaning_of
from channels.kit.graph import GraphError
from channels.kit.graph_errors import error_of
from channels.kit.messaging.errors import SHARED
from tests.channels.harness import answer

CODES: list[tuple[int, int | None, type[SendError], str, str]] = [
    (2, 1545133, PlatformDown, "platform_down", "2/1545133"),
    (10, 2534022, WindowClosed, "window_closed", "10/2534022"),
    (10, 2018278, WindowClosed, "window_closed", "10/2018278"),
    (10, None, CredentialsInvalid, "permission_missing", "10"),
    (100, 2534014, ContactUnreachable, "contact_unknown", "100/2534014"),
    (100, 2534025, Rejected, "private_reply_used", "100/2534025"),
    (10, 2534001, Rejected, "thread_gone", "10/2534001"),
    (613, 2534013, Throttled, "private_reply_rate_limited", "613/2534013"),
    (10, 2534029, CredentialsInvalid, "account_restricted", "10/2534029"),
    (10, 2534122, CredentialsInvalid, "account_restricted", "10/2534122"),
    (230, None, Rejected, "profile_unavailable", "230"),
    (200, None, CredentialsInvalid, "permission_missing", "200"),
    (551, None, ContactUnreachable, "contact_unreachable", "551"),
    (80002, None, Throttled, "account_rate_limited", "80002"),
]


@pytest.mark.parametrize(("code", "subcode", "error", "ours", "shown"), CODES)
def test_code_and_subcode_decide(code: int, subcode: int | None, error: type[SendError], ours: str, shown: str) -> None:
    raised = error_of(GraphError(code, subcode), answer({}, 400), meaning_of)
    assert (type(raised), raised.code, raised.external_code) == (error, ours, shown)


def test_the_shared_codes_are_in_the_table() -> None:
    assert set(SHARED) < set(MEANINGS)
    assert all(row.source and re.fullmatch(r"[a-z_]+", row.code) for row in MEANINGS.values())
