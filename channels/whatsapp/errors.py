"""Say in our words what a platform error means: one table, decided by code and then by details, never by title or HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.contract import (
    ContactOptedOut,
    ContactUnreachable,
    CredentialsInvalid,
    Failure,
    Json,
    MessageInvalid,
    OutcomeUnknown,
    PlatformDown,
    PlatformResponse,
    Rejected,
    ResponseUnexpected,
    SendError,
    Throttled,
    WindowClosed,
)
from channels.kit.graph import GraphError, read_error, read_object, retry_after_s
from channels.kit.tolerant import integer, obj, text

META = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (12 Dec 2025)"
MARKETING = "https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages (Dec 2025)"
PAYMENTS = "https://developers.facebook.com/documentation/business-messaging/whatsapp/payments (Dec 2025)"
PYWA = "https://github.com/david-lev/pywa 4.5.0 pywa/errors.py (Nov 2026)"
UNCONFIRMED = "seen in no vendor text"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one platform code is for us: the class decides the policy, `code` the words."""

    error: type[SendError]
    code: str
    source: str = META
    retry_after_s: float | None = None
    pair: bool = False


def _all(codes: Sequence[int], meaning: Meaning) -> dict[int, Meaning]:
    return dict.fromkeys(codes, meaning)


PERMISSION_MISSING = Meaning(CredentialsInvalid, "permission_missing")
PARAMETER_INVALID = Meaning(MessageInvalid, "parameter_invalid")
MEDIA_INVALID = Meaning(MessageInvalid, "media_invalid")
PLATFORM_DOWN = Meaning(PlatformDown, "platform_down")
REGISTRATION_FAILED = Meaning(CredentialsInvalid, "registration_failed")

MEANINGS: Mapping[int, Meaning] = {
    0: Meaning(CredentialsInvalid, "token_invalid"),
    1: PLATFORM_DOWN,
    2: PLATFORM_DOWN,
    3: PERMISSION_MISSING,
    4: Meaning(Throttled, "app_rate_limited", retry_after_s=60),
    10: PERMISSION_MISSING,
    33: Meaning(CredentialsInvalid, "number_missing"),
    100: PARAMETER_INVALID,
    190: Meaning(CredentialsInvalid, "token_expired"),
    **_all(range(200, 300), PERMISSION_MISSING),
    368: Meaning(CredentialsInvalid, "account_blocked"),
    2040: Meaning(Rejected, "payments_unsupported", PAYMENTS),
    **_all((2046, 2047), Meaning(Rejected, "order_status_refused", PAYMENTS)),
    80007: Meaning(Throttled, "account_rate_limited", retry_after_s=60),
    130403: Meaning(Rejected, "rejected", UNCONFIRMED),
    130429: Meaning(Throttled, "throttled", retry_after_s=2),
    130472: Meaning(Rejected, "experiment_holdout"),
    130497: Meaning(Rejected, "country_restricted"),
    131000: PLATFORM_DOWN,
    131005: PERMISSION_MISSING,
    131008: Meaning(MessageInvalid, "parameter_missing"),
    131009: PARAMETER_INVALID,
    131016: PLATFORM_DOWN,
    **_all((131020, 131041, 131059, *range(131201, 131216)), Meaning(MessageInvalid, "group_invalid", PYWA)),
    131021: Meaning(Rejected, "recipient_is_sender"),
    131026: Meaning(ContactUnreachable, "contact_unreachable"),
    131030: Meaning(MessageInvalid, "recipient_not_allowed", PYWA),
    131031: Meaning(CredentialsInvalid, "account_locked"),
    131037: Meaning(CredentialsInvalid, "display_name_unapproved"),
    131042: Meaning(CredentialsInvalid, "billing_problem"),
    131044: Meaning(CredentialsInvalid, "billing_problem", PYWA),
    131045: Meaning(CredentialsInvalid, "number_not_registered"),
    131047: Meaning(WindowClosed, "window_closed"),
    131048: Meaning(CredentialsInvalid, "spam_limited"),
    131049: Meaning(Rejected, "marketing_capped"),
    131050: Meaning(ContactOptedOut, "contact_opted_out"),
    131051: Meaning(MessageInvalid, "kind_unsupported"),
    131052: Meaning(Rejected, "media_unavailable"),
    131053: MEDIA_INVALID,
    131055: Meaning(MessageInvalid, "marketing_api_refused", MARKETING),
    131056: Meaning(Throttled, "contact_rate_limited", retry_after_s=6, pair=True),
    131057: Meaning(PlatformDown, "maintenance", retry_after_s=60),
    131060: Meaning(Rejected, "message_unavailable", UNCONFIRMED),
    131062: Meaning(ContactUnreachable, "phone_required"),
    131063: Meaning(MessageInvalid, "marketing_api_required", PYWA),
    131064: Meaning(CredentialsInvalid, "template_misclassified", PYWA),
    132000: Meaning(MessageInvalid, "template_parameters_wrong"),
    132001: Meaning(MessageInvalid, "template_missing"),
    132005: Meaning(MessageInvalid, "template_too_long"),
    132007: Meaning(MessageInvalid, "template_against_policy"),
    132008: Meaning(MessageInvalid, "template_parameters_wrong", PYWA),
    132012: Meaning(MessageInvalid, "template_parameters_wrong"),
    132015: Meaning(MessageInvalid, "template_paused"),
    132016: Meaning(MessageInvalid, "template_disabled"),
    132068: Meaning(MessageInvalid, "form_blocked"),
    132069: Meaning(Rejected, "form_throttled"),
    133000: REGISTRATION_FAILED,
    133004: PLATFORM_DOWN,
    **_all((133005, 133006, 133008, 133009), REGISTRATION_FAILED),
    133010: Meaning(CredentialsInvalid, "number_not_registered"),
    133015: Meaning(PlatformDown, "registration_pending", retry_after_s=300),
    133016: Meaning(Throttled, "registration_rate_limited", retry_after_s=3600),
    134011: Meaning(MessageInvalid, "payments_terms_missing"),
    134100: Meaning(MessageInvalid, "marketing_only", MARKETING),
    134101: Meaning(PlatformDown, "template_syncing", MARKETING, retry_after_s=600),
    134102: Meaning(MessageInvalid, "marketing_api_refused", MARKETING),
    135000: Meaning(MessageInvalid, "message_invalid"),
    137000: Meaning(Rejected, "identity_changed", PYWA),
    **_all(range(138000, 138019), Meaning(Rejected, "call_refused", PYWA)),
    **_all(range(139000, 139005), Meaning(MessageInvalid, "form_invalid", PYWA)),
    **_all(range(139100, 139104), Meaning(Rejected, "block_failed", PYWA)),
    **_all(range(147001, 147006), Meaning(MessageInvalid, "username_refused", PYWA)),
    **_all(
        (2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299), Meaning(MessageInvalid, "template_invalid")
    ),
    **_all((2388001, 2388012, 2388091, 2388093, 2388103), Meaning(MessageInvalid, "migration_failed")),
    2494100: Meaning(PlatformDown, "maintenance", retry_after_s=60),
    **_all((2593107, 2593108), Meaning(MessageInvalid, "history_sync_refused")),
    2593109: Meaning(Rejected, "history_declined"),
}

PHONE_INVALID = Meaning(ContactUnreachable, "phone_invalid")
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
    return PLATFORM_DOWN if transient else Meaning(Rejected, "rejected", UNCONFIRMED)


def answer_of(response: PlatformResponse, *, delivers: bool = False) -> Json:
    """Return the JSON of a good answer. Raises the SendError that a bad one is.

    An answer without Graph's error envelope comes from a proxy in between. Whether the platform took the message is then not known,
    so a delivering request becomes OutcomeUnknown unless the HTTP status says that it was refused.
    """
    answer = read_object(response)
    error = read_error(answer)
    if error:
        raise error_of(error, response)
    if answer is not None and 200 <= response.status < 300:
        return answer
    raise _unreadable(response, delivers=delivers)


def error_of(error: GraphError, response: PlatformResponse) -> SendError:
    meaning = meaning_of(error.code, error.details or error.message, transient=error.transient)
    return _raised(
        meaning, error.details or error.message, "" if error.code is None else str(error.code), retry_after_s(response)
    )


def failure_of(errors: Sequence[Json]) -> Failure:
    """Return why, from a webhook's `errors[]`: `{"code": 131049, "title": …, "message": …, "error_data": {"details": …}}`."""
    if not errors:
        return Failure("rejected")
    first = errors[0]
    said = text(obj(first.get("error_data")).get("details")) or text(first.get("message")) or text(first.get("title"))
    code = integer(first.get("code"))
    return Failure(meaning_of(code, said).code, "" if code is None else str(code), said)


def _raised(meaning: Meaning, said: str, external_code: str, wait_s: float | None) -> SendError:
    fields: dict[str, Any] = {"code": meaning.code, "external_code": external_code}
    if meaning.error is Throttled:
        return Throttled(said, pair=meaning.pair, retry_after_s=wait_s or meaning.retry_after_s, **fields)
    return meaning.error(said, retry_after_s=meaning.retry_after_s, **fields)


def _unreadable(response: PlatformResponse, *, delivers: bool) -> SendError:
    said = f"HTTP {response.status}"
    if response.status == 429:
        return Throttled(said, external_code="429", retry_after_s=retry_after_s(response))
    if delivers and not 300 <= response.status < 500:
        return OutcomeUnknown(said, external_code=str(response.status))
    error = PlatformDown if response.status >= 500 else ResponseUnexpected
    return error(said, external_code=str(response.status))
