/** The message that is answered, above the answer; a click goes to it. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { state } from "../live.js";
import { threadOf } from "../store.js";
import { langOf } from "../script.js";
import { agentName } from "../words.js";
import { jumpTo } from "./jump.js";
import { brief } from "./preview.js";

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
