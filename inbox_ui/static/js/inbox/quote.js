/** The message that is answered, above the answer; a click goes to it. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { state } from "../live.js";
import { loadOlder } from "../load.js";
import { threadOf } from "../store.js";
import { langOf } from "../script.js";
import { agentName } from "../words.js";
import { brief } from "./preview.js";

/** Pages of older messages to look through for a quoted one. */
const MOST_PAGES = 10;

/**
 * Scroll to a message and flash it, loading older ones until it is there.
 * @param {string} conversation_id
 * @param {string} id
 */
export async function jumpTo(conversation_id, id) {
  const thread = () => threadOf(state.peek(), conversation_id);
  for (let page = 0; page < MOST_PAGES && !thread().complete && !thread().messages.some((one) => one.id === id); page++) await loadOlder(conversation_id);
  requestAnimationFrame(() => flash(document.getElementById(`m-${id}`)));
}

/** @param {HTMLElement | null} element */
function flash(element) {
  if (!element) return;
  element.scrollIntoView({ block: "center" });
  element.focus({ preventScroll: true });
  element.classList.add("flash");
  setTimeout(() => element.classList.remove("flash"), 1000);
}

/** @param {{ quoted: import("../types.d.ts").Quoted, conversation: import("../types.d.ts").Conversation }} props */
export function Quote({ quoted, conversation }) {
  const name = quoted.direction === "inbound" ? conversation.contact.name : agentName(quoted.agent_id) || t("We");
  const words = brief(quoted);
  const known = threadOf(state.value, conversation.id).messages.find((one) => one.id === quoted.id);
  const thumb = known?.attachments.find((one) => one.thumb_url)?.thumb_url;
  return html`<button type="button" class="quote" onClick=${() => jumpTo(conversation.id, quoted.id)} title=${t("Go to this message")}>
    ${thumb && html`<span class="thumb"><img src=${thumb} alt="" /></span>`}
    <span class="grow"><b lang=${langOf(name, conversation.contact.language)}>${name}</b><span class="clip quote-words" lang=${langOf(words, conversation.contact.language)}>${words}</span></span>
  </button>`;
}
