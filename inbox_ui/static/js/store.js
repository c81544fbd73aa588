/** All state of the pages: pure functions (state, event) → state. Applying an event twice, late, or after a load gives the same state. */

import * as conversations from "./store/conversations.js";
import { countsLoaded } from "./store/counts.js";
import * as link from "./store/link.js";
import * as people from "./store/people.js";
import * as submitting from "./store/submitting.js";
import * as threads from "./store/threads.js";

export { EMPTY } from "./store/state.js";
export { threadOf } from "./store/threads.js";
export { belongs, comparator, keyOf, listOf, plainFilter, queryOf, VIEWS } from "./store/views.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").StoreEvent} StoreEvent */

/**
 * What each event does. Names with a dot come from the socket, the others from answers of the API and from people.
 * @type {Record<string, import("./types.d.ts").Verb>}
 */
export const VERBS = {
  "message.created": threads.messageCreated,
  "message.updated": threads.messageUpdated,
  "conversation.created": conversations.conversationChanged,
  "conversation.updated": conversations.conversationChanged,
  "conversation.removed": conversations.conversationRemoved,
  "assignment.changed": conversations.assignmentChanged,
  "contact.updated": people.contactLoaded,
  "agent.presence": people.presenceChanged,
  typing: people.typingSeen,
  viewing: people.viewingSeen,
  visit: people.visitSeen,
  reset: conversations.reset,
  me_loaded: people.meLoaded,
  directory_loaded: people.directoryLoaded,
  tag_created: people.tagCreated,
  account_loaded: people.accountLoaded,
  contact_loaded: people.contactLoaded,
  typing_expired: people.typingExpired,
  counts_loaded: countsLoaded,
  list_loading: conversations.listLoading,
  list_loaded: conversations.listLoaded,
  list_failed: conversations.listFailed,
  conversation_loaded: conversations.conversationLoaded,
  conversation_patched: conversations.conversationPatched,
  thread_loading: threads.threadLoading,
  thread_loaded: threads.threadLoaded,
  thread_failed: threads.threadFailed,
  thread_opened: threads.threadOpened,
  message_submitted: submitting.messageSubmitted,
  message_taken: submitting.messageTaken,
  message_refused: submitting.messageRefused,
  message_dropped: submitting.messageDropped,
  draft_changed: link.draftChanged,
  link_changed: link.linkChanged,
};

/**
 * Apply one event. Kinds that nobody here knows change nothing but the cursor.
 * @param {State} state
 * @param {StoreEvent} event
 * @returns {State}
 */
export function apply(state, event) {
  const next = VERBS[event.type]?.(state, event) ?? state;
  if (event.id === undefined || event.id <= next.cursor) return next;
  return { ...next, cursor: event.id };
}
