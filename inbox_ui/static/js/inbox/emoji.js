/** A small grid of the emoji that shops and their customers use; the system's own picker has the rest. */

import { html, useEffect, useLayoutEffect, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { keep, recall } from "../settle.js";
import { Icon } from "../ui/icon.js";
import { closeMenu, openMenu, place, useOutside } from "../ui/menu.js";

const GROUPS = [
  { name: () => t("Faces"), emoji: "😀 😃 😄 😁 😆 😅 😂 🤣 🙂 😉 😊 😇 🥰 😍 🤩 😘 😋 😜 🤔 🤗 🤭 🫢 🤫 😐 😏 😌 😴 😷 🤒 🥳 😎 😕 🙁 😮 😯 😲 🥺 😢 😭 😱 😤 😡 🙏".split(" ") },
  { name: () => t("Hands"), emoji: "👍 👎 👌 🤌 ✌️ 🤞 🤟 👋 🤚 ✋ 👏 🙌 🤝 💪 👉 👈 👆 👇 ☝️ ✍️ 🫶 ❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💕 💖 💯".split(" ") },
  { name: () => t("Things"), emoji: "🎉 🎊 🎁 🎂 🍰 ☕ 🍵 🫖 🧋 🍜 🥢 🍊 🌸 🌹 🌙 ⭐ ✨ 🔥 ☀️ 🌧️ 🌈 🏮 🧧 📦 🚚 🛍️ 🛒 💳 💰 🧾 📞 📱 📷 📍 🏠 ⏰ 📅 ✅ ❌ ❗ ❓ ➕ ➖ 🔔 🔒".split(" ") },
];

const COLUMNS = 8;
const MOST_RECENT = 16;

/** @param {{ insert: (emoji: string) => void, disabled: boolean }} props */
export function EmojiPicker({ insert, disabled }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const open = openMenu.value === "emoji";
  const toggle = () => {
    openMenu.value = open ? null : "emoji";
  };
  const done = () => {
    closeMenu();
    button.current?.focus();
  };
  return html`<span class="menu-anchor"><button type="button" ref=${button} class="btn icon-only" aria-label=${t("Emoji")} title=${t("Emoji")} aria-haspopup="dialog" aria-expanded=${open} disabled=${disabled} onClick=${toggle}><${Icon} name="smile" /></button>
    ${open && html`<${Grid} anchor=${button} insert=${insert} done=${done} />`}</span>`;
}

/** @param {{ anchor: { current: HTMLElement | null }, insert: (emoji: string) => void, done: () => void }} props */
function Grid({ anchor, insert, done }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const recent = recall("emoji", /** @type {string[]} */ ([]));
  useLayoutEffect(() => {
    if (box.current && anchor.current) place(box.current, anchor.current.getBoundingClientRect(), "start");
  }, []);
  useEffect(() => box.current?.querySelector("button")?.focus({ preventScroll: true }), []);
  useOutside(box, anchor, done);
  const pick = (/** @type {string} */ emoji) => {
    keep("emoji", [emoji, ...recent.filter((one) => one !== emoji)].slice(0, MOST_RECENT));
    closeMenu();
    insert(emoji);
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (event.key === "Escape") return done();
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...(box.current?.querySelectorAll("button") ?? [])];
    buttons[buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + step]?.focus();
  };
  const groups = recent.length ? [{ name: () => t("Used last"), emoji: recent }, ...GROUPS] : GROUPS;
  return html`<div class="menu pop emoji" role="dialog" aria-label=${t("Emoji")} ref=${box} onKeyDown=${move}>
    ${groups.map((group) => html`<div class="side-h">${group.name()}</div><div class="emoji-grid">${group.emoji.map((emoji) => html`<button type="button" onClick=${() => pick(emoji)}>${emoji}</button>`)}</div>`)}
  </div>`;
}
