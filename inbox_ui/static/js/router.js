/** The address of the page and what it shows: /inbox/{view}/{conversation}/contact, …/{conversation}#m-{message}, /contacts/{contact}, or /settings/{page}/…. Back and forward work, also on a phone. */

import { computed, signal } from "./dom.js";
import { VIEWS } from "./store.js";

/** `message`: the thread is opened there, not at its end.
 * @typedef {{ view: import("./types.d.ts").View, conversation: string | null, contact: boolean, message: string | null }} Place */

/**
 * @param {string} path
 * @param {string} hash
 * @returns {Place}
 */
export function placeOf(path, hash) {
  const [, area, view, conversation, contact] = path.split("/");
  if (area && area !== "inbox") return { view: "mine", conversation: null, contact: false, message: null };
  const known = VIEWS.find((one) => one === view);
  return { view: known ?? "mine", conversation: conversation || null, contact: contact === "contact", message: /^#m-(.+)/.exec(hash)?.[1] ?? null };
}

/** @param {Place} place */
export const pathOf = ({ view, conversation, contact, message }) =>
  ["/inbox", view, conversation, conversation && contact && "contact"].filter(Boolean).join("/") + (conversation && message ? `#m-${message}` : "");

export const path = signal(location.pathname);
export const place = signal(placeOf(location.pathname, location.hash));

/** Which of the pages is shown. @type {import("@preact/signals").ReadonlySignal<"inbox" | "contacts" | "settings">} */
export const area = computed(() => (path.value.startsWith("/settings") ? "settings" : path.value.startsWith("/contacts") ? "contacts" : "inbox"));
export const view = computed(() => place.value.view);
export const openId = computed(() => place.value.conversation);

addEventListener("popstate", () => {
  path.value = location.pathname;
  if (area.peek() === "inbox") place.value = placeOf(location.pathname, location.hash);
});

/**
 * Go to an address of another area than the inbox. `replace`: the page before is not one to come back to.
 * @param {string} to
 * @param {{ replace?: boolean }} [how]
 */
export function goTo(to, { replace = false } = {}) {
  if (to === path.peek()) return;
  history[replace ? "replaceState" : "pushState"]({}, "", to);
  path.value = to;
  if (area.peek() === "inbox") place.value = placeOf(to, "");
}

/**
 * Go somewhere. A place deeper in the stack list → thread → contact is one step of "back"; beside it, it replaces.
 * @param {Partial<Place>} to
 */
export function go(to) {
  const from = place.peek();
  const next = { contact: false, message: null, ...(to.view && to.view !== from.view ? { conversation: null } : {}), ...to };
  const there = { ...from, ...next };
  const isHere = area.peek() === "inbox";
  if (isHere && pathOf(there) === pathOf(from)) return;
  const deeper = !isHere || depth(there) > depth(from) || there.view !== from.view;
  history[deeper ? "pushState" : "replaceState"]({ depth: depth(there) }, "", pathOf(there));
  path.value = location.pathname;
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
