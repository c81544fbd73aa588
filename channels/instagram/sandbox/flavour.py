"""Instagram's own rules.

Sources: Meta's "Send Messages" of the Instagram Platform (2026), "Attachment upload" (30 Jun 2026), "Webhooks for Instagram Messaging"
(2026). The numbers of quick replies and cards, and the subcodes, are confirmed by no page.
"""

from __future__ import annotations

from channels.sandbox.messaging.flavour import MEGABYTE, FileRule, Flavour

FIELDS = {
    "message": "messages",
    "echo": "messages",
    "edit": "message_edit",
    "reaction": "message_reactions",
    "read": "messaging_seen",
    "postback": "messaging_postbacks",
    "referral": "messaging_referral",
    "optin": "messaging_optins",
    "pass": "messaging_handover",
    "take": "messaging_handover",
    "request": "messaging_handover",
    "standby": "standby",
    "comments": "comments",
    "live_comments": "live_comments",
    "mentions": "mentions",
}

INSTAGRAM = Flavour(
    channel="instagram",
    object="instagram",
    fields=FIELDS,
    id_prefix="66",
    text_most=1000,
    text_in_bytes=True,
    images_most=10,
    files={
        "image": FileRule(("image/jpeg", "image/png", "image/gif"), 8 * MEGABYTE),
        "video": FileRule(
            ("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"), 25 * MEGABYTE
        ),
        "audio": FileRule(("audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav"), 25 * MEGABYTE),
        "file": FileRule(("application/pdf",), 25 * MEGABYTE),
    },
    extras=frozenset(("like_heart", "MEDIA_SHARE")),
    templates=frozenset(("generic", "button", "product")),
    buttons=frozenset(("web_url", "postback")),
    quick_replies=frozenset(("text",)),
    stickers=False,
    utility=False,
    personas=False,
    answers_edge="replies",
    echoes_say_who=False,
    delivers=False,
    reads_by_mid=True,
    inbox_app_id="1217981644879628",
    window_closed=(10, 2534022),
    person_unknown=(100, 2534014),
    reply_used=(100, 2534025),
    reply_late=(10, 2534022),
)
