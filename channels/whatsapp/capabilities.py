"""What WhatsApp allows, as data, each number with the page that says so.

Base of the sources: https://developers.facebook.com/documentation/business-messaging/whatsapp (read Dec 2025).
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import (
    Account,
    Capabilities,
    Carousel,
    Choices,
    Limit,
    MediaRule,
    Pace,
    TemplateButton,
    TemplateRules,
    Window,
)
from channels.kit.tolerant import number

_DOCS = "https://developers.facebook.com/documentation/business-messaging/whatsapp"
_MEDIA = f"{_DOCS}/business-phone-numbers/media"
_THROUGHPUT = f"{_DOCS}/throughput"
_PLATFORM = f"{_DOCS}/about-the-platform"
_BUTTONS = f"{_DOCS}/messages/interactive-reply-buttons-messages"
_LIST = f"{_DOCS}/messages/interactive-list-messages"
_KIB, _MIB = 1024, 1024 * 1024
_DAY_S = 86_400
STANDARD_PER_SECOND = 80.0

_CAPTION = Limit(1024, source=f"{_DOCS}/messages/image-messages")

_MEDIA_RULES = {
    "image": MediaRule(("image/jpeg", "image/png"), 5 * _MIB, _CAPTION, _MEDIA),
    "video": MediaRule(("video/mp4", "video/3gpp"), 16 * _MIB, _CAPTION, _MEDIA),
    "audio": MediaRule(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * _MIB, source=_MEDIA),
    "document": MediaRule(
        (
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        100 * _MIB,
        _CAPTION,
        _MEDIA,
    ),
    "sticker": MediaRule(("image/webp",), 500 * _KIB, source=_MEDIA),
}

_TEMPLATES = f"{_DOCS}/templates/components"
_BUTTON_TEXT = Limit(25, source=_TEMPLATES)
_HEADERS = ("image", "video", "document", "gif", "location", "product")
TEMPLATE_RULES = TemplateRules(
    owner="platform",
    categories=("utility", "marketing", "authentication"),
    body=Limit(1024, source=_TEMPLATES),
    headers=("text", *_HEADERS),
    header=Limit(60, source=_TEMPLATES),
    footer=Limit(60, source=_TEMPLATES),
    buttons=(
        TemplateButton("quick_reply", 10, _BUTTON_TEXT),
        TemplateButton("url", 2, _BUTTON_TEXT, Limit(2000, source=_TEMPLATES), variable=True),
        TemplateButton("phone_number", 1, _BUTTON_TEXT, Limit(20, source=_TEMPLATES)),
        TemplateButton("copy_code", 1, None, Limit(15, source=_TEMPLATES), variable=True),
        TemplateButton("otp", 1, _BUTTON_TEXT),
        TemplateButton("catalog", 1, _BUTTON_TEXT),
        TemplateButton("mpm", 1, _BUTTON_TEXT),
        TemplateButton("spm", 1, _BUTTON_TEXT),
        TemplateButton("flow", 1, _BUTTON_TEXT),
        TemplateButton("voice_call", 1, _BUTTON_TEXT),
        TemplateButton("request_contact_info", 1, None),
    ),
    most_buttons=10,
    carousel=Carousel(2, 10, Limit(160, source=_TEMPLATES), ("image", "video", "product"), 2),
    offer=Limit(16, source=_TEMPLATES),
    hydrated=Limit(1024, source=f"{_DOCS}/support/error-codes"),
    one_line=True,
    edits=("approved", "rejected", "paused"),
    source=_TEMPLATES,
)

_CAPABILITIES = Capabilities(
    text=Limit(4096, source=f"{_DOCS}/messages/text-messages"),
    media=_MEDIA_RULES,
    windows=(Window("service", _DAY_S, ("message", "call", "welcome"), f"{_PLATFORM}#customer-service-windows"),),
    pace=Pace(STANDARD_PER_SECOND, pair_per_s=1 / 6, pair_burst=45, source=_THROUGHPUT),
    buttons=Choices(most=3, title=Limit(20), text=Limit(1024), id=Limit(256), source=_BUTTONS),
    list=Choices(
        most=10,
        title=Limit(24),
        text=Limit(4096),
        id=Limit(200),
        description=Limit(72),
        button=Limit(20),
        sections=10,
        source=_LIST,
    ),
    location=True,
    reply_to=True,
    reactions=True,
    link_preview=True,
    templates=TEMPLATE_RULES,
    read_receipts=True,
    typing=True,
    callback=True,
    idempotent_send=False,
    statuses=("sent", "delivered", "read", "played", "failed"),
    reaction_max_age_s=30 * _DAY_S,
    sources={"reaction_max_age_s": f"{_DOCS}/messages/reaction-messages"},
)


def capabilities(account: Account) -> Capabilities:
    """Return WhatsApp's rules with the account's own pace: 80/s, 20/s beside the phone app, up to 1,000/s when upgraded."""
    per_second = number(account.settings.get("max_per_second"))
    if per_second is None or not 0 < per_second <= 1000:
        return _CAPABILITIES
    return replace(_CAPABILITIES, pace=replace(_CAPABILITIES.pace, per_second=per_second))
