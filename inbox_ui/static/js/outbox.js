/** Messages on their way out: they wait here while there is no connection, and go in order, each conversation by itself. */

import * as api from "./api.js";
import { dispatch, state } from "./live.js";
import { failureOf } from "./load.js";
import { keep, recall } from "./settle.js";

/** Conversations with a message in the air. */
const busy = new Set();

const RETRY_MS = 3000;

/**
 * Send a message: it shows at once, and keeps its client id through every attempt, so that it can never arrive twice.
 * @param {string} conversation_id
 * @param {import("./types.d.ts").Json} content
 * @param {{ attachments?: import("./types.d.ts").Attachment[], reply_to?: import("./types.d.ts").Quoted | null,
 *   shown?: { text?: string, content?: import("./types.d.ts").Json } }} [shown] `shown`: what the server will make of it, where that is more than the body
 */
export function submit(conversation_id, content, shown = {}) {
  const client_id = crypto.randomUUID();
  const body = { client_id, ...content };
  dispatch({ type: "message_submitted", client_id, conversation_id, body, at: new Date().toISOString(), ...shown });
  flush();
}

/** Send what waits. */
export function flush() {
  keep("outbox", state.peek().outbox);
  if (state.peek().link.state === "offline") return;
  const first = new Map();
  for (const one of state.peek().outbox) if (!first.has(one.conversation_id)) first.set(one.conversation_id, one);
  for (const one of first.values()) if (!busy.has(one.conversation_id)) attempt(one);
}

/** @param {import("./types.d.ts").Waiting} waiting */
async function attempt({ client_id, conversation_id, body }) {
  busy.add(conversation_id);
  try {
    const message = await api.send(conversation_id, body);
    dispatch({ type: "message_taken", client_id, message });
  } catch (error) {
    const failure = failureOf(error);
    if (error instanceof api.ApiError && error.passing) {
      setTimeout(flush, RETRY_MS);
      busy.delete(conversation_id);
      return;
    }
    dispatch({ type: "message_refused", client_id, conversation_id, error: failure });
  }
  busy.delete(conversation_id);
  flush();
}

/** Take up what an earlier page of this browser could not send. */
export function restore() {
  const outbox = recall("outbox", /** @type {import("./types.d.ts").Waiting[]} */ ([]));
  for (const { client_id, conversation_id, body } of outbox) {
    dispatch({ type: "message_submitted", client_id, conversation_id, body, at: new Date().toISOString() });
  }
}
