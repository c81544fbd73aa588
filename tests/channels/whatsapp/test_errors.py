"""What each documented error code becomes."""

from __future__ import annotations

import re

import pytest

from channels.contract import (
    ContactOptedOut,
    ContactUnreachable,
    CredentialsInvalid,
    Failure,
    MessageInvalid,
    PlatformDown,
    Rejected,
    SendError,
    Throttled,
    WindowClosed,
)
from channels.kit.graph import GraphError
from channels.whatsapp.errors import MEANINGS, error_of, failure_of, meaning_of
from tests.channels.harness import answer

DOCUMENTED = (
    "0 1 2 3 4 10 33 100 190 200-299 368 2040 2046 2047 80007 130403 130429 130472 130497 131000 131005 131008 131009 131016 "
    "131020 131021 131026 131030 131031 131037 131041 131042 131044 131045 131047 131048 131049 131050 131051 131052 131053 "
    "131055 131056 131057 131059 131060 131062 131063 131064 131201-131215 132000 132001 132005 132007 132008 132012 132015 "
    "132016 132068 132069 133000 133004 133005 133006 133008 133009 133010 133015 133016 134011 134100 134101 134102 135000 "
    "137000 138000-138018 139000-139004 139100-139103 147001-147005 2388001 2388012 2388019 2388040 2388047 2388072 2388073 "
    "2388091 2388093 2388103 2388293 2388299 2494100 2593107 2593108 2593109"
)


def documented() -> set[int]:
    found: set[int] = set()
    for part in DOCUMENTED.split():
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_documented_code_has_a_meaning_and_a_source() -> None:
    assert set(MEANINGS) == documented()
    assert all(meaning.source and re.fullmatch(r"[a-z_]+", meaning.code) for meaning in MEANINGS.values())


CODES: list[tuple[int, type[SendError], str, bool]] = [
    (2, PlatformDown, "platform_down", True),
    (4, Throttled, "app_rate_limited", True),
    (10, CredentialsInvalid, "permission_missing", False),
    (100, MessageInvalid, "parameter_invalid", False),
    (190, CredentialsInvalid, "token_expired", False),
    (254, CredentialsInvalid, "permission_missing", False),
    (368, CredentialsInvalid, "account_blocked", False),
    (80007, Throttled, "account_rate_limited", True),
    (130429, Throttled, "throttled", True),
    (130472, Rejected, "experiment_holdout", False),
    (131000, PlatformDown, "platform_down", True),
    (131021, Rejected, "recipient_is_sender", False),
    (131026, ContactUnreachable, "contact_unreachable", False),
    (131031, CredentialsInvalid, "account_locked", False),
    (131042, CredentialsInvalid, "billing_problem", False),
    (131047, WindowClosed, "window_closed", False),
    (131048, CredentialsInvalid, "spam_limited", False),
    (131049, Rejected, "marketing_capped", False),
    (131050, ContactOptedOut, "contact_opted_out", False),
    (131053, MessageInvalid, "media_invalid", False),
    (131056, Throttled, "contact_rate_limited", True),
    (131062, ContactUnreachable, "phone_required", False),
    (132000, MessageInvalid, "template_parameters_wrong", False),
    (132001, MessageInvalid, "template_missing", False),
    (132015, MessageInvalid, "template_paused", False),
    (133010, CredentialsInvalid, "number_not_registered", False),
    (134101, PlatformDown, "template_syncing", True),
    (999999, Rejected, "rejected", False),
]


@pytest.mark.parametrize(("external_code", "error", "code", "retryable"), CODES)
def test_a_code_decides(external_code: int, error: type[SendError], code: str, retryable: bool) -> None:
    raised = error_of(GraphError(external_code, message="the platform's words"), answer({}, 400))
    assert (type(raised), raised.code, raised.external_code, raised.retryable) == (
        error,
        code,
        str(external_code),
        retryable,
    )
    assert raised.text == "the platform's words"
    assert failure_of([{"code": external_code, "message": "the platform's words"}]) == Failure(
        code, str(external_code), "the platform's words"
    )


DETAILS: list[tuple[int, str, str]] = [
    (131009, "Parameter 'to' is not a phone number", "phone_invalid"),
    (100, "The recipient phone number is invalid", "phone_invalid"),
    (131009, "Media id 77 not found", "media_invalid"),
    (100, "(#100) Param file must be a file with one of the following types: image/jpeg", "media_invalid"),
    (131009, "Parameter 'total' is not valid", "parameter_invalid"),
    (131047, "Parameter 'to' is not a phone number", "window_closed"),
]


@pytest.mark.parametrize(("code", "details", "expected"), DETAILS)
def test_details_decide_where_a_code_says_too_little(code: int, details: str, expected: str) -> None:
    assert meaning_of(code, details).code == expected


def test_a_title_decides_nothing() -> None:
    assert failure_of([{"code": 131047, "title": "Media upload error"}]).code == "window_closed"


def test_an_unknown_code_that_calls_itself_transient_is_tried_again() -> None:
    assert meaning_of(999999, transient=True).error is PlatformDown


WAITS: list[tuple[str, int, dict[str, str], float | None]] = [
    ("the table's", 130429, {}, 2),
    ("the header's", 130429, {"Retry-After": "30"}, 30),
    (
        "the business use case's",
        80007,
        {"X-Business-Use-Case-Usage": '{"9001":[{"type":"whatsapp","estimated_time_to_regain_access":3}]}'},
        180,
    ),
    ("an unreadable header", 4, {"Retry-After": "soon", "X-Business-Use-Case-Usage": "{"}, 60),
    ("a header of odd types", 4, {"X-Business-Use-Case-Usage": '{"9001":{"a":1},"9":[3]}'}, 60),
    ("no waiting for what is never retried", 131026, {"Retry-After": "30"}, None),
]


@pytest.mark.parametrize(("label", "code", "headers", "expected"), WAITS, ids=[case[0] for case in WAITS])
def test_how_long_to_wait(label: str, code: int, headers: dict[str, str], expected: float | None) -> None:
    raised = error_of(GraphError(code), answer({}, 400, **headers))
    assert raised.retry_after_s == expected


def test_the_pair_rate_slows_one_person_alone() -> None:
    pair, account = (error_of(GraphError(code), answer({}, 400)) for code in (131056, 130429))
    assert isinstance(pair, Throttled)
    assert isinstance(account, Throttled)
    assert (pair.pair, account.pair) == (True, False)
