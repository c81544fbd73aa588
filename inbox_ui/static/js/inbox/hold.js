/** Nothing moves under the hand: while the pointer or the focus is in the list, what is new waits. */

import { computed, effect, signal } from "../dom.js";
import { conversations, state } from "../live.js";
import { openId } from "../router.js";
import { comparator, keyOf, listOf } from "../store.js";
import { currentFilter } from "./filter.js";

/** The list as it is now. */
export const list = computed(() => listOf(state.value, keyOf(currentFilter.value)));

/** What is drawn while a hand is in the list: the order of the moment it came in. */
const held = signal(/** @type {{ key: string, ids: string[] } | null} */ (null));

/** The open conversation as it was when it was opened: it keeps that place in its list until it is left. */
const pinned = signal(/** @type {{ key: string, conversation: import("../types.d.ts").Conversation } | null} */ (null));

effect(() => {
  const id = openId.value;
  const key = keyOf(currentFilter.value);
  if (pinned.peek()?.conversation.id === id && pinned.peek()?.key === key) return;
  const conversation = id && list.value.ids.includes(id) ? conversations.peek()[id] : undefined;
  pinned.value = conversation ? { key, conversation } : null;
});

/**
 * Put the open conversation where it was.
 * @param {string[]} ids
 */
function pin(ids) {
  if (!pinned.value || pinned.value.key !== keyOf(currentFilter.value)) return ids;
  const { conversation } = pinned.value;
  if (!conversations.value[conversation.id]) return ids;
  const others = ids.filter((id) => id !== conversation.id);
  const compare = comparator(currentFilter.value.sort);
  const at = others.findIndex((id) => compare(conversation, conversations.value[id]) < 0);
  return others.toSpliced(at < 0 ? others.length : at, 0, conversation.id);
}

/** Ids in the order on the screen. */
export const shownIds = computed(() => pin(steadyIds.value));

const steadyIds = computed(() => {
  const key = keyOf(currentFilter.value);
  if (held.value?.key !== key) return list.value.ids;
  const ids = held.value.ids.filter((id) => conversations.value[id]);
  const grown = list.value.ids.length >= ids.length && ids.every((id, at) => list.value.ids[at] === id);
  return grown ? list.value.ids : ids;
});

/** Rows that came or moved up while the list holds still. */
export const waitingRows = computed(() => {
  const shown = steadyIds.value;
  const live = list.value.ids;
  if (shown === live) return 0;
  return live.filter((id, at) => shown.indexOf(id) < 0 || shown.indexOf(id) > at + (live.length - shown.length)).length;
});

const LEAVE_MS = 2000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/** A hand comes in: the order stays as it is. */
export const enter = () => {
  clearTimeout(leaving);
  held.value ??= { key: keyOf(currentFilter.peek()), ids: list.peek().ids };
};
/** Show the order of now. */
export const release = () => {
  held.value = null;
};
/** The hand is gone: a moment later the order of now is shown. */
export const leave = () => {
  clearTimeout(leaving);
  leaving = setTimeout(release, LEAVE_MS);
};
