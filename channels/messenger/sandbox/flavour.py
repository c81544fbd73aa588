"""Messenger's own rules.

Sources: Meta's "Send a Message" (5 May 2026), "Buttons" and "Quick replies" (22 Apr 2026), "Webhooks" (5 May 2026). Sizes of files, the
2,000 characters of a text and the subcodes are confirmed by no page; they are what clients and captured answers show.
"""

from __future__ import annotations

from channels.sandbox.messaging.flavour import MEGABYTE, FileRule, Flavour

FIELDS = {
    "message": "messages",
    "echo": "message_echoes",
    "edit": "message_edits",
    "reaction": "message_reactions",
    "delivery": "message_deliveries",
    "read": "message_reads",
    "postback": "messaging_postbacks",
    "referral": "messaging_referrals",
    "optin": "messaging_optins",
    "account_linking": "messaging_account_linking",
    "pass": "messaging_handovers",
    "take": "messaging_handovers",
    "request": "messaging_handovers",
    "app_roles": "messaging_handovers",
    "standby": "standby",
    "policy": "messaging_policy_enforcement",
    "order": "send_cart",
    "feedback": "response_feedback",
    "game": "messaging_game_plays",
    "feed": "feed",
    "mention": "mention",
    "templates": "message_template_status_update",
}

MESSENGER = Flavour(
    channel="messenger",
    object="page",
    fields=FIELDS,
    id_prefix="77",
    text_most=2000,
    text_in_bytes=False,
    images_most=30,
    files={
        "image": FileRule(("image/jpeg", "image/png", "image/gif", "image/webp"), 8 * MEGABYTE),
        "video": FileRule(("video/",), 25 * MEGABYTE),
        "audio": FileRule(("audio/",), 25 * MEGABYTE),
        "file": FileRule(("application/", "text/", "image/", "video/", "audio/"), 25 * MEGABYTE),
    },
    extras=frozenset(),
    templates=frozenset(("generic", "button", "media", "receipt", "product", "one_time_notif_req")),
    buttons=frozenset(("web_url", "postback", "phone_number", "account_link", "account_unlink", "game_play")),
    quick_replies=frozenset(("text", "user_phone_number", "user_email")),
    stickers=True,
    utility=True,
    personas=True,
    answers_edge="comments",
    echoes_say_who=True,
    delivers=True,
    reads_by_mid=False,
    inbox_app_id="263902037430900",
    window_closed=(10, 2018278),
    person_unknown=(100, 2018001),
    reply_used=(10900, None),
    reply_late=(10903, None),
)
