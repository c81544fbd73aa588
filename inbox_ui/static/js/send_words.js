/** Why a message was not sent, in words: many codes of the platforms, few things for a person to know. */

import { t } from "./i18n.js";

/** @typedef {import("./types.d.ts").Failure} Failure */

/** @type {[string[], (channel: string) => string][]} */
const FAMILIES = [
  [["contact_unreachable", "phone_invalid", "phone_required"], (channel) => t("Not sent: this number is not on {channel}.", { channel })],
  [["recipient_is_sender"], () => t("Not sent: this is the number of the account itself.")],
  [["recipient_not_allowed"], (channel) => t("Not sent: this number is not on the list of test numbers at {channel}.", { channel })],
  [["country_restricted"], (channel) => t("Not sent: {channel} does not allow it in this person’s country.", { channel })],
  [["contact_unknown", "contact_not_receiving", "contact_not_following", "address_missing", "messages_switched_off", "thread_gone"], (channel) => t("Not sent: this person cannot be reached on {channel} now.", { channel })],
  [["contact_opted_out"], () => t("Not sent: this person does not want messages.")],
  [["marketing_capped", "experiment_holdout", "marketing_only"], (channel) => t("Not sent: {channel} limits promotions to this person.", { channel })],
  [["window_closed"], (channel) => t("Not sent: the time to answer freely on {channel} is over.", { channel })],
  [["window_used_up", "private_reply_used"], (channel) => t("Not sent: {channel} allows no further message until the customer writes again.", { channel })],
  [["connection_failed"], (channel) => t("Not sent: {channel} could not be reached.", { channel })],
  [["platform_down", "maintenance", "registration_pending", "template_syncing"], (channel) => t("Not sent: {channel} has a fault right now.", { channel })],
  [["throttled", "private_reply_rate_limited", "daily_limit_reached", "app_rate_limited", "account_rate_limited", "form_throttled"], (channel) => t("Not sent: {channel} allows no more messages for now.", { channel })],
  [["contact_rate_limited"], () => t("Not sent: too many messages to this person in a short time.")],
  [["billing_problem"], (channel) => t("Not sent: the payment to {channel} failed. An admin must settle it.", { channel })],
  [["account_blocked", "account_restricted", "app_removed", "account_locked", "spam_limited"], (channel) => t("Not sent: {channel} has blocked this account. An admin must look.", { channel })],
  [
    ["credentials_invalid", "token_rejected", "secret_invalid", "app_id_invalid", "password_changed", "token_invalid", "token_expired", "permission_missing", "number_missing", "number_not_registered", "registration_failed", "display_name_unapproved"],
    (channel) => t("Not sent: {channel} no longer accepts our key. An admin must renew it.", { channel }),
  ],
  [["token_not_renewed"], (channel) => t("Not sent: {channel} gave us no new key.", { channel })],
  [["ip_not_allowed"], (channel) => t("Not sent: {channel} does not accept our address. An admin must add it to the list there.", { channel })],
  [["thread_elsewhere", "session_ended", "session_with_colleague", "session_state_refused", "colleague_off_duty"], (channel) => t("Not sent: somebody else at {channel} has this conversation.", { channel })],
  [["contact_blacklisted"], () => t("Not sent: this person is on the block list.")],
  [["content_refused"], (channel) => t("Not sent: {channel} does not allow these words.", { channel })],
  [["text_too_long"], (channel) => t("Not sent: the text is too long for {channel}.", { channel })],
  [["media_unreadable", "media_invalid", "media_unavailable", "media_not_fetched", "media_damaged"], (channel) => t("Not sent: {channel} could not read the file.", { channel })],
  [["media_missing", "media_gone"], () => t("Not sent: the file is no longer here.")],
  [["media_too_large"], (channel) => t("Not sent: the file is too large for {channel}.", { channel })],
  [["message_unavailable", "target_not_sent", "target_missing", "object_missing"], () => t("Not sent: the message it belongs to is not there.")],
  [["message_invalid", "parameter_invalid", "parameter_missing", "kind_unsupported", "caption_unsupported", "intent_unsupported", "message_empty", "too_many_buttons", "sticker_missing", "request_refused"], (channel) => t("Not sent: {channel} does not accept this message.", { channel })],
  [["response_unexpected"], (channel) => t("Not sent: {channel} answered something unknown.", { channel })],
  [["expired"], () => t("Not sent: it waited too long.")],
  [["sending_stopped", "account_removed", "channel_paused"], () => t("Not sent: sending on this channel account has stopped.")],
  [["internal_error", "internal"], () => t("Not sent: we had a fault. Try again.")],
  [["rejected", "send_failed"], (channel) => t("Not sent: {channel} refused it.", { channel })],
];

const WORDS = new Map(FAMILIES.flatMap(([codes, words]) => codes.map((code) => /** @type {const} */ ([code, words]))));

/**
 * @param {Failure | null} failure
 * @param {string} channel its name
 */
export function sendFailure(failure, channel) {
  if (failure?.code.startsWith("template_")) return t("Not sent: this template cannot be used. Choose another.");
  const words = failure && WORDS.get(failure.code);
  if (words) return words(channel);
  return failure?.text ? t("Not sent: {reason}", { reason: failure.text }) : t("Not sent.");
}
