/** Above the text: the message that is answered, and the files that go with it. */

import { html } from "../dom.js";
import { size } from "../format.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { agentName } from "../words.js";
import { answering, answerNone } from "./drafts.js";
import { brief } from "./preview.js";
import { removeFile, trays } from "./uploads.js";

/** @param {{ conversation: import("../types.d.ts").Conversation }} props */
export function ReplyTo({ conversation }) {
  const answered = answering.value[conversation.id];
  if (!answered) return null;
  const name = answered.direction === "inbound" ? conversation.contact.name : agentName(answered.agent_id);
  return html`<div class="reply-to"><span class="grow clip"><span class="medium">${name}</span> ${brief(answered)}</span>
    <button type="button" class="btn icon-only sm" aria-label=${t("Do not answer this one")} onClick=${() => answerNone(conversation.id)}><${Icon} name="x" /></button></div>`;
}

/** @param {{ id: string }} props */
export function Tray({ id }) {
  const tray = trays.value[id] ?? [];
  if (!tray.length) return null;
  return html`<ul class="tray" aria-label=${t("Files to send")}>${tray.map((one) => html`<li key=${one.key} class=${one.failure ? "tray-item bad" : "tray-item"}>
    <span class="tray-frame">${one.preview ? html`<img src=${one.preview} alt="" />` : html`<${Icon} name=${one.kind === "audio" ? "mic" : "file-text"} />`}</span>
    <span class="grow"><span class="small clip">${one.name}</span><span class="tiny clip quiet">${one.failure || size(one.size_bytes)}</span>
      ${!one.failure && one.share < 1 && html`<span class="bar" role="progressbar" aria-valuenow=${Math.round(one.share * 100)} aria-label=${t("Uploading")}><i style=${{ width: `${one.share * 100}%` }}></i></span>`}</span>
    <button type="button" class="btn icon-only sm" aria-label=${t("Remove {name}", { name: one.name })} onClick=${() => removeFile(id, one.key)}><${Icon} name="x" /></button>
  </li>`)}</ul>`;
}
