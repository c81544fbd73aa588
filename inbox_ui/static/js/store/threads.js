/** Threads: messages that arrive, change, and are sent from here. */

import { changeConversation } from "./conversations.js";
import { inOrder, mergeMessage, mergeMessages } from "./messages.js";
import { typingDone } from "./people.js";
import { EMPTY_THREAD, isNews, put, seen } from "./state.js";

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").State} State */
/** @typedef {import("../types.d.ts").Thread} Thread */
/** @typedef {import("../types.d.ts").Verb} Verb */

/**
 * @param {State} state
 * @param {string} id
 */
export const threadOf = (state, id) => state.threads[id] ?? EMPTY_THREAD;

/**
 * @param {State} state
 * @param {string} id
 * @param {Partial<Thread>} changes
 * @returns {State}
 */
export const changeThread = (state, id, changes) => ({
  ...state,
  threads: put(state.threads, id, { ...threadOf(state, id), ...changes }),
});

/**
 * Split an event's data into the message and the changed columns of its conversation.
 * @param {import("../types.d.ts").StoreEvent} event
 * @returns {{ message: Message, conversation: any }}
 */
function parts(event) {
  const { conversation, ...message } = event.data;
  return { message, conversation };
}

/**
 * Put a told message into its thread; what is older than what is known adds only what was not known.
 * @param {State} state
 * @param {Message} message
 * @param {import("../types.d.ts").StoreEvent} event
 * @returns {State}
 */
function tell(state, message, event) {
  const key = `message:${message.id}`;
  const thread = state.threads[message.conversation_id];
  if (!thread) return state;
  const known = thread.messages.find((one) => one.id === message.id);
  if (!known && (!isNews(state, key, event) || isBeyond(thread, message))) return state;
  const told = known && !isNews(state, key, event) ? mergeMessage(message, known) : message;
  return seen(changeThread(state, message.conversation_id, { messages: mergeMessages(thread.messages, [told]) }), key, event);
}

/**
 * Does a message stand after the loaded part of a thread that was opened further up? It is loaded when one comes to it.
 * @param {Thread} thread
 * @param {Message} message
 */
function isBeyond(thread, message) {
  const last = thread.messages.findLast((one) => one.status !== "waiting");
  return !!thread.newer && !!last && inOrder(message, last) > 0;
}

/** @type {Verb} */
export const messageCreated = (state, event) => {
  const { message, conversation } = parts(event);
  const changed = changeConversation(state, message.conversation_id, conversation, event);
  const outbox = state.outbox.filter((one) => one.client_id !== message.client_id);
  const next = outbox.length === state.outbox.length ? changed : { ...changed, outbox };
  return tell(typingDone(next, message), message, event);
};

/**
 * A message changed. One that is not known lies before the loaded part, and is loaded when it is looked for.
 * @type {Verb}
 */
export const messageUpdated = (state, event) => {
  const { message, conversation } = parts(event);
  const changed = changeConversation(state, message.conversation_id, conversation, event);
  if (message.folded_into_id) return folded(changed, message, event);
  const known = state.threads[message.conversation_id]?.messages.some((one) => one.id === message.id);
  return known ? tell(changed, message, event) : changed;
};

/**
 * Two lines were one message: the second goes, and what it told is on the first.
 * @param {State} state
 * @param {Message} message
 * @param {import("../types.d.ts").StoreEvent} event
 * @returns {State}
 */
function folded(state, message, event) {
  const thread = state.threads[message.conversation_id];
  if (!thread) return state;
  const messages = thread.messages.filter((one) => one.id !== message.id);
  return seen(changeThread(state, message.conversation_id, { messages }), `message:${message.id}`, event);
}

/** @type {Verb} */
export const threadLoading = (state, event) =>
  changeThread(state, /** @type {string} */ (event.conversation_id), { loading: true, failed: null });

/**
 * A page of messages arrived, newest first. A fresh page that does not continue what was known (a stale thread, one that was opened
 * further up, a page around a message) replaces it, except what is still here. `newer` null: the page reaches the end; undefined:
 * it says nothing of it. `complete` undefined: it says nothing of the beginning.
 * @type {Verb}
 */
export const threadLoaded = (state, event) => {
  const id = /** @type {string} */ (event.conversation_id);
  const known = threadOf(state, id);
  const replaced = event.fresh && !!(known.stale || known.newer || event.newer);
  const kept = replaced ? known.messages.filter((one) => one.status === "waiting") : known.messages;
  return changeThread(state, id, {
    messages: mergeMessages(kept, event.items),
    complete: event.complete || (known.complete && !replaced),
    newer: event.newer === undefined ? known.newer : event.newer,
    loading: false,
    loaded: true,
    failed: null,
    stale: false,
  });
};

/** @type {Verb} */
export const threadFailed = (state, event) =>
  changeThread(state, /** @type {string} */ (event.conversation_id), { loading: false, failed: event.error });

/**
 * A conversation was opened: remember where "New" begins, until it is left.
 * @type {Verb}
 */
export const threadOpened = (state, event) => {
  const id = /** @type {string} */ (event.conversation_id);
  const unread = state.conversations[id]?.unread_count ?? 0;
  const inbound = threadOf(state, id).messages.filter((one) => one.direction === "inbound");
  return changeThread(state, id, { first_unread_id: unread ? inbound.at(-unread)?.id ?? inbound[0]?.id ?? null : null });
};
