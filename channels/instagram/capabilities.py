"""What Instagram allows, as data, each number with the page that says so.

Base of the sources: https://developers.facebook.com/docs/instagram-platform and
https://developers.facebook.com/documentation/business-messaging/instagram-messaging (read 2026).
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import Account, Capabilities, Cards, Choices, Limit, MediaRule, Pace, Window
from channels.instagram.login import INSTAGRAM, login_of
from channels.kit.graph_errors import UNCONFIRMED
from channels.kit.messaging.compose import HUMAN_AGENT, PRIVATE_REPLY
from channels.kit.tolerant import number

_PLATFORM = "https://developers.facebook.com/docs/instagram-platform"
_MESSAGING = "https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features"
_SEND = f"{_PLATFORM}/instagram-api-with-instagram-login/messaging-api (2026)"
_UPLOAD = f"{_MESSAGING}/attachment-upload (30 Jun 2026)"
_QUICK_REPLIES = f"{_PLATFORM}/instagram-api-with-instagram-login/messaging-api/quick-replies (2026)"
_PRIVATE_REPLIES = f"{_PLATFORM}/private-replies (30 Jun 2026)"
_TOKEN = f"{_PLATFORM}/reference/refresh_access_token (2026)"
_LIMITS = "https://developers.facebook.com/docs/messenger-platform/rate-limits (23 Mar 2026)"
_MIB = 1024 * 1024
_DAY_S = 86_400
DEFAULT_PER_SECOND = 20.0
"""72,000 messages in a span that no page names stall the inbox: an hour at this pace. The documented limit is 300/s."""
MOST_PER_SECOND = 300.0

_TEXT = Limit(1000, "utf8_bytes", _SEND)

_MEDIA_RULES = {
    "image": MediaRule(("image/jpeg", "image/png", "image/gif"), 8 * _MIB, source=_UPLOAD),
    "video": MediaRule(
        ("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"), 25 * _MIB, source=_UPLOAD
    ),
    "audio": MediaRule(("audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav"), 25 * _MIB, source=_UPLOAD),
    "document": MediaRule(("application/pdf",), 25 * _MIB, source=_UPLOAD),
}

_CAPABILITIES = Capabilities(
    text=_TEXT,
    media=_MEDIA_RULES,
    windows=(
        Window("standard", _DAY_S, ("message", "reaction"), _SEND),
        Window(HUMAN_AGENT, 7 * _DAY_S, ("message",), _SEND, by="agent"),
        Window(PRIVATE_REPLY, 7 * _DAY_S, ("comment",), _PRIVATE_REPLIES, quota=1),
    ),
    pace=Pace(DEFAULT_PER_SECOND, source=_LIMITS, by_kind={"audio": 10.0, "video": 10.0}),
    buttons=Choices(
        most=13,
        title=Limit(20, source=_QUICK_REPLIES),
        text=_TEXT,
        id=Limit(1000, source=UNCONFIRMED),
        source=_QUICK_REPLIES,
    ),
    cards=Cards(
        most=10,
        title=Limit(80, source=UNCONFIRMED),
        subtitle=Limit(80, source=UNCONFIRMED),
        buttons=3,
        button=Limit(20, source=UNCONFIRMED),
        source=UNCONFIRMED,
    ),
    reactions=True,
    read_receipts=True,
    typing=True,
    profiles=True,
    comments=True,
    statuses=("sent", "read"),
)
_TOKEN_LIVES_S = 60 * _DAY_S


def capabilities(account: Account) -> Capabilities:
    """Return Instagram's rules with the account's own pace; a token of Instagram Login has to be renewed, a Page's has not."""
    found = _CAPABILITIES
    if login_of(account) == INSTAGRAM:
        found = replace(found, token_lifetime_s=_TOKEN_LIVES_S, sources={"token_lifetime_s": _TOKEN})
    per_second = number(account.settings.get("max_per_second"))
    if per_second is None or not 0 < per_second <= MOST_PER_SECOND:
        return found
    return replace(found, pace=replace(found.pace, per_second=per_second))
