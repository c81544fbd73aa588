/** All threads of one person as one timeline: a way to look at the open conversation, kept while one goes from channel to channel.
 *
 * It is made of the threads in the store, so that live messages, ticks and what is being sent need nothing of their own.
 */

import { signal, useEffect } from "../dom.js";
import { t } from "../i18n.js";
import { conversations, link, state } from "../live.js";
import { loadOlder, loadThread } from "../load.js";
import { threadOf } from "../store.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").Thread} Thread */

const shown = signal(/** @type {Record<string, boolean>} */ ({}));

/** @param {string} contact_id */
export const isTogether = (contact_id) => !!shown.value[contact_id] && threadsOf(contact_id).length > 1;

/**
 * @param {string} contact_id
 * @param {boolean} on
 */
export function showTogether(contact_id, on) {
  shown.value = { ...shown.value, [contact_id]: on };
}

/**
 * The conversations of a person that the reader may see, newest first.
 * @param {string} contact_id
 * @returns {Conversation[]}
 */
export function threadsOf(contact_id) {
  const found = new Map((state.value.contacts[contact_id]?.conversations ?? []).map((one) => [one.id, one]));
  for (const one of Object.values(conversations.value)) {
    if (one.contact.id === contact_id) found.set(one.id, one);
    else found.delete(one.id);
  }
  return [...found.values()].sort((one, other) => (one.last_message_at < other.last_message_at ? 1 : -1));
}

/** @param {Conversation} one @returns {import("../ui/menu.js").Item[]} */
export function togetherItems(one) {
  const { id } = one.contact;
  if (threadsOf(id).length < 2) return [];
  return [{ label: t("All channels as one timeline"), icon: "layers", checked: isTogether(id), act: () => showTogether(id, !isTogether(id)) }];
}

/**
 * One thread of all: messages in their order, back to where every one of the threads is known.
 * @param {Conversation} here
 * @returns {Thread}
 */
function togetherThread(here) {
  const threads = threadsOf(here.contact.id).map((one) => threadOf(state.value, one.id));
  const since = horizon(threads);
  const messages = threads.flatMap((one) => one.messages).filter((one) => one.position_at >= since);
  messages.sort((one, other) => (one.position_at === other.position_at ? (one.id < other.id ? -1 : 1) : one.position_at < other.position_at ? -1 : 1));
  const once = messages.filter((one, at) => !isSaid(messages.slice(0, at), one));
  return { ...threadOf(state.value, here.id), messages: once, complete: threads.every((one) => one.complete), loaded: threads.every((one) => one.loaded) };
}

/**
 * Was this said before? A merge has a line in every thread.
 * @param {Message[]} before
 * @param {Message} one
 */
const isSaid = (before, { content: { code, params } = {}, direction }) =>
  direction === "activity" && !!params?.merge_id && before.some(({ content }) => content?.code === code && content?.params?.merge_id === params.merge_id);

/**
 * The time before which a thread that is not loaded so far may have said something.
 * @param {Thread[]} threads
 */
const horizon = (threads) => threads.filter((one) => !one.complete).reduce((latest, one) => {
  const first = one.messages[0]?.position_at ?? "";
  return first > latest ? first : latest;
}, "");

/**
 * The one timeline that stands in for a conversation's own thread, kept complete; null where the person is not looked at that way.
 * @param {Conversation | undefined} here
 */
export function useTogether(here) {
  const person = here && isTogether(here.contact.id) ? here.contact.id : null;
  useEffect(() => {
    if (person) loadTogether(person);
  }, [person, person && threadsOf(person).length, link.value.state]);
  return here && person ? togetherThread(here) : null;
}

/** Load the newest of every thread that is not here yet. @param {string} contact_id */
function loadTogether(contact_id) {
  for (const one of threadsOf(contact_id)) {
    const { loaded, loading, stale, newer } = threadOf(state.peek(), one.id);
    if ((!loaded || stale || newer) && !loading) loadThread(one.id);
  }
}

/** Go further back: in the thread, or in those that end the timeline. @param {Conversation} here */
export function loadBefore(here) {
  const contact_id = here.contact.id;
  if (!isTogether(contact_id)) return loadOlder(here.id);
  const threads = threadsOf(contact_id).filter((one) => !threadOf(state.peek(), one.id).complete);
  const since = horizon(threads.map((one) => threadOf(state.peek(), one.id)));
  for (const one of threads) {
    if ((threadOf(state.peek(), one.id).messages[0]?.position_at ?? "") >= since) loadOlder(one.id);
  }
}
