/** The list of conversations: rows of one height, only those in sight are drawn, and nothing moves under the hand. */

import { cls, html, signal, useEffect, useRef } from "../dom.js";
import { clock } from "../format.js";
import { t, tn } from "../i18n.js";
import { conversations, link, outbox } from "../live.js";
import { loadList, loadMore } from "../load.js";
import { openId } from "../router.js";
import { keyOf } from "../store.js";
import { Edge } from "../ui/edge.js";
import { Icon } from "../ui/icon.js";
import { Trouble } from "../ui/trouble.js";
import { isPhone } from "../ui/width.js";
import { BulkBar } from "./bulk_bar.js";
import { isChecking } from "./checked.js";
import { currentFilter } from "./filter.js";
import { useFlip } from "./flip.js";
import { enter, leave, list, release, shownIds, waitingRows } from "./hold.js";
import { ListHead } from "./list_head.js";
import { NoneSoFar, NoRows, SearchOlder } from "./no_rows.js";
import { open, Row, SkeletonRow } from "./row.js";

/** Rows drawn above and below what is in sight. */
const MARGIN = 6;

export function ConversationList() {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const filter = currentFilter.value;
  const key = keyOf(filter);
  useEffect(() => {
    release();
    box.current?.scrollTo(0, 0);
  }, [key]);
  useEffect(() => {
    const next = (/** @type {Event} */ event) => focusAfter(/** @type {CustomEvent} */ (event).detail, box.current);
    addEventListener("hawker:closed", next);
    return () => removeEventListener("hawker:closed", next);
  }, []);
  return html`<section class="list" role=${isPhone.value ? "main" : undefined} aria-label=${t("Conversations")} tabindex="-1">
    <${ListHead} />
    <${OfflineNotice} />
    <div class="rows-box" onPointerEnter=${enter} onPointerLeave=${leave}>
      <${NewPill} box=${box} />
      <${Rows} box=${box} />
    </div>
    <${BulkBar} />
    <${Edge} column="list" label=${t("Width of the list")} />
  </section>`;
}

/** @param {{ box: { current: HTMLElement | null } }} props */
function NewPill({ box }) {
  const n = waitingRows.value;
  const show = () => {
    release();
    box.current?.scrollTo(0, 0);
  };
  return html`<div class="new-pill" aria-live="polite">${n > 0 && html`<button type="button" class="btn primary sm" onClick=${show}><${Icon} name="arrow-up" />${tn("{n} new", "{n} new", n)}</button>`}</div>`;
}

function OfflineNotice() {
  const { state: line, since } = link.value;
  if (line !== "offline" || !since) return null;
  const waiting = outbox.value.length;
  const text = waiting
    ? tn("No connection since {time}. You can read and write; {n} message waits here and goes out when it is back.", "No connection since {time}. You can read and write; {n} messages wait here and go out when it is back.", waiting, { time: clock(since) })
    : t("No connection since {time}. You can read and write.", { time: clock(since) });
  return html`<div class="notice warn list-notice" role="status"><span class="warn"><${Icon} name="wifi-off" /></span><span class="grow">${text}</span></div>`;
}

/** @param {{ box: { current: HTMLDivElement | null } }} props */
function Rows({ box }) {
  const range = useRef(signal({ from: 0, to: 40 })).current;
  const { loaded, complete, failed, loading, matches, searched } = list.value;
  const ids = shownIds.value;
  const height = rowHeight();
  const look = () => {
    if (!box.current) return;
    const from = Math.max(0, Math.floor(box.current.scrollTop / height) - MARGIN);
    const to = Math.ceil((box.current.scrollTop + box.current.clientHeight) / height) + MARGIN;
    if (from !== range.peek().from || to !== range.peek().to) range.value = { from, to };
    if (to >= list.peek().ids.length && !list.peek().searched) loadMore(currentFilter.peek());
  };
  useEffect(look, [ids.length]);
  useFlip(box, keyOf(currentFilter.value), ids, height);
  if (!ids.length && failed) return html`<${Trouble} title=${t("This list did not load")} text=${t("The server took too long. Nothing is lost.")} again=${() => loadList(currentFilter.peek())} />`;
  if (!ids.length && loaded && !loading) return searched ? html`<${NoneSoFar} far=${searched} />` : html`<${NoRows} />`;
  const { from, to } = range.value;
  const drawn = ids.slice(from, to);
  const more = !complete && loaded && (!searched || loading);
  const older = searched && !loading;
  const selected = openId.value;
  const focusable = drawn.includes(selected ?? "") ? selected : drawn[0];
  return html`<div class=${cls("rows", isChecking.value && "checking")} role="listbox" aria-label=${t("Conversations")} ref=${box} onScroll=${look} onFocusIn=${enter} onFocusOut=${leave} onKeyDown=${arrows}>
    <div class="rows-in" style=${{ height: `${(ids.length + (more ? 3 : older ? 1 : 0)) * height}px` }} role="presentation">
      ${drawn.map((id, at) => html`<${Row} key=${id} conversation=${conversations.value[id]} match=${matches[id]} top=${(from + at) * height} selected=${id === selected}
        first=${from + at === 0} tabbable=${id === focusable} position=${from + at + 1} size=${complete ? ids.length : -1} />`)}
      ${(more || !loaded) && [0, 1, 2, ...(loaded ? [] : [3, 4, 5])].map((at) => html`<${SkeletonRow} key=${`skeleton ${at}`} top=${(ids.length + at) * height} />`)}
      ${older && html`<div class="older-row" style=${{ top: `${ids.length * height}px`, height: `${height}px` }} role="presentation"><${SearchOlder} far=${searched} /></div>`}
    </div>
  </div>`;
}

/** Arrow keys move the focus from row to row; Enter opens. @param {KeyboardEvent} event */
function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const rows = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("[role=option]")]);
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  rows[at + step]?.focus();
}

/**
 * A conversation was closed: the next row takes the focus, so that Enter goes on.
 * @param {string} id
 * @param {HTMLElement | null} box
 */
function focusAfter(id, box) {
  const ids = shownIds.peek();
  const at = ids.indexOf(id);
  const next = ids[at + 1] ?? ids[at - 1];
  requestAnimationFrame(() => {
    const row = /** @type {HTMLElement | null | undefined} */ (next && box?.querySelector(`[data-id="${next}"]`));
    row?.focus({ preventScroll: true });
  });
}

/** The height of every row, by density. */
export const rowHeight = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row-h")) || 74;

/**
 * Open the conversation before or after the open one.
 * @param {1 | -1} step
 */
export function openNeighbour(step) {
  const ids = shownIds.peek();
  const at = ids.indexOf(openId.peek() ?? "");
  const id = at < 0 ? ids[0] : ids[at + step];
  if (id) open(id);
}
