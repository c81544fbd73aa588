// The sheet that comes up from the bottom edge of the drawn phone: choices, never a dialog over the page.
import { fill, h, icon } from "./dom.js";

let giveBack = null;

/** Show rows or groups in the phone's sheet; Esc, the scrim or a choice closes it and returns the focus. */
export function openSheet(title, ...content) {
  const sheet = document.getElementById("sheet");
  giveBack ??= document.activeElement;
  fill(sheet, h("div", { class: "sheet-in", role: "menu", "aria-label": title, onkeydown: keys }, h("div", { class: "grip" }), h("h3", {}, title), ...content));
  sheet.hidden = false;
  sheet.onclick = (event) => { if (event.target === sheet) closeSheet(); };
  sheet.querySelector("button, input")?.focus({ preventScroll: true });
}

export function closeSheet() {
  const sheet = document.getElementById("sheet");
  if (!sheet || sheet.hidden) return;
  sheet.hidden = true;
  sheet.replaceChildren();
  giveBack?.focus?.({ preventScroll: true });
  giveBack = null;
}

export function choiceRow(iconName, label, act, { note = "", end = null } = {}) {
  const go = () => { closeSheet(); act(); };
  return h("button", { type: "button", class: "menu-item", role: "menuitem", onclick: go }, icon(iconName), h("span", { class: "grow" }, label, note ? h("span", { class: "tiny quiet block" }, note) : null), end);
}

export function switchRow(iconName, label, control) {
  return h("div", { class: "menu-item" }, icon(iconName), h("span", { class: "grow" }, label), control);
}

export function grid(title, items) {
  return h("section", {}, h("h4", { class: "tiny quiet" }, title), h("div", { class: "kinds" },
    items.map(([iconName, label, act]) => h("button", { type: "button", class: "kind", role: "menuitem", onclick: () => { closeSheet(); act(); } }, h("span", { class: "kind-icon" }, icon(iconName)), label))));
}

function keys(event) {
  if (event.key === "Escape") {
    event.stopPropagation();
    closeSheet();
    return;
  }
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step || event.target.tagName === "INPUT") return;
  const all = [...event.currentTarget.querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  event.preventDefault();
}

