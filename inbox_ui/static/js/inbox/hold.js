/** Nothing moves under the hand: while the pointer or the focus is in the list, what is new waits. */

import { computed, signal } from "../dom.js";
import { conversations, state } from "../live.js";
import { keyOf, listOf } from "../store.js";
import { currentFilter } from "./filter.js";

/** The list as it is now. */
export const list = computed(() => listOf(state.value, keyOf(currentFilter.value)));

/** What is drawn while a hand is in the list: the order of the moment it came in. */
const held = signal(/** @type {{ key: string, ids: string[] } | null} */ (null));

/** Ids in the order on the screen. */
export const shownIds = computed(() => {
  const key = keyOf(currentFilter.value);
  if (held.value?.key !== key) return list.value.ids;
  const ids = held.value.ids.filter((id) => conversations.value[id]);
  const grown = list.value.ids.length >= ids.length && ids.every((id, at) => list.value.ids[at] === id);
  return grown ? list.value.ids : ids;
});

/** Rows that came or moved up while the list holds still. */
export const waitingRows = computed(() => {
  const shown = shownIds.value;
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
