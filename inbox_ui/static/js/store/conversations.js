/** Conversations: what changes them, and that they leave. */

import { recount } from "./counts.js";
import { byId, drop, EMPTY_LIST, isNews, put, seen } from "./state.js";
import { belongs, keyOf, remove, replace } from "./views.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").State} State */
/** @typedef {import("../types.d.ts").StoreEvent} StoreEvent */
/** @typedef {import("../types.d.ts").Verb} Verb */

/**
 * Apply changed fields of a conversation; one that is not known is taken only whole.
 * @param {State} state
 * @param {string} id
 * @param {Partial<Conversation> | undefined} changes
 * @param {StoreEvent} event
 * @returns {State}
 */
export function changeConversation(state, id, changes, event) {
  const key = `conversation:${id}`;
  const before = state.conversations[id];
  if (!changes || !isNews(state, key, event)) return state;
  if (!before && !changes.contact) return { ...state, counts_stale: true };
  const after = /** @type {Conversation} */ ({ ...before, ...changes, id });
  const next = { ...state, conversations: put(state.conversations, id, after) };
  return seen(replace(recount(next, before, after), after), key, event);
}

/** @type {Verb} */
export const conversationChanged = (state, event) =>
  changeConversation(state, event.data?.id ?? event.conversation_id, event.data, event);

/** @type {Verb} */
export const assignmentChanged = (state, event) => {
  const { conversation, assignment } = event.data;
  const { agent_id, team_id } = assignment ?? {};
  const changes = conversation ?? { assignee_id: agent_id, team_id };
  return changeConversation(state, changes.id ?? event.conversation_id, changes, event);
};

/** @type {Verb} */
export const conversationRemoved = (state, event) => {
  const id = event.data?.id ?? event.conversation_id;
  const before = state.conversations[id];
  if (!before || !isNews(state, `conversation:${id}`, event)) return state;
  const left = remove(recount(state, before, null), id);
  const threads = drop(state.threads, id);
  return seen({ ...left, threads, conversations: drop(state.conversations, id) }, `conversation:${id}`, event);
};

/**
 * A person's own change, shown before the server has answered.
 * @type {Verb}
 */
export const conversationPatched = (state, event) =>
  changeConversation(state, /** @type {string} */ (event.conversation_id), event.changes, event);

/** @type {Verb} */
export const conversationLoaded = (state, event) => {
  const one = event.conversation;
  const before = state.conversations[one.id];
  const next = { ...state, conversations: put(state.conversations, one.id, { ...before, ...one }) };
  return replace(next, next.conversations[one.id]);
};

/** @type {Verb} */
export const listLoading = (state, event) => {
  const key = keyOf(event.filter);
  const list = { ...(state.lists[key] ?? EMPTY_LIST), loading: true, failed: null };
  return { ...state, lists: put(state.lists, key, list), filters: put(state.filters, key, event.filter) };
};

/**
 * A page of a list arrived: `fresh` pages replace, others continue. What a search found in a conversation stays with the list.
 * @type {Verb}
 */
export const listLoaded = (state, event) => {
  const { filter, next_cursor, fresh, searched_since } = event;
  const items = event.items.map((/** @type {any} */ { match: _, ...one }) => one);
  const key = keyOf(filter);
  const known = state.lists[key] ?? EMPTY_LIST;
  const fit = filter.view === "waiting" && !filter.q ? items.filter((/** @type {Conversation} */ one) => belongs(filter, one, state.me?.id)) : items;
  const told = fit.map((/** @type {Conversation} */ one) => one.id);
  const ids = fresh ? told : [...known.ids, ...told.filter((/** @type {string} */ id) => !known.ids.includes(id))];
  const complete = !next_cursor || fit.length < items.length;
  const matches = { ...matchesOf(event.items), ...(fresh ? {} : known.matches) };
  const list = { ids, cursor: next_cursor, complete, loading: false, loaded: true, failed: null, matches, searched: next_cursor && searched_since || null };
  const conversations = { ...state.conversations, ...byId(/** @type {Conversation[]} */ (items)) };
  return { ...state, conversations, lists: put(state.lists, key, list), filters: put(state.filters, key, filter) };
};

/** @param {(Conversation & { match?: import("../types.d.ts").Match | null })[]} items */
const matchesOf = (items) => Object.fromEntries(items.flatMap(({ id, match }) => (match ? [[id, match]] : [])));

/** @type {Verb} */
export const listFailed = (state, event) => {
  const key = keyOf(event.filter);
  const list = { ...(state.lists[key] ?? EMPTY_LIST), loading: false, failed: event.error };
  return { ...state, lists: put(state.lists, key, list) };
};

/**
 * Everything must be loaded anew: what is shown stays, and is replaced in place.
 * @type {Verb}
 */
export const reset = (state, event) => ({
  ...state,
  cursor: event.id ?? state.cursor,
  versions: {},
  counts_stale: true,
  lists: Object.fromEntries(Object.entries(state.lists).map(([key, list]) => [key, { ...list, loaded: false }])),
  threads: Object.fromEntries(Object.entries(state.threads).map(([id, thread]) => [id, { ...thread, stale: true }])),
});
