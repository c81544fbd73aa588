/** Text of people, as text: links are found in it, nothing in it is ever markup. */

import { html } from "../../dom.js";
import { agents } from "../../live.js";

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'，。！？、；：（）【】「」『』]+[^\s<>"'，。！？、；：（）【】「」『』.,!?;:)\]]/gi;

/**
 * Cut a text into plain parts and links.
 * @param {string} text
 * @returns {(string | { href: string, text: string })[]}
 */
export function linkify(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    const href = found[0].startsWith("www.") ? `https://${found[0]}` : found[0];
    parts.push(URL.canParse(href) ? { href, text: found[0] } : found[0]);
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/**
 * Cut the @names of colleagues out of a note.
 * @param {string} text
 * @returns {(string | { mention: string })[]}
 */
function mentions(text) {
  const names = Object.values(agents.value).map((one) => `@${one.name}`).filter((name) => text.includes(name));
  if (!names.length) return [text];
  const escaped = names.sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${escaped.join("|")})`)).filter(Boolean).map((part) => (names.includes(part) ? { mention: part } : part));
}

/** @param {{ text: string, note?: boolean }} props */
export function RichText({ text, note = false }) {
  return linkify(text).map((part) => {
    if (typeof part !== "string") return html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`;
    if (!note) return part;
    return mentions(part).map((piece) => (typeof piece === "string" ? piece : html`<span class="mention">${piece.mention}</span>`));
  });
}
