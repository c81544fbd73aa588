/** What the list of contacts is narrowed to. */

import { signal } from "../dom.js";

/** @typedef {{ q: string, state: "living" | "blocked" | "archived", alike: boolean, channel: string, tag: string, consent: string }} ContactFilter */

/** @type {ContactFilter} */
export const NO_FILTER = { q: "", state: "living", alike: false, channel: "", tag: "", consent: "" };

export const filter = signal(NO_FILTER);

/** @param {Partial<ContactFilter>} changes */
export function narrow(changes) {
  filter.value = { ...filter.value, ...changes };
}

/** What the API is asked for. @param {ContactFilter} wanted @returns {Record<string, string>} */
export const queryOf = (wanted) => Object.fromEntries(Object.entries(wanted).filter(([, value]) => value).map(([name, value]) => [name, String(value)]));

/** @param {ContactFilter} wanted */
export const isNarrowed = (wanted) => JSON.stringify(wanted) !== JSON.stringify(NO_FILTER);
