/** A text in which the words that were searched for are marked. */

import { html } from "../dom.js";

/** @param {{ text: string, marks: [number, number][] }} props */
export function Marked({ text, marks }) {
  const characters = [...text];
  const part = (/** @type {number} */ from, /** @type {number | undefined} */ to) => characters.slice(from, to).join("");
  const ends = [0, ...marks.map(([, end]) => end)];
  return html`${marks.map(([begin, end], at) => html`${part(ends[at], begin)}<mark>${part(begin, end)}</mark>`)}${part(ends[marks.length], undefined)}`;
}
