"""What Messenger allows, as data, each number with the page that says so.

Base of the sources: https://developers.facebook.com/docs/messenger-platform (read 2026).
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import (
    Account,
    Capabilities,
    Cards,
    Choices,
    Limit,
    MediaRule,
    Pace,
    TemplateButton,
    TemplateRules,
    Window,
)
from channels.kit.graph_errors import UNCONFIRMED
from channels.kit.messaging.compose import HUMAN_AGENT, PRIVATE_REPLY
from channels.kit.tolerant import number

_DOCS = "https://developers.facebook.com/docs/messenger-platform"
_SEND = f"{_DOCS}/send-messages (5 May 2026)"
_BUTTONS = f"{_DOCS}/send-messages/buttons (22 Apr 2026)"
_QUICK_REPLIES = f"{_DOCS}/send-messages/quick-replies (22 Apr 2026)"
_PRIVATE_REPLIES = f"{_DOCS}/discovery/private-replies (16 Apr 2026)"
_LIMITS = f"{_DOCS}/rate-limits (23 Mar 2026)"
_MIB = 1024 * 1024
_DAY_S = 86_400
DEFAULT_PER_SECOND = 40.0
"""Above this the Page's own inbox stalls, and sending is stopped until it drops; the documented limit is 300."""
MOST_PER_SECOND = 300.0

_TITLE = Limit(20, source=_QUICK_REPLIES)
_PAYLOAD = Limit(1000, source=_QUICK_REPLIES)
_TEXT = Limit(2000, source=UNCONFIRMED)

_MEDIA_RULES = {
    "image": MediaRule(("image/jpeg", "image/png", "image/gif", "image/webp"), 8 * _MIB, source=UNCONFIRMED),
    "video": MediaRule(("video/mp4", "video/quicktime", "video/webm", "video/ogg"), 25 * _MIB, source=UNCONFIRMED),
    "audio": MediaRule(
        ("audio/mpeg", "audio/mp4", "audio/aac", "audio/wav", "audio/ogg"), 25 * _MIB, source=UNCONFIRMED
    ),
    "document": MediaRule(
        (
            "application/pdf",
            "text/plain",
            "text/csv",
            "application/zip",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        25 * _MIB,
        source=UNCONFIRMED,
    ),
}

_UTILITY = f"{_DOCS}/send-messages/utility-messages (2026)"
_TEMPLATE_RULES = TemplateRules(
    owner="platform",
    categories=("utility",),
    body=Limit(1024, source=UNCONFIRMED),
    headers=("text", "image"),
    header=Limit(60, source=UNCONFIRMED),
    buttons=(
        TemplateButton("url", 2, Limit(20, source=_BUTTONS), Limit(2000, source=UNCONFIRMED), variable=True),
        TemplateButton("quick_reply", 3, Limit(20, source=_BUTTONS)),
    ),
    most_buttons=3,
    hydrated=Limit(1024, source=UNCONFIRMED),
    one_line=True,
    edits=("approved", "rejected", "paused"),
    source=_UTILITY,
)

_CAPABILITIES = Capabilities(
    text=_TEXT,
    media=_MEDIA_RULES,
    windows=(
        Window("standard", _DAY_S, ("message", "reaction"), _SEND),
        Window(HUMAN_AGENT, 7 * _DAY_S, ("message",), _SEND, by="agent"),
        Window(PRIVATE_REPLY, 7 * _DAY_S, ("comment",), _PRIVATE_REPLIES, quota=1),
    ),
    pace=Pace(DEFAULT_PER_SECOND, source=_LIMITS, by_kind={"audio": 10.0, "video": 10.0}),
    buttons=Choices(most=13, title=_TITLE, text=_TEXT, id=_PAYLOAD, source=_QUICK_REPLIES),
    cards=Cards(
        most=10,
        title=Limit(80, source=UNCONFIRMED),
        subtitle=Limit(80, source=UNCONFIRMED),
        buttons=3,
        button=Limit(20, source=_BUTTONS),
        source=UNCONFIRMED,
    ),
    reply_to=True,
    reactions=True,
    templates=_TEMPLATE_RULES,
    read_receipts=True,
    typing=True,
    callback=True,
    profiles=True,
    comments=True,
    kinds=("sticker",),
    statuses=("sent", "delivered", "read"),
)


def capabilities(account: Account) -> Capabilities:
    """Return Messenger's rules with the Page's own pace."""
    per_second = number(account.settings.get("max_per_second"))
    if per_second is None or not 0 < per_second <= MOST_PER_SECOND:
        return _CAPABILITIES
    return replace(_CAPABILITIES, pace=replace(_CAPABILITIES.pace, per_second=per_second))
