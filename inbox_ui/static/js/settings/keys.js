/** Keys of the settings: the palette, the next part of the page, and one layer back. */

import { useEffect } from "../dom.js";
import { openPalette } from "../inbox/asking.js";
import { goTo, path } from "../router.js";
import { closeMenu, openMenu } from "../ui/menu.js";

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

/** @param {number} step */
function alongParts(step) {
  const parts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".side, .set-nav, main.page")].filter((one) => one.checkVisibility()));
  const here = parts.findIndex((one) => one.contains(document.activeElement));
  const next = parts[(here + step + parts.length) % parts.length];
  /** @type {HTMLElement | null} */ (next?.querySelector("[aria-current], input, a[href], button"))?.focus();
}

/** From a field to the page, from a page to the one above it. */
function back() {
  if (openMenu.peek()) return closeMenu();
  if (isField(document.activeElement)) return /** @type {HTMLElement} */ (document.activeElement).blur();
  const above = path.peek().split("/").slice(0, -1).join("/");
  goTo(above === "/settings" || !above ? "/" : above.replace(/\/new$/, ""));
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && !event.shiftKey) openPalette();
  else if (event.key === "F6") alongParts(event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") back();
  else return;
  event.preventDefault();
}

export function useSettingsKeys() {
  useEffect(() => {
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
