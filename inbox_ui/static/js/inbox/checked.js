/** Conversations that are checked in the list, to do one thing with all of them. */

import { batch, computed, effect, signal } from "../dom.js";
import { keyOf } from "../store.js";
import { currentFilter } from "./filter.js";
import { list, shownIds } from "./hold.js";

export const checked = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** All that the view holds, also what is not loaded. */
export const isWholeView = signal(false);

/** The row from which a range is checked. */
let anchor = "";

export const isChecking = computed(() => checked.value.size > 0);

/** Every row that is loaded is checked, and there are more. */
export const canTakeAll = computed(() => {
  const { ids, complete } = list.value;
  return !complete && !currentFilter.value.q && !isWholeView.value && ids.length > 0 && ids.every((id) => checked.value.has(id));
});

export function uncheckAll() {
  batch(() => {
    checked.value = new Set();
    isWholeView.value = false;
  });
}

effect(() => {
  keyOf(currentFilter.value);
  uncheckAll();
});

/** @param {string} id */
export function toggleCheck(id) {
  const next = new Set(checked.peek());
  if (!next.delete(id)) next.add(id);
  anchor = id;
  batch(() => {
    checked.value = next;
    isWholeView.value = false;
  });
}

/** Check all rows from the last one checked to this one. @param {string} id */
export function checkRange(id) {
  const ids = shownIds.peek();
  const ends = [ids.indexOf(anchor), ids.indexOf(id)];
  if (ends[0] < 0) return toggleCheck(id);
  checked.value = new Set([...checked.peek(), ...ids.slice(Math.min(...ends), Math.max(...ends) + 1)]);
}

/** Check what is loaded of the list. */
export const checkLoaded = () => {
  checked.value = new Set(shownIds.peek());
};
