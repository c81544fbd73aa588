/** The palette: find a contact, a conversation or an action from anywhere; or choose for the open conversation (whom, until when, which tag). */

import { cls, html, useEffect, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { conversationOf } from "../live.js";
import { openId } from "../router.js";
import { Icon } from "../ui/icon.js";
import { chosen, closePalette, mode, typed } from "./asking.js";
import { agentItems, priorityItems, snoozeItems, teamItems } from "./choices.js";
import { marked, matches, searchResults, useSearch } from "./palette_search.js";
import { actionItems, recentItems } from "./palette_actions.js";
import { tagItems } from "./tag_picker.js";

/** @typedef {import("../ui/menu.js").Item & { always?: boolean }} Item */
/** @typedef {{ heading: string, items: Item[] }} Section */

/** What each mode asks. @returns {Record<import("./asking.js").Mode, string>} */
const questions = () => ({
  all: t("Search people, messages and actions"),
  assign: t("Assign to…"),
  snooze: t("Snooze until…"),
  tag: t("Tag"),
  priority: t("Priority"),
});

/** @returns {Section[]} */
function sections() {
  const one = conversationOf(openId.value);
  const words = typed.value;
  const fitting = (/** @type {Item[]} */ items) => items.filter((item) => item.always || matches(item.label, words));
  if (mode.value === "all") {
    const actions = { heading: t("Actions"), items: fitting(actionItems(one)).slice(0, words ? 20 : 5) };
    return words.trim() ? [...searchResults(words), actions] : [{ heading: t("Opened last"), items: recentItems() }, actions];
  }
  if (!one) return [];
  const lists = {
    assign: () => [{ heading: t("Agents"), items: fitting(agentItems(one)) }, { heading: t("Teams"), items: fitting(teamItems(one)) }],
    snooze: () => [{ heading: "", items: fitting(snoozeItems(one)) }],
    tag: () => [{ heading: "", items: fitting(tagItems(one, words)) }],
    priority: () => [{ heading: "", items: fitting(priorityItems(one)) }],
  };
  return mode.value ? lists[mode.value]() : [];
}

export function Palette() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const open = mode.value;
  useSearch(typed, open === "all");
  useEffect(() => {
    if (open && !box.current?.open) box.current?.showModal();
  }, [open]);
  if (!open) return null;
  const shown = sections().filter((section) => section.items.length);
  const items = shown.flatMap((section) => section.items);
  const at = Math.min(chosen.value, items.length - 1);
  const pick = (/** @type {Item | undefined} */ item) => {
    if (!item) return;
    closePalette();
    item.act?.();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen.value = (at + step + items.length) % (items.length || 1);
    else if (event.key === "Enter") pick(items[at]);
    else if (event.key === "Escape") closePalette();
    else return;
    event.preventDefault();
    requestAnimationFrame(() => box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
  };
  const write = (/** @type {InputEvent} */ event) => {
    typed.value = /** @type {HTMLInputElement} */ (event.target).value;
    chosen.value = 0;
  };
  const press = (/** @type {MouseEvent} */ event) => {
    if (event.target === box.current) closePalette();
  };
  return html`<dialog class="palette" ref=${box} aria-label=${questions()[open]} onClose=${closePalette} onClick=${press} onKeyDown=${key}>
    <label class="palette-ask"><${Icon} name="search" size="s" /><input type="search" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant=${items.length ? `palette-${at}` : undefined}
      aria-label=${questions()[open]} placeholder=${questions()[open]} value=${typed.value} onInput=${write} autofocus autocomplete="off" spellcheck=${false} /><span class="kbd only-desk">esc</span></label>
    <div class="palette-list" role="listbox" id="palette-list" aria-label=${t("Results")}>
      ${shown.map((section) => html`${section.heading && html`<div class="side-h" role="presentation">${section.heading}</div>`}${section.items.map((item) => html`<${Result} item=${item} at=${items.indexOf(item)} selected=${items[at] === item} pick=${pick} />`)}`)}
      ${!items.length && html`<p class="small quiet palette-none">${t("Nothing found")}</p>`}
    </div>
  </dialog>`;
}

/** @param {{ item: Item, at: number, selected: boolean, pick: (item: Item) => void }} props */
function Result({ item, at, selected, pick }) {
  return html`<button type="button" id=${`palette-${at}`} role="option" aria-selected=${selected} tabindex="-1" class=${cls("menu-item", selected && "on")} onClick=${() => pick(item)} onPointerMove=${() => { chosen.value = at; }}>
    ${item.picture ?? (item.icon && html`<${Icon} name=${item.icon} size="s" />`)}
    <span class="grow clip" lang=${item.lang}>${marked(item.label, typed.value)}${item.note && html`<span class="tiny quiet palette-note">${item.note}</span>`}</span>
    ${item.checked && html`<${Icon} name="check" size="s" />`}
    ${selected ? html`<span class="kbd">↵</span>` : item.keys && html`<span class="kbd">${item.keys}</span>`}
  </button>`;
}
