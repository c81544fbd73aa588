/** The counts beside the views, kept right by what each conversation was and became. */

import { belongs, plainFilter } from "./views.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Counts} Counts */
/** @typedef {import("../types.d.ts").State} State */

/** Counts are exact below this; the server says 1000 for "more". */
const CAP = 1000;

/** @type {[keyof Counts, import("../types.d.ts").View][]} */
const COUNTED = [
  ["mine", "mine"],
  ["unassigned", "unassigned"],
  ["all_open", "all"],
  ["snoozed", "snoozed"],
  ["closed", "closed"],
  ["waiting", "waiting"],
];

/**
 * Count a change. Where the old state of the conversation or the exact count is not known, the counts are marked stale instead.
 * @param {State} state
 * @param {Conversation | undefined} before
 * @param {Conversation | null} after null: it is out of sight now
 * @returns {State}
 */
export function recount(state, before, after) {
  if (!state.counts) return state;
  if (!before) return { ...state, counts_stale: true };
  const counts = { ...state.counts };
  let stale = state.counts_stale;
  for (const [name, view] of COUNTED) {
    const filter = plainFilter(view);
    const step = Number(!!after && belongs(filter, after, state.me?.id)) - Number(belongs(filter, before, state.me?.id));
    if (step && counts[name] >= CAP) stale = true;
    else counts[name] += step;
  }
  return { ...state, counts, counts_stale: stale };
}

/** @type {import("../types.d.ts").Verb} */
export const countsLoaded = (state, event) => ({ ...state, counts: event.counts, counts_stale: false });
