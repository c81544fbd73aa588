/** The one store of this page, as signals that components read. */

import { batch, computed, signal } from "./dom.js";
import { apply, EMPTY } from "./store.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").StoreEvent} StoreEvent */

export const state = signal(/** @type {State} */ (EMPTY));

/** Who keeps something of their own by what happens. @type {Record<string, ((event: StoreEvent) => void)[]>} */
const listeners = {};

/**
 * Be told of every event of a kind, once the store has it.
 * @param {string} type
 * @param {(event: StoreEvent) => void} act
 */
export const listen = (type, act) => {
  (listeners[type] ??= []).push(act);
};

/**
 * Apply events to the store, in order, and draw once.
 * @param {...StoreEvent} events
 */
export function dispatch(...events) {
  batch(() => {
    for (const event of events) {
      state.value = apply(state.peek(), event);
      for (const act of listeners[event.type] ?? []) act(event);
    }
  });
}

export const me = computed(() => state.value.me);
export const agents = computed(() => state.value.agents);
export const teams = computed(() => state.value.teams);
export const tags = computed(() => state.value.tags);
export const accounts = computed(() => state.value.accounts);
export const conversations = computed(() => state.value.conversations);
export const counts = computed(() => state.value.counts);
export const link = computed(() => state.value.link);
export const outbox = computed(() => state.value.outbox);

/** The minute that "4 m" and "in 2 h" are counted from; moves on its own. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 15_000);

/** Every second: signs of typing fade. */
setInterval(() => {
  if (Object.keys(state.peek().typing).length) dispatch({ type: "typing_expired", now: Date.now() });
}, 1000);

/** @param {string | null | undefined} id */
export const conversationOf = (id) => (id ? conversations.value[id] : undefined);

/**
 * What the channel account of a conversation can do.
 * @param {import("./types.d.ts").Conversation | undefined} conversation
 */
export const accountOf = (conversation) => (conversation ? accounts.value[conversation.channel_account_id] : undefined);
