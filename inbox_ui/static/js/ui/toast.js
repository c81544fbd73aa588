/** One slab at the foot of the page, six seconds, often with Undo. */

import { html, signal } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

const LASTS_MS = 6000;

/** @typedef {{ text: string, undo?: () => void, icon?: string }} Toast */

export const toast = signal(/** @type {Toast | null} */ (null));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

const wait = () => {
  timer = setTimeout(() => {
    toast.value = null;
  }, LASTS_MS);
};
const hold = () => clearTimeout(timer);

/**
 * @param {string} text
 * @param {{ undo?: () => void, icon?: string }} [more]
 */
export function say(text, more = {}) {
  hold();
  toast.value = { text, ...more };
  wait();
}

/** Take back what the toast tells of. */
export function undo() {
  const act = toast.value?.undo;
  toast.value = null;
  act?.();
}

export function Toasts() {
  const now = toast.value;
  return html`<div class="toasts" role="status" aria-live="polite">
    ${now && html`<div class="toast" onMouseEnter=${hold} onMouseLeave=${wait} onFocusIn=${hold} onFocusOut=${wait}>
      <${Icon} name=${now.icon ?? "check"} size="s" /><span>${now.text}</span>
      ${now.undo && html`<button type="button" onClick=${undo}>${t("Undo")}</button>`}
    </div>`}
  </div>`;
}
