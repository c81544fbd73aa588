/** What the palette asks now, what was typed into it, and which answer is marked. */

import { signal } from "../dom.js";
import { conversationOf } from "../live.js";
import { openId } from "../router.js";

/** @typedef {"all" | "assign" | "snooze" | "tag" | "priority"} Mode */

/** null: it is shut. */
export const mode = signal(/** @type {Mode | null} */ (null));
export const typed = signal("");
export const chosen = signal(0);

/** @param {Mode} [wanted] */
export function openPalette(wanted = "all") {
  if (wanted !== "all" && !conversationOf(openId.peek())) return;
  typed.value = "";
  chosen.value = 0;
  mode.value = wanted;
}

export const closePalette = () => {
  mode.value = null;
};
