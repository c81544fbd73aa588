/** The life of a page: load, go live, fall behind, catch up. */

import * as api from "./api.js";
import { effect } from "./dom.js";
import { dispatch, state } from "./live.js";
import { loadCounts, loadDirectory, loadList, loadMe, loadThread } from "./load.js";
import { useTimeZone } from "./format.js";
import { flush, restore } from "./outbox.js";
import { openId } from "./router.js";
import { connect } from "./socket.js";
import { currentFilter } from "./inbox/filter.js";

/** @type {ReturnType<typeof connect>} */
let line;

/** Load who we are, then open the line; lists are loaded when it stands, so that nothing falls between. */
export async function start() {
  const [me] = await Promise.all([loadMe(), loadDirectory()]);
  useTimeZone(me.business.time_zone);
  restore();
  line = connect({ since: () => state.peek().cursor, hello, event: happened, caughtUp, reset, lost, over });
  effect(tellViewing);
  effect(refreshCounts);
}

/**
 * @param {import("./types.d.ts").StoreEvent} event
 * @param {boolean} resumed
 */
function hello(event, resumed) {
  if (resumed) return dispatch({ type: "link_changed", link: "catching_up" });
  dispatch({ type: "caught_up", id: event.id });
  refresh();
  live();
}

/** Fleeting events carry no time: they are of now. */
const happened = (/** @type {import("./types.d.ts").StoreEvent} */ event) => dispatch(event.id ? event : { ...event, at: new Date().toISOString() });

function caughtUp(/** @type {import("./types.d.ts").StoreEvent} */ event) {
  dispatch({ type: "caught_up", id: event.id });
  live();
}

function reset(/** @type {import("./types.d.ts").StoreEvent} */ event) {
  dispatch(event);
  loadDirectory();
  refresh();
  live();
}

function live() {
  dispatch({ type: "link_changed", link: "live" });
  line?.say({ type: "viewing", conversation_id: openId.peek() });
  flush();
}

function lost() {
  dispatch({ type: "link_changed", link: "offline", at: new Date().toISOString() });
}

/** The session is over or rights have changed: the server decides anew what this page is. */
const over = () => location.reload();

/** Load anew what is on the screen. */
function refresh() {
  const open = openId.peek();
  loadList(currentFilter.peek());
  loadCounts().catch(console.warn);
  if (open) loadThread(open);
}

/** Tell colleagues what this page shows. */
function tellViewing() {
  line?.say({ type: "viewing", conversation_id: openId.value });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let recounting;

/** Ask for the counts where they cannot be worked out here; a burst of changes asks once. */
function refreshCounts() {
  if (!state.value.counts_stale || recounting) return;
  recounting = setTimeout(() => {
    recounting = undefined;
    loadCounts().catch(console.warn);
  }, 1000);
}

let lastTyping = 0;

/**
 * Tell the customer's platform and colleagues that someone is writing here; at most every four seconds.
 * @param {string} conversation_id
 * @param {boolean} toCustomer
 */
export function sayTyping(conversation_id, toCustomer) {
  if (Date.now() - lastTyping < 4000) return;
  lastTyping = Date.now();
  line?.say({ type: "typing", conversation_id });
  if (toCustomer && state.peek().link.state === "live") api.sayTyping(conversation_id).catch(console.warn);
}
