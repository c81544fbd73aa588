/** A sheet from the end side for what is seldom needed: raw content. */

import { html, signal, useEffect, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { copy } from "./bubbles/contacts.js";

const shown = signal(/** @type {{ title: string, text: string } | null} */ (null));

/** @param {{ title: string, text: string }} content */
export const openDrawer = (content) => {
  shown.value = content;
};

const close = () => {
  shown.value = null;
};

export function Drawer() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const content = shown.value;
  useEffect(() => {
    if (content && !box.current?.open) box.current?.showModal();
  }, [content]);
  if (!content) return null;
  const press = (/** @type {MouseEvent} */ event) => {
    if (event.target === box.current) close();
  };
  return html`<dialog class="drawer" ref=${box} aria-label=${content.title} onClose=${close} onClick=${press}>
    <header class="thread-head"><h2 class="grow">${content.title}</h2>
      <button type="button" class="btn icon-only" aria-label=${t("Copy")} title=${t("Copy")} onClick=${() => copy(content.text)}><${Icon} name="copy" /></button>
      <button type="button" class="btn icon-only" aria-label=${t("Close")} title=${t("Close")} onClick=${close}><${Icon} name="x" /></button></header>
    <pre class="raw mono" tabindex="0">${content.text}</pre>
  </dialog>`;
}
