/** Activity lines in words: what happened to a conversation, who did it, and why. */

import { soon } from "./format.js";
import { t } from "./i18n.js";
import { state } from "./live.js";
import { agentName, languageName } from "./words.js";

/** @typedef {import("./types.d.ts").Json} Json */

/** @type {Record<string, (params: Json) => string>} */
const REASONS = {
  least_loaded: ({ team }) => (team ? t("fewest open chats in {team}", { team }) : t("fewest open chats")),
  round_robin: ({ team }) => (team ? t("next in turn in {team}", { team }) : t("next in turn")),
  previous_agent: () => t("answered this customer before"),
  sticky: () => t("answered this customer before"),
  language: ({ language }) => t("speaks {language}", { language: languageName(language) }),
  skill: ({ skill }) => t("knows about {skill}", { skill }),
  rule: ({ name }) => t("by the rule “{name}”", { name }),
  manual: () => "",
  replied: () => t("was first to answer"),
  capacity: () => t("had room for it"),
  agent_offline: () => t("the agent went offline"),
};

/**
 * Why an assignment happened.
 * @param {{ code: string, params?: Json } | null | undefined} reason
 */
export function reasonText(reason) {
  if (!reason?.code) return "";
  const { team_id, ...params } = reason.params ?? {};
  const team = params.team ?? (team_id && state.value.teams[team_id]?.name);
  return REASONS[reason.code]?.({ ...params, team }) ?? reason.code.replaceAll("_", " ");
}

/** @type {Record<string, (params: Json) => string>} */
const ACTIVITIES = {
  assigned: (given) => assigned(given),
  unassigned: ({ by_agent_id }) =>
    by_agent_id ? t("{by} took the assignment back", { by: agentName(by_agent_id) }) : t("Nobody is assigned now"),
  closed: ({ by_agent_id }) => (by_agent_id ? t("Closed by {by}", { by: agentName(by_agent_id) }) : t("Closed")),
  reopened: (given) => reopened(given),
  snoozed: ({ until, by_agent_id }) => t("{by} snoozed it until {when}", { by: agentName(by_agent_id) || t("Hawker"), when: until ? soon(until, Date.now()) : "" }),
  tagged: ({ tag, by_agent_id }) => t("{by} added the tag {tag}", { by: agentName(by_agent_id) || t("Hawker"), tag: tagName(tag) }),
  untagged: ({ tag, by_agent_id }) => t("{by} took away the tag {tag}", { by: agentName(by_agent_id) || t("Hawker"), tag: tagName(tag) }),
  identity_changed: ({ code, before, after }) => code === "logged_in" ? t("The customer logged in to the shop") : t("The customer’s number changed from {before} to {after}", { before: plain(before), after: plain(after) }),
  consent_changed: ({ granted, purpose }) => purpose === "service" && granted ? t("The customer agreed to the chat’s terms") : (granted ? t("The customer allows promotions") : t("The customer wants no more promotions")),
  chat_opened: () => t("The customer opened the chat"),
  followed: () => t("The customer follows this account now"),
  qr_scanned: () => t("The customer scanned a QR code"),
  menu_clicked: () => t("The customer chose from the menu"),
  menu_scanned: () => t("The customer scanned a QR code"),
  thread_taken: () => t("Another app or inbox took this conversation over at the platform"),
  thread_passed: () => t("This conversation is Hawker’s to answer again"),
  reachability_changed: () => t("The customer can no longer be written to"),
  contact_merged: ({ by_agent_id, contact }) =>
    by_agent_id ? t("{by} merged {contact} into this contact", { by: agentName(by_agent_id), contact }) : t("{contact} is the same person: merged by Hawker", { contact }),
  contact_unmerged: ({ by_agent_id, contact }) => t("{by} undid the merge with {contact}", { by: agentName(by_agent_id) || t("Hawker"), contact }),
  contact_blocked: ({ by_agent_id }) => t("{by} blocked this contact", { by: agentName(by_agent_id) || t("Hawker") }),
  contact_unblocked: ({ by_agent_id }) => t("{by} unblocked this contact", { by: agentName(by_agent_id) || t("Hawker") }),
  called: () => t("The customer called"),
};

/** @param {Json} given */
function assigned({ agent_id, team_id, by_agent_id, reason }) {
  const name = agent_id ? agentName(agent_id) : state.value.teams[team_id]?.name ?? "";
  if (by_agent_id && by_agent_id === agent_id) return t("{name} took this conversation", { name });
  const words = by_agent_id ? t("by {name}", { name: agentName(by_agent_id) }) : reasonText(reason);
  return words ? t("Assigned to {name} · {reason}", { name, reason: words }) : t("Assigned to {name}", { name });
}

/** @param {Json} params */
function reopened({ by_agent_id, reason }) {
  if (by_agent_id) return t("Opened again by {by}", { by: agentName(by_agent_id) });
  return reason?.code === "snooze_ended" ? t("Opened again: the snooze ended") : t("Opened again: the customer wrote");
}

const plain = (/** @type {any} */ value) => (typeof value === "string" ? value : value?.external_id ?? value?.value ?? value?.phone ?? "…");
const tagName = (/** @type {any} */ tag) => (typeof tag === "string" ? state.value.tags[tag]?.name ?? tag : tag?.name ?? "");

/**
 * What an activity line says.
 * @param {import("./types.d.ts").Message} message
 */
export function activityText(message) {
  const { code, params } = message.content ?? {};
  return ACTIVITIES[code]?.(params ?? {}) ?? (message.text || String(code ?? "").replaceAll("_", " "));
}
