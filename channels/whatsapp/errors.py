"""Say in our words what a platform error means: one table, decided by code and then by details, never by title or HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from channels.contract import (
    ContactOptedOut,
    ContactUnreachable,
    CredentialsInvalid,
    Failure,
    Json,
    MessageInvalid,
    PlatformDown,
    PlatformResponse,
    Rejected,
    SendError,
    Throttled,
    WindowClosed,
)
from channels.kit import graph_errors
from channels.kit.graph import GraphError
from channels.kit.graph_errors import REJECTED, UNCONFIRMED, Meaning
from channels.kit.tolerant import integer, obj, text

META = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (12 Dec 2025)"
MARKETING = "https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages (Dec 2025)"
PAYMENTS = "https://developers.facebook.com/documentation/business-messaging/whatsapp/payments (Dec 2025)"
PYWA = "https://github.com/david-lev/pywa 4.5.0 pywa/errors.py (Nov 2026)"


def _means(error: type[SendError], code: str, source: str = META, **more: Any) -> Meaning:
    return Meaning(error, code, source, **more)


def _all(codes: Sequence[int], meaning: Meaning) -> dict[int, Meaning]:
    return dict.fromkeys(codes, meaning)


PERMISSION_MISSING = _means(CredentialsInvalid, "permission_missing")
PARAMETER_INVALID = _means(MessageInvalid, "parameter_invalid")
MEDIA_INVALID = _means(MessageInvalid, "media_invalid")
PLATFORM_DOWN = _means(PlatformDown, "platform_down")
REGISTRATION_FAILED = _means(CredentialsInvalid, "registration_failed")

MEANINGS: Mapping[int, Meaning] = {
    0: _means(CredentialsInvalid, "token_invalid"),
    1: PLATFORM_DOWN,
    2: PLATFORM_DOWN,
    3: PERMISSION_MISSING,
    4: _means(Throttled, "app_rate_limited", retry_after_s=60),
    10: PERMISSION_MISSING,
    33: _means(CredentialsInvalid, "number_missing"),
    100: PARAMETER_INVALID,
    190: _means(CredentialsInvalid, "token_expired"),
    **_all(range(200, 300), PERMISSION_MISSING),
    368: _means(CredentialsInvalid, "account_blocked"),
    2040: _means(Rejected, "payments_unsupported", PAYMENTS),
    **_all((2046, 2047), _means(Rejected, "order_status_refused", PAYMENTS)),
    80007: _means(Throttled, "account_rate_limited", retry_after_s=60),
    130403: _means(Rejected, "rejected", UNCONFIRMED),
    130429: _means(Throttled, "throttled", retry_after_s=2),
    130472: _means(Rejected, "experiment_holdout"),
    130497: _means(Rejected, "country_restricted"),
    131000: PLATFORM_DOWN,
    131005: PERMISSION_MISSING,
    131008: _means(MessageInvalid, "parameter_missing"),
    131009: PARAMETER_INVALID,
    131016: PLATFORM_DOWN,
    **_all((131020, 131041, 131059, *range(131201, 131216)), _means(MessageInvalid, "group_invalid", PYWA)),
    131021: _means(Rejected, "recipient_is_sender"),
    131026: _means(ContactUnreachable, "contact_unreachable"),
    131030: _means(MessageInvalid, "recipient_not_allowed", PYWA),
    131031: _means(CredentialsInvalid, "account_locked"),
    131037: _means(CredentialsInvalid, "display_name_unapproved"),
    131042: _means(CredentialsInvalid, "billing_problem"),
    131044: _means(CredentialsInvalid, "billing_problem", PYWA),
    131045: _means(CredentialsInvalid, "number_not_registered"),
    131047: _means(WindowClosed, "window_closed"),
    131048: _means(CredentialsInvalid, "spam_limited"),
    131049: _means(Rejected, "marketing_capped"),
    131050: _means(ContactOptedOut, "contact_opted_out"),
    131051: _means(MessageInvalid, "kind_unsupported"),
    131052: _means(Rejected, "media_unavailable"),
    131053: MEDIA_INVALID,
    131055: _means(MessageInvalid, "marketing_api_refused", MARKETING),
    131056: _means(Throttled, "contact_rate_limited", retry_after_s=6, pair=True),
    131057: _means(PlatformDown, "maintenance", retry_after_s=60),
    131060: _means(Rejected, "message_unavailable", UNCONFIRMED),
    131062: _means(ContactUnreachable, "phone_required"),
    131063: _means(MessageInvalid, "marketing_api_required", PYWA),
    131064: _means(CredentialsInvalid, "template_misclassified", PYWA),
    132000: _means(MessageInvalid, "template_parameters_wrong"),
    132001: _means(MessageInvalid, "template_missing"),
    132005: _means(MessageInvalid, "template_too_long"),
    132007: _means(MessageInvalid, "template_against_policy"),
    132008: _means(MessageInvalid, "template_parameters_wrong", PYWA),
    132012: _means(MessageInvalid, "template_parameters_wrong"),
    132015: _means(MessageInvalid, "template_paused"),
    132016: _means(MessageInvalid, "template_disabled"),
    132068: _means(MessageInvalid, "form_blocked"),
    132069: _means(Rejected, "form_throttled"),
    133000: REGISTRATION_FAILED,
    133004: PLATFORM_DOWN,
    **_all((133005, 133006, 133008, 133009), REGISTRATION_FAILED),
    133010: _means(CredentialsInvalid, "number_not_registered"),
    133015: _means(PlatformDown, "registration_pending", retry_after_s=300),
    133016: _means(Throttled, "registration_rate_limited", retry_after_s=3600),
    134011: _means(MessageInvalid, "payments_terms_missing"),
    134100: _means(MessageInvalid, "marketing_only", MARKETING),
    134101: _means(PlatformDown, "template_syncing", MARKETING, retry_after_s=600),
    134102: _means(MessageInvalid, "marketing_api_refused", MARKETING),
    135000: _means(MessageInvalid, "message_invalid"),
    137000: _means(Rejected, "identity_changed", PYWA),
    **_all(range(138000, 138019), _means(Rejected, "call_refused", PYWA)),
    **_all(range(139000, 139005), _means(MessageInvalid, "form_invalid", PYWA)),
    **_all(range(139100, 139104), _means(Rejected, "block_failed", PYWA)),
    **_all(range(147001, 147006), _means(MessageInvalid, "username_refused", PYWA)),
    **_all((2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299), _means(MessageInvalid, "template_invalid")),
    **_all((2388001, 2388012, 2388091, 2388093, 2388103), _means(MessageInvalid, "migration_failed")),
    2494100: _means(PlatformDown, "maintenance", retry_after_s=60),
    **_all((2593107, 2593108), _means(MessageInvalid, "history_sync_refused")),
    2593109: _means(Rejected, "history_declined"),
}

PHONE_INVALID = _means(ContactUnreachable, "phone_invalid")
_BY_DETAILS: tuple[tuple[frozenset[int], re.Pattern[str], Meaning], ...] = (
    (frozenset({100, 131008, 131009}), re.compile(r"(?i)parameter '?to\b|recipient.{0,40}phone"), PHONE_INVALID),
    (frozenset({100, 131009, 131051}), re.compile(r"(?i)\bmedia\b|\bmime|param file must"), MEDIA_INVALID),
)


def meaning_of(code: int | None, details: str = "", *, transient: bool = False) -> Meaning:
    """Return what a platform code means. One that nobody documented is `rejected`, with the platform's own words."""
    for codes, pattern, meaning in _BY_DETAILS:
        if code in codes and pattern.search(details):
            return meaning
    known = MEANINGS.get(code) if code is not None else None
    if known:
        return known
    return PLATFORM_DOWN if transient else REJECTED


def answer_of(response: PlatformResponse, *, delivers: bool = False) -> Json:
    """Return the JSON of a good answer. Raises the SendError that a bad one is."""
    return graph_errors.answer_of(response, _meaning, delivers=delivers)


def error_of(error: GraphError, response: PlatformResponse) -> SendError:
    return graph_errors.error_of(error, response, _meaning)


def failure_of(errors: Sequence[Json]) -> Failure:
    """Return why, from a webhook's `errors[]`: `{"code": 131049, "title": …, "message": …, "error_data": {"details": …}}`."""
    if not errors:
        return Failure("rejected")
    first = errors[0]
    said = text(obj(first.get("error_data")).get("details")) or text(first.get("message")) or text(first.get("title"))
    code = integer(first.get("code"))
    return Failure(meaning_of(code, said).code, "" if code is None else str(code), said)


def _meaning(error: GraphError) -> Meaning:
    return meaning_of(error.code, error.details or error.message, transient=error.transient)
