/** What the list is narrowed to: one filter per view, kept while the page lives. */

import { computed, signal } from "../dom.js";
import { view } from "../router.js";
import { plainFilter } from "../store.js";

/** @typedef {import("../types.d.ts").Filter} Filter */

/** @type {import("@preact/signals").Signal<Record<string, Filter>>} */
const chosen = signal({});

export const currentFilter = computed(() => chosen.value[view.value] ?? plainFilter(view.value));

/** @param {Partial<Filter>} changes */
export function narrow(changes) {
  chosen.value = { ...chosen.peek(), [view.peek()]: { ...currentFilter.peek(), ...changes } };
}

/** Show the whole view again. */
export function widen() {
  chosen.value = { ...chosen.peek(), [view.peek()]: plainFilter(view.peek()) };
}

/** Does the filter differ from the view's own? */
export const isNarrowed = computed(() => {
  const { q, channel, tag, team, priority } = currentFilter.value;
  return !!(q || channel || tag || team || priority);
});
