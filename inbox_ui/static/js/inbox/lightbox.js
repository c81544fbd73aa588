/** Pictures at full size, one after the other. */

import { html, signal, useEffect, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { state } from "../live.js";
import { threadOf } from "../store.js";
import { Icon } from "../ui/icon.js";

/** @typedef {{ url: string, name: string, words: string }} Shot */

const shown = signal(/** @type {{ shots: Shot[], at: number } | null} */ (null));

/**
 * Open a picture; the arrows go through all pictures of its conversation.
 * @param {import("../types.d.ts").Message} message
 * @param {import("../types.d.ts").Attachment} attachment
 */
export function openLightbox(message, attachment) {
  const shots = threadOf(state.peek(), message.conversation_id).messages
    .filter((one) => one.kind === "image")
    .flatMap((one) => one.attachments.filter(({ state }) => state === "ready").map(({ url, filename }) => ({ url, name: filename, words: one.text })));
  shown.value = { shots, at: Math.max(0, shots.findIndex((one) => one.url === attachment.url)) };
}

const close = () => {
  shown.value = null;
};

/** @param {number} step */
function turn(step) {
  if (!shown.value) return;
  const { shots, at } = shown.value;
  shown.value = { shots, at: (at + step + shots.length) % shots.length };
}

export function Lightbox() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const open = shown.value;
  useEffect(() => {
    if (open && !box.current?.open) box.current?.showModal();
  }, [open]);
  if (!open) return null;
  const { url, name, words } = open.shots[open.at];
  const press = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    event.stopPropagation();
    if (step) turn(step);
  };
  return html`<dialog class="lightbox" ref=${box} aria-label=${t("Picture")} onClose=${close} onKeyDown=${press}>
    <div class="lightbox-bar"><span class="grow clip">${words}</span>
      <a class="btn icon-only" href=${url} download=${name} aria-label=${t("Save")} title=${t("Save")}><${Icon} name="download" /></a>
      <button type="button" class="btn icon-only" onClick=${close} aria-label=${t("Close")} title=${t("Close")}><${Icon} name="x" /></button></div>
    <div class="lightbox-in">
      ${open.shots.length > 1 && html`<button type="button" class="btn icon-only" onClick=${() => turn(-1)} aria-label=${t("Previous")}><${Icon} name="chevron-left" /></button>`}
      <img src=${url} alt=${words || t("Picture")} />
      ${open.shots.length > 1 && html`<button type="button" class="btn icon-only" onClick=${() => turn(1)} aria-label=${t("Next")}><${Icon} name="chevron-right" /></button>`}
    </div>
  </dialog>`;
}
