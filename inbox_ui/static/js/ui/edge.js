/** The line between two columns: drag it, or move it with the arrow keys; a double click puts it back. */

import { html, signal, useRef } from "../dom.js";
import { keep, recall } from "../settle.js";

/** @typedef {"list" | "panel"} Column */

/** @type {Record<Column, [number, number]>} smallest and largest width */
const BOUNDS = { list: [280, 420], panel: [280, 400] };

export const widths = signal(recall("widths", /** @type {Partial<Record<Column, number>>} */ ({})));
export const folded = signal(recall("folded", /** @type {Partial<Record<Column, boolean>>} */ ({})));

/** @param {Column} column */
export function fold(column) {
  folded.value = { ...folded.value, [column]: !folded.value[column] };
  keep("folded", folded.value);
}

/**
 * @param {Column} column
 * @param {number | undefined} width
 */
function resize(column, width) {
  const [least, most] = BOUNDS[column];
  widths.value = { ...widths.value, [column]: width === undefined ? undefined : Math.round(Math.min(most, Math.max(least, width))) };
  keep("widths", widths.value);
}

/** @param {{ column: Column, label: string }} props */
export function Edge({ column, label }) {
  const line = useRef(/** @type {HTMLDivElement | null} */ (null));
  const sign = column === "list" ? 1 : -1;
  const current = () => line.current?.parentElement?.getBoundingClientRect().width ?? 0;
  const press = (/** @type {PointerEvent} */ down) => {
    const start = current();
    const move = (/** @type {PointerEvent} */ event) => resize(column, start + sign * (event.clientX - down.clientX));
    line.current?.setPointerCapture(down.pointerId);
    line.current?.addEventListener("pointermove", move);
    line.current?.addEventListener("lostpointercapture", () => line.current?.removeEventListener("pointermove", move), { once: true });
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowLeft: -8, ArrowRight: 8 }[event.key];
    if (!step) return;
    event.preventDefault();
    resize(column, current() + sign * step);
  };
  const [least, most] = BOUNDS[column];
  const width = widths.value[column] ?? parseFloat(getComputedStyle(document.documentElement).getPropertyValue(`--w-${column}`));
  return html`<div class=${`edge edge-${column}`} ref=${line} role="separator" aria-orientation="vertical" tabindex="0" aria-label=${label}
    aria-valuemin=${least} aria-valuemax=${most} aria-valuenow=${Math.round(width) || least}
    onPointerDown=${press} onKeyDown=${key} onDblClick=${() => resize(column, undefined)}></div>`;
}
