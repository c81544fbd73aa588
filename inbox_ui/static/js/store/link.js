/** The line to the server, and what is written but not sent. */

import { put } from "./state.js";

/** @typedef {import("../types.d.ts").Verb} Verb */

/** @type {Verb} */
export const linkChanged = (state, event) => {
  const since = event.link === "live" ? null : event.link === "offline" ? state.link.since ?? event.at ?? null : state.link.since;
  return { ...state, link: { state: event.link, since } };
};

/** @type {Verb} */
export const draftChanged = (state, event) => {
  const { text, at, saved = false } = event;
  return { ...state, drafts: put(state.drafts, /** @type {string} */ (event.conversation_id), { text, updated_at: at ?? "", saved }) };
};
