/** Reading from the server into the store: lists, threads, contacts, counts. What was seen before stays until the answer is here. */

import * as api from "./api.js";
import { dispatch, state } from "./live.js";
import { keyOf, listOf, queryOf, threadOf } from "./store.js";

const LIST_PAGE = "50";
const THREAD_PAGE = 40;

/** @param {unknown} error */
export const failureOf = (error) => {
  if (!(error instanceof api.ApiError)) throw error;
  return { code: error.code, text: error.message };
};

/**
 * Load the first page of a list.
 * @param {import("./types.d.ts").Filter} filter
 */
export async function loadList(filter) {
  dispatch({ type: "list_loading", filter });
  await page(filter, {}, true);
}

/**
 * Load the next page of a list, unless it is complete or already coming.
 * @param {import("./types.d.ts").Filter} filter
 */
export async function loadMore(filter) {
  const list = listOf(state.peek(), keyOf(filter));
  if (list.loading || list.complete || !list.cursor) return;
  dispatch({ type: "list_loading", filter });
  await page(filter, { cursor: list.cursor }, false);
}

/**
 * @param {import("./types.d.ts").Filter} filter
 * @param {Record<string, string>} extra
 * @param {boolean} fresh
 */
async function page(filter, extra, fresh) {
  try {
    const { items, next_cursor, searched_since } = await api.conversations({ ...queryOf(filter), limit: LIST_PAGE, ...extra });
    dispatch({ type: "list_loaded", filter, items, next_cursor, searched_since, fresh });
  } catch (error) {
    dispatch({ type: "list_failed", filter, error: failureOf(error) });
  }
}

/**
 * Load a conversation and its newest messages.
 * @param {string} id
 */
export async function loadThread(id) {
  if (state.peek().conversations[id] || (await loadConversation(id))) await messages(id, {}, true);
}

/**
 * Load a message with what stands around it, in place of what was loaded.
 * @param {string} id
 * @param {string} message_id
 */
export async function loadAround(id, message_id) {
  if (state.peek().conversations[id] || (await loadConversation(id))) await messages(id, { around: message_id }, true);
}

/**
 * Load what was said after the loaded part.
 * @param {string} id
 */
export async function loadNewer(id) {
  const { loading, newer } = threadOf(state.peek(), id);
  if (!loading && newer) await messages(id, { after: newer }, false);
}

/**
 * Load what was said before.
 * @param {string} id
 */
export async function loadOlder(id) {
  const thread = threadOf(state.peek(), id);
  const first = thread.messages.find((one) => one.status !== "waiting");
  if (thread.loading || thread.complete || !first) return;
  await messages(id, { before: first.id }, false);
}

/**
 * @param {string} id
 * @param {Record<string, string>} where
 * @param {boolean} fresh
 */
async function messages(id, where, fresh) {
  dispatch({ type: "thread_loading", conversation_id: id });
  try {
    const { items, next_cursor, newer_cursor } = await api.messages(id, { limit: String(THREAD_PAGE), ...where });
    const newer = where.after ? next_cursor : where.around ? newer_cursor : fresh ? null : undefined;
    dispatch({ type: "thread_loaded", conversation_id: id, items, fresh, newer, complete: where.after ? undefined : !next_cursor });
  } catch (error) {
    dispatch({ type: "thread_failed", conversation_id: id, error: failureOf(error) });
  }
}

/** @param {string} id */
async function loadConversation(id) {
  try {
    dispatch({ type: "conversation_loaded", conversation: await api.conversation(id) });
    return true;
  } catch (error) {
    dispatch({ type: "thread_failed", conversation_id: id, error: failureOf(error) });
    return false;
  }
}

/** @param {string} id of the contact */
export async function loadContact(id) {
  dispatch({ type: "contact_loaded", contact: await api.contact(id) });
}

export async function loadCounts() {
  dispatch({ type: "counts_loaded", counts: await api.counts() });
}

/**
 * A list that the inbox can do without for a while.
 * @param {Promise<{ items: any[] }>} asked
 */
async function orNone(asked) {
  try {
    return (await asked).items;
  } catch (error) {
    console.warn("a list is missing", failureOf(error).code);
    return [];
  }
}

/** Load who reads this page. */
export async function loadMe() {
  const me = await api.me();
  api.useCsrf(me.csrf_token);
  dispatch({ type: "me_loaded", me });
  return me;
}

/** Load colleagues, teams, tags and channel accounts. */
export async function loadDirectory() {
  const asked = [api.agents(), api.teams(), api.tags(), api.channelAccounts()];
  const [agents, teams, tags, accounts] = await Promise.all(asked.map(orNone));
  dispatch({ type: "directory_loaded", agents, teams, tags, accounts });
}
