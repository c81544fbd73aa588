"""Say in our words what a platform error means: one table by `errcode`. The HTTP status is 200 even for errors, and `errmsg` changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.contract import (
    ContactUnreachable,
    CredentialsInvalid,
    Json,
    MessageInvalid,
    OutcomeUnknown,
    PayloadMalformed,
    PlatformDown,
    PlatformResponse,
    Rejected,
    ResponseUnexpected,
    SendError,
    Throttled,
    TokenRejected,
    WindowClosed,
)
from channels.kit.payload import read_payload
from channels.kit.tolerant import number, text

CODES = "https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html (Nov 2026)"
CUSTOM = "https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html (Nov 2026)"
TYPING = "https://developers.weixin.qq.com/doc/service/api/customer/message/api_typing.html (Nov 2026)"
TEMPLATE = "https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html (Nov 2026)"
MASS = "https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends.html (Nov 2026)"
WXJAVA = "https://github.com/Wechat-Group/WxJava WxMpErrorMsgEnum.java (Nov 2026)"
WECOM = "https://developer.work.weixin.qq.com/document/path/90455 (Nov 2026)"
SILENCEPER = "https://github.com/silenceper/wechat work/kf (Nov 2026)"
UNCONFIRMED = "seen in no vendor text"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one platform code is for us: the class decides the policy, `code` the words."""

    error: type[SendError]
    code: str
    source: str = CODES
    retry_after_s: float | None = None


def _all(codes: Sequence[int], meaning: Meaning) -> dict[int, Meaning]:
    return dict.fromkeys(codes, meaning)


MEDIA_INVALID = Meaning(MessageInvalid, "media_invalid")
ARGUMENT_INVALID = Meaning(MessageInvalid, "parameter_invalid")
TOKEN_REJECTED = Meaning(TokenRejected, "token_rejected")
TOO_LONG = Meaning(MessageInvalid, "text_too_long")
MENU_INVALID = Meaning(MessageInvalid, "menu_invalid", WXJAVA)
ACCOUNT_KIND_REFUSED = Meaning(CredentialsInvalid, "permission_missing")
SECRET_INVALID = Meaning(CredentialsInvalid, "secret_invalid")
MASS_BUSY = Meaning(Throttled, "throttled", MASS, retry_after_s=60)
SERVICE_ACCOUNT_INVALID = Meaning(MessageInvalid, "service_account_invalid", WXJAVA)

MEANINGS: Mapping[int, Meaning] = {
    -1: Meaning(PlatformDown, "platform_down"),
    **_all((40001, 40014, 41001, 42001), TOKEN_REJECTED),
    40002: ARGUMENT_INVALID,
    40003: Meaning(ContactUnreachable, "contact_unknown", CUSTOM),
    **_all((40004, 40005, 40006, 40007, 40009, 40010, 40011, 40012, 40137), MEDIA_INVALID),
    40008: Meaning(MessageInvalid, "kind_unsupported"),
    40013: Meaning(CredentialsInvalid, "app_id_invalid"),
    **_all((*range(40015, 40029), 40054, 40055, 46003, *range(65301, 65318)), MENU_INVALID),
    40032: Meaning(MessageInvalid, "recipients_invalid", MASS),
    **_all((40033, 40035, 40058), ARGUMENT_INVALID),
    40037: Meaning(MessageInvalid, "template_missing", TEMPLATE),
    40096: Meaning(ContactUnreachable, "contact_unknown", WECOM),
    **_all((40125, 40243), SECRET_INVALID),
    40164: Meaning(CredentialsInvalid, "ip_not_allowed"),
    40200: ACCOUNT_KIND_REFUSED,
    **_all((41002, 41004), SECRET_INVALID),
    **_all((41005, 41006, 44001), Meaning(MessageInvalid, "media_missing")),
    41030: Meaning(MessageInvalid, "page_invalid", UNCONFIRMED),
    42007: Meaning(CredentialsInvalid, "password_changed"),
    **_all((43001, 43002, 43003), Meaning(ResponseUnexpected, "request_refused")),
    43004: Meaning(ContactUnreachable, "contact_not_following", CUSTOM),
    43019: Meaning(ContactUnreachable, "contact_blacklisted"),
    43101: Meaning(Rejected, "subscription_missing"),
    43107: Meaning(Rejected, "subscription_missing", UNCONFIRMED),
    43116: Meaning(MessageInvalid, "template_blocked", TEMPLATE),
    43117: Meaning(Rejected, "contact_rate_limited", UNCONFIRMED),
    **_all((44002, 44003, 44004), Meaning(MessageInvalid, "message_empty")),
    **_all((45001, 45007), Meaning(MessageInvalid, "media_too_large")),
    **_all((45002, 45003, 45004, 45005, 45006), TOO_LONG),
    45008: Meaning(MessageInvalid, "articles_count", CUSTOM),
    45009: Meaning(Throttled, "daily_limit_reached", retry_after_s=3600),
    45011: Meaning(Throttled, "throttled", retry_after_s=60),
    45015: Meaning(WindowClosed, "window_closed", CUSTOM),
    45028: Meaning(Throttled, "daily_limit_reached", MASS, retry_after_s=3600),
    45033: Meaning(Throttled, "throttled", WECOM, retry_after_s=2),
    45047: Meaning(WindowClosed, "window_used_up", CUSTOM),
    45065: Meaning(Rejected, "already_sent", MASS),
    45066: MASS_BUSY,
    45067: Meaning(MessageInvalid, "parameter_invalid", MASS),
    45072: Meaning(MessageInvalid, "parameter_invalid", TYPING),
    **_all((45080, 45081), Meaning(Rejected, "typing_refused", TYPING)),
    **_all((45083, 45084), Meaning(MessageInvalid, "parameter_invalid", MASS)),
    45162: Meaning(MessageInvalid, "kind_unsupported", WXJAVA),
    45166: Meaning(MessageInvalid, "content_refused", WXJAVA),
    46004: Meaning(ContactUnreachable, "contact_unknown"),
    **_all((47001, 47003), Meaning(MessageInvalid, "template_parameters_wrong", TEMPLATE)),
    48001: ACCOUNT_KIND_REFUSED,
    48002: Meaning(ContactUnreachable, "messages_switched_off"),
    48003: Meaning(CredentialsInvalid, "agreement_missing", MASS),
    48004: Meaning(CredentialsInvalid, "account_blocked"),
    48006: Meaning(Rejected, "limit_reset_refused"),
    48008: Meaning(CredentialsInvalid, "permission_missing", MASS),
    50002: Meaning(CredentialsInvalid, "account_blocked"),
    50005: Meaning(ContactUnreachable, "contact_not_following"),
    60020: Meaning(CredentialsInvalid, "ip_not_allowed", WECOM),
    **_all((61004, 61007), Meaning(CredentialsInvalid, "permission_missing", UNCONFIRMED)),
    **_all((61450, 61451, 61452, 61453, 61454, 61455, 61456, 61457, 61458, 61459), SERVICE_ACCOUNT_INVALID),
    **_all((65400, 65401, 65402, 65413, 65414), SERVICE_ACCOUNT_INVALID),
    87014: Meaning(MessageInvalid, "content_refused", UNCONFIRMED),
    95000: Meaning(CredentialsInvalid, "service_account_missing", WECOM),
    95001: Meaning(WindowClosed, "window_used_up", WECOM),
    95011: Meaning(CredentialsInvalid, "service_account_in_use", SILENCEPER),
    95013: Meaning(WindowClosed, "session_ended", UNCONFIRMED),
    95014: Meaning(Rejected, "colleague_off_duty", WECOM),
    95016: Meaning(Rejected, "session_state_refused", UNCONFIRMED),
    95017: Meaning(CredentialsInvalid, "permission_missing", UNCONFIRMED),
    95018: Meaning(WindowClosed, "session_with_colleague", WECOM),
}
"""Of an Official Account, and those of WeCom alone."""

WECOM_MEANINGS: Mapping[int, Meaning] = {
    45009: Meaning(Throttled, "throttled", WECOM, retry_after_s=60),
    48002: Meaning(CredentialsInvalid, "permission_missing", WECOM),
}
"""Codes that mean something else to WeCom."""


def meaning_of(code: int | None, *, wecom: bool = False) -> Meaning:
    """Return what a platform code means. One that nobody documented is `rejected`, with the platform's own words."""
    if code is None:
        return Meaning(Rejected, "rejected", UNCONFIRMED)
    known = WECOM_MEANINGS.get(code) if wecom else None
    return known or MEANINGS.get(code) or Meaning(Rejected, "rejected", UNCONFIRMED)


def answer_of(response: PlatformResponse, *, delivers: bool = False, wecom: bool = False) -> Json:
    """Return the JSON of a good answer, in which `errcode` is 0 or missing. Raises the SendError that a bad one is.

    An answer that is no such JSON comes from a proxy in between. Whether the platform took the message is then not known, so a
    delivering request becomes OutcomeUnknown unless the HTTP status says that it was refused.
    """
    try:
        answer = read_payload(response.body)
    except PayloadMalformed:
        raise _unreadable(response, delivers=delivers) from None
    code = _code(answer.get("errcode", 0))
    if code is None:
        raise _unreadable(response, delivers=delivers)
    if code:
        raise error_of(code, text(answer.get("errmsg")), wecom=wecom)
    if not 200 <= response.status < 300:
        raise _unreadable(response, delivers=delivers)
    return answer


def error_of(code: int, said: str, *, wecom: bool = False) -> SendError:
    meaning = meaning_of(code, wecom=wecom)
    fields: dict[str, Any] = {"code": meaning.code, "external_code": str(code), "retry_after_s": meaning.retry_after_s}
    return meaning.error(said, **fields)


def _code(value: object) -> int | None:
    """Return a code, which may be negative, and a string where a proxy rewrote it."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def _unreadable(response: PlatformResponse, *, delivers: bool) -> SendError:
    said = f"HTTP {response.status}"
    if response.status == 429:
        return Throttled(said, external_code="429")
    if delivers and not 300 <= response.status < 500:
        return OutcomeUnknown(said, external_code=str(response.status))
    error = PlatformDown if response.status >= 500 else ResponseUnexpected
    return error(said, external_code=str(response.status))
