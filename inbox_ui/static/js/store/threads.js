/** Threads: messages that arrive, change, and are sent from here. */

import { changeConversation } from "./conversations.js";
import { mergeMessage, mergeMessages, optimistic } from "./messages.js";
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
const changeThread = (state, id, changes) => ({
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

/** @type {Verb} */
export const messageCreated = (state, event) => {
  const { message, conversation } = parts(event);
  const id = message.conversation_id;
  const changed = changeConversation(state, id, conversation, event);
  const known = state.threads[id];
  const outbox = state.outbox.filter((one) => one.client_id !== message.client_id);
  const next = outbox.length === state.outbox.length ? changed : { ...changed, outbox };
  return known ? changeThread(next, id, { messages: mergeMessages(known.messages, [message]) }) : next;
};

/** @type {Verb} */
export const messageUpdated = (state, event) => {
  const { message, conversation } = parts(event);
  const id = message.conversation_id;
  const changed = changeConversation(state, id, conversation, event);
  const key = `message:${message.id}`;
  const known = state.threads[id]?.messages.find((one) => one.id === message.id);
  if (!known) return changed;
  const told = isNews(state, key, event) ? mergeMessage(known, message) : mergeMessage(message, known);
  const messages = mergeMessages(state.threads[id].messages, [told]);
  return seen(changeThread(changed, id, { messages }), key, event);
};

/** @type {Verb} */
export const threadLoading = (state, event) =>
  changeThread(state, /** @type {string} */ (event.conversation_id), { loading: true, failed: null });

/**
 * A page of messages arrived, newest first. A fresh page of a stale thread replaces what was known, except what is still here.
 * @type {Verb}
 */
export const threadLoaded = (state, event) => {
  const id = /** @type {string} */ (event.conversation_id);
  const known = threadOf(state, id);
  const kept = known.stale && event.fresh ? known.messages.filter((one) => one.status === "waiting") : known.messages;
  return changeThread(state, id, {
    messages: mergeMessages(kept, event.items),
    complete: event.complete || (known.complete && !known.stale),
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

/** @type {Verb} */
export const messageSubmitted = (state, event) => {
  const { client_id, conversation_id, body, attachments, reply_to, at } = event;
  const message = optimistic({ client_id, conversation_id, body, attachments, reply_to, at, agent_id: state.me?.id ?? null });
  const shown = changeThread(state, conversation_id, {
    messages: mergeMessages(threadOf(state, conversation_id).messages, [message]),
  });
  return { ...shown, outbox: [...state.outbox, { client_id, conversation_id, body, tries: 0 }] };
};

/**
 * The server has taken a message: its row stands where the optimistic one stood.
 * @type {Verb}
 */
export const messageTaken = (state, event) => {
  const id = event.message.conversation_id;
  const outbox = state.outbox.filter((one) => one.client_id !== event.client_id);
  const messages = mergeMessages(threadOf(state, id).messages, [event.message]);
  return { ...changeThread(state, id, { messages }), outbox };
};

/**
 * The server refused a message for good: it stays, with the reason.
 * @type {Verb}
 */
export const messageRefused = (state, event) => {
  const { client_id, error } = event;
  const id = /** @type {string} */ (event.conversation_id);
  const outbox = state.outbox.filter((one) => one.client_id !== client_id);
  const messages = threadOf(state, id).messages.map((one) =>
    one.client_id === client_id && one.status === "waiting" ? { ...one, status: /** @type {const} */ ("failed"), error } : one
  );
  return { ...changeThread(state, id, { messages }), outbox };
};

/**
 * A message that never left was taken back, or is tried anew as another one.
 * @type {Verb}
 */
export const messageDropped = (state, event) => {
  const id = /** @type {string} */ (event.conversation_id);
  const messages = threadOf(state, id).messages.filter((one) => one.id !== event.message_id);
  return changeThread(state, id, { messages });
};
