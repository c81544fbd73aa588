/** Codes of the server as words for people: failures, activity lines, reasons, channels. What is unknown is shown as its code. */

import { t } from "./i18n.js";
import { state } from "./live.js";

/** @typedef {import("./types.d.ts").Failure} Failure */
/** @typedef {import("./types.d.ts").Json} Json */

/** Names of channels are names: the same in every language, except WeChat's and our own. @param {string} channel */
export function channelName(channel) {
  const names = {
    whatsapp: "WhatsApp",
    messenger: "Messenger",
    instagram: "Instagram",
    wechat: t("WeChat"),
    webchat: t("Web chat"),
    line: "LINE",
    telegram: "Telegram",
  };
  return /** @type {Record<string, string>} */ (names)[channel] ?? channel;
}

/** @type {Record<string, (channel: string) => string>} */
const SEND_FAILURES = {
  connection_failed: (channel) => t("Not sent: {channel} could not be reached.", { channel }),
  throttled: (channel) => t("Not sent: {channel} allows no more messages for now.", { channel }),
  platform_down: (channel) => t("Not sent: {channel} has a fault right now.", { channel }),
  credentials_invalid: (channel) => t("Not sent: {channel} no longer accepts our key. An admin must renew it.", { channel }),
  message_invalid: (channel) => t("Not sent: {channel} does not accept this message.", { channel }),
  response_unexpected: (channel) => t("Not sent: {channel} answered something unknown.", { channel }),
  window_closed: (channel) => t("Not sent: the time to answer freely on {channel} is over.", { channel }),
  contact_unreachable: (channel) => t("Not sent: this number is not on {channel}.", { channel }),
  contact_opted_out: () => t("Not sent: this person does not want messages."),
  rejected: (channel) => t("Not sent: {channel} refused it.", { channel }),
  media_unreadable: (channel) => t("Not sent: {channel} could not read the file.", { channel }),
  media_too_large: (channel) => t("Not sent: the file is too large for {channel}.", { channel }),
  expired: () => t("Not sent: it waited too long."),
  channel_paused: () => t("Not sent: this channel account is paused."),
  send_failed: (channel) => t("Not sent: {channel} refused it.", { channel }),
};

/**
 * Why a message was not sent.
 * @param {Failure | null} failure
 * @param {string} channel its name
 */
export function sendFailure(failure, channel) {
  const words = failure && SEND_FAILURES[failure.code];
  if (words) return words(channel);
  return failure?.text ? t("Not sent: {reason}", { reason: failure.text }) : t("Not sent.");
}

/** @type {Record<string, () => string>} */
const FAILURES = {
  offline: () => t("No connection. Nothing was changed."),
  not_allowed: () => t("You may not do this."),
  not_found: () => t("This no longer exists, or you may not see it."),
  conflict: () => t("Someone else was faster. Look again."),
  already_assigned: () => t("Someone else was faster. Look again."),
  in_progress: () => t("This is still being done."),
  rate_limited: () => t("Too many at once. Try again in a moment."),
  server_error: () => t("The server had a fault. Try again."),
  not_resendable: () => t("This message cannot be sent again."),
  window_closed: () => t("The time to answer freely is over."),
  too_large: () => t("The file is too large."),
  unsupported_media: () => t("This kind of file cannot be sent here."),
};

/** Why something did not work. @param {Failure} failure */
export const failureText = (failure) => FAILURES[failure.code]?.() ?? failure.text ?? failure.code;

/** @param {string | null | undefined} id */
export function agentName(id) {
  if (!id) return "";
  if (id === state.value.me?.id) return state.value.me.name;
  return state.value.agents[id]?.name ?? t("Someone");
}

/** @param {string} status of a message */
export const statusName = (status) =>
  ({
    waiting: t("Waiting to send"), queued: t("Waiting to send"), scheduled: t("Scheduled"), sending: t("Sending"), sent: t("Sent"),
    delivered: t("Delivered"), read: t("Read"), failed: t("Not sent"), unknown: t("Outcome unknown"), cancelled: t("Taken back"),
  })[status] ?? status;

/** @param {string} tag a language tag */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  } catch (error) {
    if (error instanceof RangeError) return tag;
    throw error;
  }
}
