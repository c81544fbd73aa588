/** Menus: open from their button, are driven by arrows and first letters, give the focus back. */

import { cls, html, signal, useEffect, useLayoutEffect, useRef } from "../dom.js";
import { Icon } from "./icon.js";

/**
 * @typedef {{ label: string, act?: () => void, icon?: string, key?: string, keys?: string, checked?: boolean, danger?: boolean,
 *   disabled?: boolean, heading?: boolean, lang?: string, picture?: import("../dom.js").VNode, note?: string }} Item
 */

/** The menu that is open now, by name. */
export const openMenu = signal(/** @type {string | null} */ (null));

export const closeMenu = () => {
  openMenu.value = null;
};

/**
 * A button with a menu.
 * @param {{ name: string, label: string, items: () => Item[], class?: string, children?: import("../dom.js").Children,
 *   align?: "start" | "end", title?: string, disabled?: boolean, wide?: boolean, text?: boolean }} props
 *   `text`: the button shows words, which name it; else `label` does
 */
export function Menu({ name, label, items, class: className = "btn icon-only", children, align = "end", title, disabled, wide, text }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const open = openMenu.value === name;
  const toggle = () => {
    openMenu.value = open ? null : name;
  };
  const done = () => {
    closeMenu();
    button.current?.focus({ preventScroll: true });
  };
  return html`<span class="menu-anchor">
    <button type="button" ref=${button} class=${className} aria-haspopup="menu" aria-expanded=${open} aria-label=${text ? undefined : label}
      title=${title ?? label} disabled=${disabled} onClick=${toggle}>${children}</button>
    ${open && html`<${MenuList} items=${items()} label=${label} anchor=${button} align=${align} done=${done} wide=${wide} />`}
  </span>`;
}

/**
 * @param {{ items: Item[], label: string, anchor: { current: HTMLElement | null }, align: "start" | "end", done: () => void, wide?: boolean }} props
 */
function MenuList({ items, label, anchor, align, done, wide }) {
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    if (!list.current || !anchor.current) return;
    place(list.current, anchor.current.getBoundingClientRect(), align);
    /** @type {HTMLElement | null} */ (list.current.querySelector("[aria-checked=true], [role^=menuitem]"))?.focus({ preventScroll: true });
  }, []);
  useOutside(list, anchor, done);
  const rows = items.map((item) => item.heading ? html`<div class="side-h" role="presentation">${item.label}</div>` : html`<${Row} item=${item} done=${done} />`);
  return html`<div class=${cls("menu pop", wide && "wide")} role="menu" aria-label=${label} ref=${list} onKeyDown=${(/** @type {KeyboardEvent} */ event) => drive(event, list.current, done)}>${rows}</div>`;
}

/** @param {{ item: Item, done: () => void }} props */
function Row({ item, done }) {
  const pick = () => {
    done();
    item.act?.();
  };
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  return html`<button type="button" class=${cls("menu-item", item.danger && "bad")} role=${role} tabindex="-1" aria-checked=${item.checked}
    disabled=${item.disabled} onClick=${pick} lang=${item.lang}>
    ${item.picture ?? (item.icon && html`<${Icon} name=${item.icon} size="s" />`)}
    <span class="grow clip">${item.label}${item.note && html`<small class="clip">${item.note}</small>`}</span>
    ${item.checked && html`<${Icon} name="check" size="s" />`}
    ${item.keys && html`<span class="kbd">${item.keys}</span>`}
  </button>`;
}

/**
 * Put a floating thing below its button, or above where there is no room; always inside the window.
 * @param {HTMLElement} box
 * @param {DOMRect} from
 * @param {"start" | "end"} align
 */
export function place(box, from, align) {
  const gap = 6;
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = from.bottom + gap + height <= innerHeight - 8;
  const left = align === "end" ? from.right - width : from.left;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${below ? from.bottom + gap : Math.max(8, from.top - gap - height)}px`;
}

/**
 * Close when something else is pressed, or the window changes.
 * @param {{ current: HTMLElement | null }} box
 * @param {{ current: HTMLElement | null }} anchor
 * @param {() => void} done
 */
export function useOutside(box, anchor, done) {
  useEffect(() => {
    const press = (/** @type {PointerEvent} */ event) => {
      const target = /** @type {Node} */ (event.target);
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) closeMenu();
    };
    addEventListener("pointerdown", press, true);
    addEventListener("resize", done);
    return () => {
      removeEventListener("pointerdown", press, true);
      removeEventListener("resize", done);
    };
  }, []);
}

/**
 * Arrow keys, Home, End, first letters and Esc in a menu.
 * @param {KeyboardEvent} event
 * @param {HTMLElement | null} list
 * @param {() => void} done
 */
function drive(event, list, done) {
  const rows = /** @type {HTMLElement[]} */ ([...(list?.querySelectorAll("[role^=menuitem]:not([disabled])") ?? [])]);
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") done();
  else if (to !== undefined) rows[(to + rows.length) % rows.length]?.focus();
  else if (event.key.length === 1 && event.key !== " ") {
    const later = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
    later.find((row) => row.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  } else return;
  event.preventDefault();
}
