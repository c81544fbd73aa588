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

/** @type {Record<string, () => string>} */
const FAILURES = {
  offline: () => t("No connection. Nothing was changed."),
  not_allowed: () => t("You may not do this."),
  not_found: () => t("This no longer exists, or you may not see it."),
  gone: () => t("This no longer exists, or you may not see it."),
  conflict: () => t("Someone else was faster. Look again."),
  already_assigned: () => t("Someone else was faster. Look again."),
  already_merged: () => t("One of the two was merged a moment ago. Look again."),
  already_undone: () => t("This merge was undone already."),
  merged_since: () => t("The contact was merged into another since. Undo that merge first."),
  in_progress: () => t("This is still being done."),
  rate_limited: () => t("Too many at once. Try again in a moment."),
  unavailable: () => t("The server is busy. Try again in a moment."),
  internal: () => t("The server had a fault. Try again."),
  server_error: () => t("The server had a fault. Try again."),
  csrf_token_wrong: () => t("This page is too old. Load it again."),
  not_resendable: () => t("This message cannot be sent again."),
  not_cancellable: () => t("It is too late to stop this message."),
  account_connected: () => t("This account is connected already."),
  conversation_merged: () => t("This conversation went on in another one."),
  account_removed: () => t("This channel account was removed."),
  target_missing: () => t("The message it belongs to is not there."),
  target_not_sent: () => t("Wait until the message has been sent."),
  target_too_old: () => t("The message is too old for a reaction."),
  window_closed: () => t("The time to answer freely is over."),
  too_large: () => t("The file is too large."),
  media_too_large: () => t("The file is too large."),
  media_type_unsupported: () => t("This kind of file cannot be sent here."),
  kind_unsupported: () => t("This kind of file cannot be sent here."),
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

/** Most urgent first. @returns {[string, string][]} */
export const priorityNames = () => [["urgent", t("Urgent")], ["high", t("High")], ["normal", t("Normal")], ["low", t("Low")]];

/** @returns {Record<import("./types.d.ts").PresenceState, string>} */
export const presenceNames = () => ({ available: t("Available"), busy: t("Busy"), away: t("Away"), offline: t("Offline") });

/** @param {string} tag a language tag */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  } catch (error) {
    if (error instanceof RangeError) return tag;
    throw error;
  }
}
