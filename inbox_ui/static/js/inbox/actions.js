/** What a person does to a conversation: shown at once, told to the server, taken back when it refuses or when they press Undo. */

import * as api from "../api.js";
import { shortDate, soon } from "../format.js";
import { t } from "../i18n.js";
import { dispatch, state } from "../live.js";
import { failureOf } from "../load.js";
import { say } from "../ui/toast.js";
import { failureText } from "../words.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */

/**
 * Change a conversation here and there.
 * @param {Conversation} one
 * @param {Partial<Conversation>} changes as the store holds them
 * @param {() => Promise<any>} tell
 */
async function change(one, changes, tell) {
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, /** @type {any} */ (one)[name]]));
  dispatch({ type: "conversation_patched", conversation_id: one.id, changes });
  try {
    const answer = await tell();
    if (answer?.id === one.id) dispatch({ type: "conversation_loaded", conversation: answer });
  } catch (error) {
    dispatch({ type: "conversation_patched", conversation_id: one.id, changes: before });
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}

/**
 * @param {Conversation} one
 * @param {import("../types.d.ts").Json} changes as the API names them
 */
const patch = (one, changes) => change(one, changes, () => api.changeConversation(one.id, changes));

/** @param {Conversation} one */
export function close(one) {
  dispatchEvent(new CustomEvent("hawker:closed", { detail: one.id }));
  patch(one, { status: "closed" });
  say(t("Conversation closed"), { undo: () => patch({ ...one, status: "closed" }, { status: one.status, snoozed_until: one.snoozed_until }) });
}

/** @param {Conversation} one */
export function reopen(one) {
  patch(one, { status: "open", snoozed_until: null });
  say(t("Conversation opened again"), { undo: () => patch(one, { status: one.status, snoozed_until: one.snoozed_until }) });
}

/**
 * @param {Conversation} one
 * @param {Date} until
 */
export function snooze(one, until) {
  patch(one, { status: "snoozed", snoozed_until: until.toISOString() });
  say(t("Snoozed until {when}", { when: soon(until.toISOString(), Date.now()) }), {
    icon: "alarm-clock",
    undo: () => patch(one, { status: one.status, snoozed_until: one.snoozed_until }),
  });
}

/**
 * @param {Conversation} one
 * @param {string} priority
 */
export const prioritise = (one, priority) => patch(one, { priority });

/**
 * @param {Conversation} one
 * @param {import("../types.d.ts").Tag[]} tags
 */
export const setTags = (one, tags) =>
  change(one, { tags }, () => api.changeConversation(one.id, { tags: tags.map((tag) => tag.id) }));

/**
 * Tag a conversation with a word that is no tag yet.
 * @param {Conversation} one
 * @param {string} name
 */
export const addNewTag = (one, name) =>
  change(one, {}, () => api.changeConversation(one.id, { tags: [...one.tags.map((tag) => tag.id), name] }));

/**
 * Give a conversation to an agent, a team, or nobody. Left out: stays as it is.
 * @param {Conversation} one
 * @param {{ agent_id?: string | null, team_id?: string | null }} to
 */
export function assign(one, to) {
  put(one, to);
  const before = { agent_id: one.assignee_id, team_id: one.team_id };
  const { agents, teams, me } = state.peek();
  const agent = to.agent_id ? agents[to.agent_id]?.name : undefined;
  const team = to.team_id ? teams[to.team_id]?.name : undefined;
  const mine = !!me && to.agent_id === me.id;
  const text = mine ? t("Assigned to you") : agent || team ? t("Assigned to {name}", { name: agent ?? team ?? "" }) : t("Nobody is assigned now");
  const after = { ...one, assignee_id: to.agent_id ?? null, team_id: to.team_id ?? one.team_id };
  say(text, { icon: "user-plus", undo: () => put(after, before) });
}

/**
 * @param {Conversation} one
 * @param {{ agent_id?: string | null, team_id?: string | null }} to
 */
function put(one, to) {
  /** @type {Partial<Conversation>} */
  const changes = {};
  if (to.agent_id !== undefined) changes.assignee_id = to.agent_id;
  if (to.team_id !== undefined) changes.team_id = to.team_id;
  change(one, changes, () => api.assign(one.id, to));
}

/**
 * Moments to put a conversation off to: later today, tomorrow and Monday at nine.
 * @param {number} now
 * @returns {{ label: string, at: Date, note: string, keys?: string }[]}
 */
export function snoozeTimes(now) {
  const inHours = (/** @type {number} */ hours) => new Date(now + hours * 3_600_000);
  const atNine = (/** @type {number} */ days) => {
    const at = new Date(now);
    at.setDate(at.getDate() + days);
    at.setHours(9, 0, 0, 0);
    return at;
  };
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  const choices = [
    { label: t("In 1 hour"), at: inHours(1) },
    { label: t("In 3 hours"), at: inHours(3) },
    { label: t("Tomorrow at 9:00"), at: atNine(1), keys: "H" },
    ...(toMonday > 1 ? [{ label: t("Next Monday at 9:00"), at: atNine(toMonday) }] : []),
  ];
  return choices.map((one) => ({ ...one, note: "keys" in one ? shortDate(one.at.toISOString()) : soon(one.at.toISOString(), now) }));
}
