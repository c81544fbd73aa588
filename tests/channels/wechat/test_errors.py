"""What each documented error code becomes."""

from __future__ import annotations

import re

import pytest

from channels.contract import (
    ContactUnreachable,
    CredentialsInvalid,
    MessageInvalid,
    PlatformDown,
    Rejected,
    SendError,
    Throttled,
    TokenRejected,
    WindowClosed,
)
from channels.wechat.errors import MEANINGS, WECOM_MEANINGS, error_of

DOCUMENTED = (
    "-1 40001 40002 40003 40004 40005 40006 40007 40008 40009 40010 40011 40012 40013 40014 40015:40028 40032 40033 40035 40037 "
    "40054 40055 40058 40096 40125 40137 40164 40200 40243 41001 41002 41004 41005 41006 41030 42001 42007 43001 43002 43003 43004 "
    "43019 43101 43107 43116 43117 44001 44002 44003 44004 45001 45002 45003 45004 45005 45006 45007 45008 45009 45011 45015 45028 "
    "45033 45047 45065 45066 45067 45072 45080 45081 45083 45084 45162 45166 46003 46004 47001 47003 48001 48002 48003 48004 48006 "
    "48008 50002 50005 60020 61004 61007 61450:61459 65301:65317 65400 65401 65402 65413 65414 87014 95000 95001 95011 95013 95014 "
    "95016 95017 95018"
)


def documented() -> set[int]:
    found: set[int] = set()
    for part in DOCUMENTED.split():
        first, _, last = part.partition(":")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_documented_code_has_a_meaning_and_a_source() -> None:
    assert set(MEANINGS) == documented()
    for meaning in (*MEANINGS.values(), *WECOM_MEANINGS.values()):
        assert meaning.source
        assert re.fullmatch(r"[a-z_]+", meaning.code)


CODES: list[tuple[int, type[SendError], str, bool]] = [
    (-1, PlatformDown, "platform_down", True),
    (40001, TokenRejected, "token_rejected", False),
    (40003, ContactUnreachable, "contact_unknown", False),
    (40007, MessageInvalid, "media_invalid", False),
    (40013, CredentialsInvalid, "app_id_invalid", False),
    (40014, TokenRejected, "token_rejected", False),
    (40125, CredentialsInvalid, "secret_invalid", False),
    (40164, CredentialsInvalid, "ip_not_allowed", False),
    (42001, TokenRejected, "token_rejected", False),
    (43004, ContactUnreachable, "contact_not_following", False),
    (43019, ContactUnreachable, "contact_blacklisted", False),
    (43101, Rejected, "subscription_missing", False),
    (45002, MessageInvalid, "text_too_long", False),
    (45009, Throttled, "daily_limit_reached", True),
    (45011, Throttled, "throttled", True),
    (45015, WindowClosed, "window_closed", False),
    (45028, Throttled, "daily_limit_reached", True),
    (45047, WindowClosed, "window_used_up", False),
    (46004, ContactUnreachable, "contact_unknown", False),
    (47003, MessageInvalid, "template_parameters_wrong", False),
    (48001, CredentialsInvalid, "permission_missing", False),
    (48002, ContactUnreachable, "messages_switched_off", False),
    (48004, CredentialsInvalid, "account_blocked", False),
    (50005, ContactUnreachable, "contact_not_following", False),
    (999999, Rejected, "rejected", False),
]


@pytest.mark.parametrize(("external_code", "error", "code", "retryable"), CODES)
def test_a_code_decides(external_code: int, error: type[SendError], code: str, retryable: bool) -> None:
    raised = error_of(external_code, "the platform's words")
    assert (type(raised), raised.code, raised.external_code, raised.retryable, raised.text) == (
        error,
        code,
        str(external_code),
        retryable,
        "the platform's words",
    )


def test_a_token_that_was_refused_stops_the_account_where_nobody_renews_it() -> None:
    assert isinstance(error_of(42001, ""), CredentialsInvalid)
    assert (error_of(45009, "").retry_after_s, error_of(45011, "").retry_after_s) == (3600, 60)
