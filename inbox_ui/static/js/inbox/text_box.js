/** The text of an answer: grows with it, sends on Enter, and never while an input method is composing. */

import { html, useLayoutEffect, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { agents } from "../live.js";
import { langOf } from "../script.js";
import { Avatar } from "../ui/icon.js";

/**
 * Make a text area as high as its text. Its surroundings are held while it is measured: the thread above must not move.
 * @param {HTMLTextAreaElement | null} area
 */
function fitHeight(area) {
  const box = area?.parentElement;
  if (!area || !box) return;
  box.style.height = `${box.offsetHeight}px`;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
  box.style.height = "";
}

/**
 * @param {{ input: { current: HTMLTextAreaElement | null }, text: string, write: (text: string) => void, send: (how?: { andClose?: boolean }) => void,
 *   paste: (files: Iterable<File>) => void, disabled: boolean, label: string, conversation: import("../types.d.ts").Conversation }} props
 */
export function TextBox({ input, text, write, send, paste, disabled, label, conversation }) {
  const isNote = label === t("Internal note");
  const at = useSignal(0);
  useLayoutEffect(() => fitHeight(input.current), [text]);
  const caret = input.current?.selectionStart ?? text.length;
  const asked = isNote ? /(?:^|\s)@([^\s@]*)$/.exec(text.slice(0, caret))?.[1] : undefined;
  const found = asked === undefined ? [] : Object.values(agents.value).filter((one) => !one.disabled_at && one.name.toLowerCase().includes(asked.toLowerCase())).slice(0, 6);
  const pick = (/** @type {import("../types.d.ts").Agent} */ one) => {
    const head = text.slice(0, caret - (asked ?? "").length);
    write(`${head}${one.name} ${text.slice(caret)}`);
    input.current?.focus();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (found.length && ["ArrowDown", "ArrowUp", "Enter", "Tab"].includes(event.key)) {
      event.preventDefault();
      if (event.key.startsWith("Arrow")) at.value = (at.value + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
      else pick(found[at.value] ?? found[0]);
      return;
    }
    const command = event.metaKey || event.ctrlKey;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || (event.shiftKey && !command) || (touch && !command)) return;
    event.preventDefault();
    send({ andClose: command && event.shiftKey });
  };
  const pasted = (/** @type {ClipboardEvent} */ event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || isNote) return;
    event.preventDefault();
    paste(files);
  };
  return html`${found.length > 0 && html`<div class="menu slash" role="listbox" aria-label=${t("People")}>${found.map((one, index) => html`<button type="button" role="option" aria-selected=${index === at.value} class=${index === at.value ? "menu-item on" : "menu-item"} onPointerDown=${(/** @type {Event} */ event) => { event.preventDefault(); pick(one); }}><${Avatar} id=${one.id} name=${one.name} /><span class="grow clip">${one.name}</span></button>`)}</div>`}
    <textarea class="text" ref=${input} rows="1" aria-label=${label} value=${text} disabled=${disabled} lang=${langOf(text, null) ?? langOf(conversation.contact.name, conversation.contact.language)}
      onInput=${(/** @type {InputEvent} */ event) => write(/** @type {HTMLTextAreaElement} */ (event.target).value)} onKeyDown=${key} onPaste=${pasted}></textarea>`;
}
