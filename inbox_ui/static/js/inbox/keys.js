/** Keys: single ones only outside text fields, none while an input method is composing. */

import { useEffect } from "../dom.js";
import { conversationOf, me } from "../live.js";
import { go, goTo, openId, up } from "../router.js";
import { fold } from "../ui/edge.js";
import { closeMenu, openMenu } from "../ui/menu.js";
import { undo } from "../ui/toast.js";
import { assign, close, reopen, snooze, snoozeTimes } from "./actions.js";
import { actOnChecked } from "./bulk.js";
import { checkRange, isChecking, toggleCheck, uncheckAll } from "./checked.js";
import { currentFilter } from "./filter.js";
import { openHelp } from "./help.js";
import { openNeighbour } from "./list.js";
import { openPalette } from "./asking.js";
import { togglePanel } from "./thread_head.js";

/** @param {"reply" | "note"} mode */
const compose = (mode) => dispatchEvent(new CustomEvent("hawker:compose", { detail: mode }));

/** Do something with the open conversation. @param {(one: import("../types.d.ts").Conversation) => void} act */
const withOpen = (act) => () => {
  const one = conversationOf(openId.peek());
  if (one) act(one);
};

/** Open the row that has the focus. */
const openFocused = () => {
  const row = document.activeElement?.closest("[role=option]");
  if (row instanceof HTMLElement) row.click();
};

const closeOrReopen = withOpen((one) => (one.status === "closed" ? reopen(one) : close(one)));

/**
 * For all that is checked, by the menu at the list's foot; else for the open conversation, by the palette.
 * @param {"assign" | "snooze" | "tag"} what
 */
const askFor = (what) => () => {
  if (isChecking.peek()) openMenu.value = `bulk-${what}`;
  else openPalette(what);
};

/** Check the row that has the focus, else the open one. @param {boolean} range */
function check(range) {
  const row = document.activeElement?.closest("[role=option]");
  const id = (row instanceof HTMLElement && row.dataset.id) || openId.peek();
  if (id) (range ? checkRange : toggleCheck)(id);
}

/** @type {Record<string, () => void>} */
const SINGLE = {
  o: openFocused,
  j: () => openNeighbour(1),
  k: () => openNeighbour(-1),
  ArrowDown: () => openNeighbour(1),
  ArrowUp: () => openNeighbour(-1),
  r: () => compose("reply"),
  n: () => compose("note"),
  e: () => (isChecking.peek() ? actOnChecked({ do: currentFilter.peek().status === "closed" ? "open" : "close" }) : closeOrReopen()),
  a: askFor("assign"),
  i: withOpen((one) => me.value && assign(one, { agent_id: me.value.id })),
  z: askFor("snooze"),
  h: withOpen((one) => snooze(one, /** @type {{ at: Date }} */ (snoozeTimes(Date.now()).find(({ keys }) => keys === "H")).at)),
  t: askFor("tag"),
  l: () => openPalette("priority"),
  u: undo,
  "[": () => fold("list"),
  "]": togglePanel,
  "?": openHelp,
};

/** After G. @type {Record<string, import("../types.d.ts").View>} */
const PLACES = { m: "mine", u: "unassigned", a: "all", w: "waiting", z: "snoozed", c: "closed" };

const SECOND_KEY_MS = 1200;
let afterG = 0;

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Step the focus from message to message. @param {number} step */
function alongMessages(step) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("article.msg")]);
  const here = all.indexOf(/** @type {HTMLElement} */ (document.activeElement?.closest("article.msg")));
  const next = here < 0 ? all.at(-1) : all[here + step];
  next?.focus();
}

/** Go round the parts of the page. @param {number} step */
function alongParts(step) {
  const parts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".side, .list, main.thread, .panel")].filter((one) => one.checkVisibility()));
  const here = parts.findIndex((one) => one.contains(document.activeElement));
  const next = parts[(here + step + parts.length) % parts.length];
  const first = /** @type {HTMLElement | null} */ (next?.querySelector("[aria-current], [role=option][tabindex='0'], textarea, a[href], button"));
  first?.focus();
}

/** One layer back: menu, text field, contact, conversation. */
function back() {
  if (openMenu.peek()) return closeMenu();
  if (isField(document.activeElement)) return /** @type {HTMLElement} */ (document.activeElement).blur();
  if (isChecking.peek()) return uncheckAll();
  if (openId.peek()) up();
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const command = event.metaKey || event.ctrlKey;
  const act = command ? commandOf(event) : event.altKey ? altOf(event) : event.key === "F6" ? () => alongParts(event.shiftKey ? -1 : 1) : singleOf(event);
  if (!act) return;
  event.preventDefault();
  act();
}

/** @param {KeyboardEvent} event */
const commandOf = (event) => (event.key.toLowerCase() === "k" && !event.shiftKey ? () => openPalette() : null);

/** @param {KeyboardEvent} event */
function altOf(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  return step ? () => alongMessages(step) : null;
}

/** @param {KeyboardEvent} event */
function singleOf(event) {
  if (document.querySelector("dialog[open]")) return null;
  if (event.key === "Escape") return back;
  if (isField(event.target)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (Date.now() - afterG < SECOND_KEY_MS && (PLACES[key] || key === "s")) {
    afterG = 0;
    if (key === "s") return () => goTo("/settings");
    return () => go({ view: PLACES[key], conversation: null });
  }
  afterG = key === "g" ? Date.now() : 0;
  if (key === "x") return () => check(event.shiftKey);
  if (event.target instanceof HTMLElement && event.target.closest(".scroll") && key.startsWith("Arrow")) return null;
  return SINGLE[key] ?? null;
}

export function useKeys() {
  useEffect(() => {
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
