"""Why a message was not sent, in words: many codes of the platforms, few things for a person to know.

The one table for answers of the API and for the pages, which get it with their catalog. {channel} is the channel's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.words import Gettext, _, fill

_FAMILIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("contact_unreachable", "phone_invalid", "phone_required"), _("Not sent: this number is not on {channel}.")),
    (("visitor_gone",), _("Not sent: this visitor’s chat has ended.")),
    (("recipient_is_sender",), _("Not sent: this is the number of the account itself.")),
    (("recipient_not_allowed",), _("Not sent: this number is not on the list of test numbers at {channel}.")),
    (("country_restricted",), _("Not sent: {channel} does not allow it in this person’s country.")),
    (
        (
            *("contact_unknown", "contact_not_receiving", "contact_not_following", "address_missing"),
            *(
                "messages_switched_off",
                "thread_gone",
                "visitor_gone",
                "group_invalid",
                "identity_changed",
                "profile_unavailable",
            ),
        ),
        _("Not sent: this person cannot be reached on {channel} now."),
    ),
    (("contact_opted_out", "subscription_missing"), _("Not sent: this person does not want messages.")),
    (
        ("marketing_capped", "experiment_holdout", "marketing_only"),
        _("Not sent: {channel} limits promotions to this person."),
    ),
    (("window_closed",), _("Not sent: the time to answer freely on {channel} is over.")),
    (
        ("window_used_up", "private_reply_used", "already_sent"),
        _("Not sent: {channel} allows no further message until the customer writes again."),
    ),
    (("connection_failed",), _("Not sent: {channel} could not be reached.")),
    (("outcome_unknown",), _("{channel} did not answer. It may have arrived.")),
    (
        ("platform_down", "maintenance", "registration_pending", "template_syncing"),
        _("Not sent: {channel} has a fault right now."),
    ),
    (
        (
            *("throttled", "private_reply_rate_limited", "daily_limit_reached", "app_rate_limited"),
            *("account_rate_limited", "form_throttled", "registration_rate_limited", "limit_reset_refused"),
        ),
        _("Not sent: {channel} allows no more messages for now."),
    ),
    (("contact_rate_limited",), _("Not sent: too many messages to this person in a short time.")),
    (("billing_problem",), _("Not sent: the payment to {channel} failed. An admin must settle it.")),
    (
        ("account_blocked", "account_restricted", "app_removed", "account_locked", "spam_limited", "form_blocked"),
        _("Not sent: {channel} has blocked this account. An admin must look."),
    ),
    (
        (
            *("credentials_invalid", "token_rejected", "secret_invalid", "app_id_invalid", "password_changed"),
            *("token_invalid", "token_expired", "permission_missing", "number_missing", "number_not_registered"),
            *("registration_failed", "display_name_unapproved", "agreement_missing", "payments_terms_missing"),
            *("account_kind_refused", "api_forbidden", "migration_failed", "username_refused"),
        ),
        _("Not sent: {channel} no longer accepts our key. An admin must renew it."),
    ),
    (("token_not_renewed",), _("Not sent: {channel} gave us no new key.")),
    (
        ("ip_not_allowed",),
        _("Not sent: {channel} does not accept our address. An admin must add it to the list there."),
    ),
    (
        ("session_ended", "session_with_colleague", "session_state_refused", "colleague_off_duty", "thread_held"),
        _("Not sent: somebody else at {channel} has this conversation."),
    ),
    (("contact_blacklisted", "block_failed"), _("Not sent: this person is on the block list.")),
    (("content_refused",), _("Not sent: {channel} does not allow these words.")),
    (("text_too_long",), _("Not sent: the text is too long for {channel}.")),
    (
        ("media_unreadable", "media_invalid", "media_unavailable", "media_not_fetched", "media_damaged"),
        _("Not sent: {channel} could not read the file."),
    ),
    (("media_missing", "media_gone"), _("Not sent: the file is no longer here.")),
    (("media_too_large",), _("Not sent: the file is too large for {channel}.")),
    (
        ("message_unavailable", "target_not_sent", "target_missing", "object_missing"),
        _("Not sent: the message it belongs to is not there."),
    ),
    (
        (
            *("message_invalid", "parameter_invalid", "parameter_missing", "kind_unsupported", "caption_unsupported"),
            *("intent_unsupported", "message_empty", "too_many_buttons", "sticker_missing", "request_refused"),
            *(
                "articles_count",
                "menu_invalid",
                "page_invalid",
                "form_invalid",
                "recipients_invalid",
                "address_refused",
            ),
            *("order_status_refused", "payments_unsupported", "marketing_api_refused", "marketing_api_required"),
            *("typing_refused", "call_refused", "history_declined", "history_sync_refused"),
            *("service_account_in_use", "service_account_invalid", "service_account_missing"),
        ),
        _("Not sent: {channel} does not accept this message."),
    ),
    (("response_unexpected",), _("Not sent: {channel} answered something unknown.")),
    (("expired",), _("Not sent: it waited too long.")),
    (
        ("sending_stopped", "account_removed", "channel_paused"),
        _("Not sent: sending on this channel account has stopped."),
    ),
    (("internal_error", "internal"), _("Not sent: we had a fault. Try again.")),
    (("rejected", "send_failed"), _("Not sent: {channel} refused it.")),
)
TEMPLATE = _("Not sent: this template cannot be used. Choose another.")
OTHER = _("Not sent: {channel} refused it.")

SENTENCES: Mapping[str, str] = {code: sentence for codes, sentence in _FAMILIES for code in codes}
"""Our code → the English sentence, which is the key of its translations."""


def sentence_of(code: str) -> str:
    """Return the English sentence of a code, also of one that nobody wrote words for."""
    if code in SENTENCES:
        return SENTENCES[code]
    return TEMPLATE if code.startswith("template_") else OTHER


def failure_text(code: str, gettext: Gettext = _, *, channel: str = "") -> str:
    """Return why a message was not sent, in the reader's language."""
    return fill(gettext(sentence_of(code)), {"channel": gettext(channel or _("The channel"))})
