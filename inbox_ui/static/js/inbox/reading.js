/** Telling the server that what came in has been read: only while the page is looked at. */

import * as api from "../api.js";
import { dispatch, link } from "../live.js";

/** @type {Map<string, string>} the last message read, by conversation */
const told = new Map();

/**
 * Everything up to the newest message of the customer is read.
 * @param {import("../types.d.ts").Conversation} conversation
 * @param {import("../types.d.ts").Message[]} messages
 */
export function readTo(conversation, messages) {
  const newest = messages.findLast((one) => one.direction === "inbound");
  if (!newest || !conversation.unread_count || document.visibilityState !== "visible" || link.peek().state !== "live") return;
  if (told.get(conversation.id) === newest.id) return;
  told.set(conversation.id, newest.id);
  dispatch({ type: "conversation_patched", conversation_id: conversation.id, changes: { unread_count: 0 } });
  api.markRead(conversation.id, newest.id).catch(() => told.delete(conversation.id));
}
