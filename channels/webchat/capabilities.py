"""What web chat allows, as data. The limits are our own choice: what a narrow window on a shop's page can show well."""

from __future__ import annotations

from dataclasses import replace

from channels.contract import Account, Capabilities, Cards, Choices, Limit, MediaRule, Pace
from channels.kit.tolerant import number

OWN = "channels/webchat/README.md: our own choice"
_MIB = 1024 * 1024
DEFAULT_PER_SECOND = 200.0
MOST_PER_SECOND = 1000.0

_TEXT = Limit(4000, source=OWN)
_CAPTION = Limit(1000, source=OWN)
_ID = Limit(256, source=OWN)
_TITLE = Limit(40, source=OWN)

DOCUMENTS = (
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
)

_CAPABILITIES = Capabilities(
    text=_TEXT,
    media={
        "image": MediaRule(("image/jpeg", "image/png", "image/gif", "image/webp"), 16 * _MIB, _CAPTION, OWN),
        "video": MediaRule(("video/mp4", "video/webm"), 64 * _MIB, _CAPTION, OWN),
        "audio": MediaRule(
            ("audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/webm", "audio/wav"), 32 * _MIB, None, OWN
        ),
        "document": MediaRule(DOCUMENTS, 64 * _MIB, _CAPTION, OWN),
    },
    windows=(),
    pace=Pace(DEFAULT_PER_SECOND, source=OWN),
    buttons=Choices(most=10, title=_TITLE, text=_TEXT, id=_ID, source=OWN),
    list=Choices(
        most=30,
        title=Limit(60, source=OWN),
        text=_TEXT,
        id=_ID,
        description=Limit(120, source=OWN),
        button=_TITLE,
        sections=10,
        source=OWN,
    ),
    cards=Cards(
        most=10,
        title=Limit(80, source=OWN),
        subtitle=Limit(160, source=OWN),
        buttons=3,
        button=_TITLE,
        source=OWN,
    ),
    location=True,
    reply_to=True,
    reactions=True,
    read_receipts=True,
    typing=True,
    idempotent_send=True,
    statuses=("sent", "delivered", "read"),
)
UPLOADS = frozenset(mime for rule in _CAPABILITIES.media.values() for mime in rule.mimes)
"""What a visitor may send."""


def capabilities(account: Account) -> Capabilities:
    """Return web chat's rules with the account's own pace."""
    per_second = number(account.settings.get("max_per_second"))
    if per_second is None or not 0 < per_second <= MOST_PER_SECOND:
        return _CAPABILITIES
    return replace(_CAPABILITIES, pace=replace(_CAPABILITIES.pace, per_second=per_second))
