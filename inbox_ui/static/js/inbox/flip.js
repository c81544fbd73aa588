/** Rows that change their place move there in one short glide, at most twenty at a time; none for who wants no motion. */

import { useLayoutEffect, useRef } from "../dom.js";

const MOST = 20;
const LASTS_MS = 150;
const EASE = "cubic-bezier(0.2, 0, 0, 1)";

/**
 * @param {{ current: HTMLElement | null }} box
 * @param {string} key of the list; another list does not glide in
 * @param {string[]} ids
 * @param {number} height of a row
 */
export function useFlip(box, key, ids, height) {
  const before = useRef({ key: "", ids: /** @type {string[]} */ ([]) });
  useLayoutEffect(() => {
    const was = before.current;
    before.current = { key, ids };
    if (box.current && was.key === key && was.ids !== ids) glide(box.current, was.ids, ids, height);
  }, [key, ids]);
}

/**
 * @param {HTMLElement} box
 * @param {string[]} was
 * @param {string[]} ids
 * @param {number} height
 */
function glide(box, was, ids, height) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const first = Math.floor(box.scrollTop / height);
  const inSight = ids.slice(first, first + Math.min(MOST, Math.ceil(box.clientHeight / height) + 1));
  for (const [at, id] of inSight.entries()) {
    const from = was.indexOf(id);
    const moved = (from - first - at) * height;
    if (from < 0 || !moved) continue;
    const row = box.querySelector(`[data-id="${id}"]`);
    row?.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: LASTS_MS, easing: EASE });
  }
}
