/** A question that must be answered before anything else, or something small to fill in. Traps the focus and gives it back. */

import { html, signal, useEffect, useRef } from "../dom.js";
import { t } from "../i18n.js";

/** @typedef {{ title: string, text?: string, verb?: string, danger?: boolean, act?: () => void, body?: import("../dom.js").VNode, wide?: boolean }} Question */

export const question = signal(/** @type {Question | null} */ (null));

/** @param {Question} asked */
export const ask = (asked) => {
  question.value = asked;
};

export const closeDialog = () => {
  question.value = null;
};

export function Dialogs() {
  const asked = question.value;
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (asked && !box.current?.open) box.current?.showModal();
  }, [asked]);
  if (!asked) return null;
  const yes = () => {
    closeDialog();
    asked.act?.();
  };
  const press = (/** @type {MouseEvent} */ event) => {
    if (event.target === box.current) closeDialog();
  };
  return html`<dialog class=${asked.wide ? "dialog wide" : "dialog"} ref=${box} aria-label=${asked.title} onClose=${closeDialog} onClick=${press}>
    <div class="dialog-in">
      <h2>${asked.title}</h2>
      ${asked.text && html`<p class="mid">${asked.text}</p>`}
      ${asked.body}
      ${asked.verb && html`<div class="dialog-foot">
        ${asked.act && html`<button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button>`}
        <button type="button" class=${asked.danger ? "btn primary danger-fill" : "btn primary"} onClick=${yes} autofocus>${asked.verb}</button>
      </div>`}
    </div>
  </dialog>`;
}
