/** Messages that are sent from here: shown at once, then taken or refused by the server. */

import { mergeMessages, optimistic } from "./messages.js";
import { changeThread, threadOf } from "./threads.js";

/** @typedef {import("../types.d.ts").Verb} Verb */

/** @type {Verb} */
export const messageSubmitted = (state, event) => {
  const { client_id, conversation_id, body, attachments, reply_to, shown, at } = event;
  const message = optimistic({ client_id, conversation_id, body, attachments, reply_to, shown, at, agent_id: state.me?.id ?? null });
  const { messages, newer } = threadOf(state, conversation_id);
  const here = newer ? { messages: [], newer: null, stale: true } : { messages };
  const after = changeThread(state, conversation_id, { ...here, messages: mergeMessages(here.messages, [message]) });
  return { ...after, outbox: [...state.outbox, { client_id, conversation_id, body, tries: 0 }] };
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
