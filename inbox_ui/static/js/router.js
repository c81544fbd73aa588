/** The address of the page and what it shows: /inbox/{view}/{conversation}/contact. Back and forward work, also on a phone. */

import { computed, signal } from "./dom.js";
import { VIEWS } from "./store.js";

/** @typedef {{ view: import("./types.d.ts").View, conversation: string | null, contact: boolean }} Place */

/**
 * @param {string} path
 * @returns {Place}
 */
export function placeOf(path) {
  const [, , view, conversation, contact] = path.split("/");
  const known = VIEWS.find((one) => one === view);
  return { view: known ?? "mine", conversation: conversation || null, contact: contact === "contact" };
}

/** @param {Place} place */
export const pathOf = ({ view, conversation, contact }) =>
  ["/inbox", view, conversation, conversation && contact && "contact"].filter(Boolean).join("/");

export const place = signal(placeOf(location.pathname));
export const view = computed(() => place.value.view);
export const openId = computed(() => place.value.conversation);

addEventListener("popstate", () => {
  place.value = placeOf(location.pathname);
});

/**
 * Go somewhere. A place deeper in the stack list → thread → contact is one step of "back"; beside it, it replaces.
 * @param {Partial<Place>} to
 */
export function go(to) {
  const from = place.peek();
  const next = { contact: false, ...(to.view && to.view !== from.view ? { conversation: null } : {}), ...to };
  const there = { ...from, ...next };
  if (pathOf(there) === pathOf(from)) return;
  const deeper = depth(there) > depth(from) || there.view !== from.view;
  history[deeper ? "pushState" : "replaceState"]({ depth: depth(there) }, "", pathOf(there));
  place.value = there;
}

/** @param {Place} one */
const depth = (one) => Number(!!one.conversation) + Number(one.contact);

/** Go one layer up: the way back when we came from there, else to it. */
export function up() {
  const here = place.peek();
  if (history.state?.depth) return history.back();
  if (here.contact) return go({ contact: false });
  go({ conversation: null });
}
