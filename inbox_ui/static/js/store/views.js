/** Views: which conversations belong in a list, and in which order, as the server would say. */

import { EMPTY_LIST, put } from "./state.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Filter} Filter */
/** @typedef {import("../types.d.ts").State} State */

/** @type {import("../types.d.ts").View[]} */
export const VIEWS = ["mine", "unassigned", "all", "waiting", "snoozed", "closed"];

/** @type {Filter} */
const PLAIN = { view: "mine", status: "open", sort: "newest", q: "", channel: null, account: null, tag: null, team: null, priority: null };

/**
 * Return a view as it is first shown.
 * @param {import("../types.d.ts").View} view
 * @returns {Filter}
 */
export function plainFilter(view) {
  if (view === "snoozed" || view === "closed") return { ...PLAIN, view, status: view };
  return { ...PLAIN, view, sort: view === "waiting" ? "waiting" : "newest" };
}

/** @param {Filter} filter */
export const keyOf = (filter) => JSON.stringify(Object.values(filter));

/**
 * Return the query of GET /conversations for a list.
 * @param {Filter} filter
 * @returns {Record<string, string>}
 */
export function queryOf(filter) {
  const assignee = { mine: "me", unassigned: "none" }[/** @type {string} */ (filter.view)] ?? null;
  const { status, sort, q, channel, tag, team, priority } = filter;
  const all = { status: status ?? "all", assignee, sort, q, channel, tag, team, priority };
  const set = Object.entries(all).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return Object.fromEntries(set);
}

/**
 * Say whether a conversation belongs in a list. A search is answered by the server alone.
 * @param {Filter} filter
 * @param {Conversation} one
 * @param {string | undefined} me
 */
export function belongs(filter, one, me) {
  if (filter.q) return false;
  if (filter.status && one.status !== filter.status) return false;
  if (filter.view === "mine" && one.assignee_id !== me) return false;
  if (filter.view === "unassigned" && one.assignee_id) return false;
  if (filter.view === "waiting" && !one.waiting_since) return false;
  if (filter.channel && one.channel !== filter.channel) return false;
  if (filter.team && one.team_id !== filter.team) return false;
  if (filter.priority && one.priority !== filter.priority) return false;
  return !filter.tag || one.tags.some((tag) => tag.id === filter.tag);
}

/**
 * Compare two strings, those that are missing last.
 * @param {string | null} a
 * @param {string | null} b
 */
function ascending(a, b) {
  if (a === b) return 0;
  if (!a || !b) return a ? -1 : 1;
  return a < b ? -1 : 1;
}

/**
 * Return how a list is ordered.
 * @param {import("../types.d.ts").Sort} sort
 * @returns {(a: Conversation, b: Conversation) => number}
 */
export function comparator(sort) {
  const newest = (/** @type {Conversation} */ a, /** @type {Conversation} */ b) =>
    ascending(b.last_message_at, a.last_message_at) || ascending(b.id, a.id);
  if (sort === "oldest") return (a, b) => -newest(a, b);
  if (sort === "waiting") return (a, b) => ascending(a.waiting_since, b.waiting_since) || ascending(a.id, b.id);
  if (sort === "unread") return (a, b) => Number(b.unread_count > 0) - Number(a.unread_count > 0) || newest(a, b);
  return newest;
}

/**
 * Put a changed conversation where it now belongs in every list, or take it out. What lies below the loaded part stays unknown.
 * @param {State} state in which the conversation is already the new one
 * @param {Conversation} one
 * @returns {State}
 */
export function replace(state, one) {
  let lists = state.lists;
  for (const [key, list] of Object.entries(state.lists)) {
    const filter = state.filters[key];
    if (!list.loaded || filter.q) continue;
    const ids = list.ids.filter((id) => id !== one.id);
    if (belongs(filter, one, state.me?.id)) place(ids, one, list, state, comparator(filter.sort));
    const same = ids.length === list.ids.length && ids.every((id, at) => id === list.ids[at]);
    if (!same) lists = put(lists, key, { ...list, ids });
  }
  return lists === state.lists ? state : { ...state, lists };
}

/**
 * @param {string[]} ids changed in place
 * @param {Conversation} one
 * @param {import("../types.d.ts").List} list
 * @param {State} state
 * @param {(a: Conversation, b: Conversation) => number} compare
 */
function place(ids, one, list, state, compare) {
  const at = ids.findIndex((id) => compare(one, state.conversations[id]) < 0);
  if (at >= 0) ids.splice(at, 0, one.id);
  else if (list.complete || list.ids.includes(one.id)) ids.push(one.id);
}

/**
 * Take a conversation out of every list.
 * @param {State} state
 * @param {string} id
 * @returns {State}
 */
export function remove(state, id) {
  const lists = Object.fromEntries(
    Object.entries(state.lists).map(([key, list]) => [key, { ...list, ids: list.ids.filter((known) => known !== id) }]),
  );
  return { ...state, lists };
}

/**
 * @param {State} state
 * @param {string} key
 */
export const listOf = (state, key) => state.lists[key] ?? EMPTY_LIST;
