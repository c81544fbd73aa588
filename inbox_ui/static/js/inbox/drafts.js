/** What is being written, by conversation: kept at once here, and on the server after a moment of rest, for the person's other devices. */

import * as api from "../api.js";
import { signal } from "../dom.js";
import { dispatch, state } from "../live.js";

/** @typedef {import("../types.d.ts").Message} Message */

const REST_MS = 400;

/** The message that the next one answers, by conversation. */
export const answering = signal(/** @type {Record<string, Message>} */ ({}));

/** Asks the composer to take the focus: counts up. */
export const focusWish = signal(0);

/** @param {Message} message */
export function replyTo(message) {
  answering.value = { ...answering.value, [message.conversation_id]: message };
  focusWish.value += 1;
}

/** @param {string} conversation_id */
export function answerNone(conversation_id) {
  const { [conversation_id]: _, ...rest } = answering.value;
  answering.value = rest;
}

/** @param {string} conversation_id */
export const draftOf = (conversation_id) =>
  (state.value.drafts[conversation_id] ?? state.value.conversations[conversation_id]?.draft)?.text ?? "";

/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/**
 * @param {string} conversation_id
 * @param {string} text
 */
export function setDraft(conversation_id, text) {
  dispatch({ type: "draft_changed", conversation_id, text, at: new Date().toISOString() });
  clearTimeout(timers.get(conversation_id));
  timers.set(conversation_id, setTimeout(() => save(conversation_id), REST_MS));
}

/** The page is left, or put away on a phone: what still rests goes out now. */
function saveAll() {
  for (const conversation_id of timers.keys()) save(conversation_id, true);
}
addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saveAll());

/**
 * @param {string} conversation_id
 * @param {boolean} [leaving]
 */
async function save(conversation_id, leaving = false) {
  clearTimeout(timers.get(conversation_id));
  timers.delete(conversation_id);
  const { text } = state.peek().drafts[conversation_id];
  try {
    await api.saveDraft(conversation_id, text, leaving);
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
    console.warn("the draft stays on this device", error.code);
  }
}
