/** Going to a message: it is loaded with what stands around it, brought into sight, and flashed. */

import { state } from "../live.js";
import { loadAround } from "../load.js";
import { threadOf } from "../store.js";

const FLASH_MS = 1000;

/**
 * @param {string} conversation_id
 * @param {string} id
 */
export async function jumpTo(conversation_id, id) {
  if (!threadOf(state.peek(), conversation_id).messages.some((one) => one.id === id)) await loadAround(conversation_id, id);
  requestAnimationFrame(() => flash(document.getElementById(`m-${id}`)));
}

/** @param {HTMLElement | null} element */
function flash(element) {
  if (!element) return;
  element.scrollIntoView({ block: "center" });
  element.focus({ preventScroll: true });
  element.classList.add("flash");
  setTimeout(() => element.classList.remove("flash"), FLASH_MS);
}
