/** Make a question with buttons. */

import { html, useState } from "../../dom.js";
import { t } from "../../i18n.js";
import { submit } from "../../outbox.js";
import { ask, closeDialog } from "../../ui/dialog.js";
import { Icon } from "../../ui/icon.js";
import { setDraft } from "../drafts.js";
import { isTooLong } from "../measure.js";
import { Field } from "./field.js";

/** @typedef {import("../../types.d.ts").Conversation} Conversation */
/** @typedef {import("../../types.d.ts").Capabilities} Capabilities */

/**
 * @param {Conversation} conversation
 * @param {Capabilities | undefined} able
 * @param {string} draft what is written already becomes the question
 */
export const askButtons = (conversation, able, draft) =>
  ask({ title: t("Question with buttons"), body: html`<${Form} conversation=${conversation} rules=${able?.buttons} draft=${draft} />` });

/** @param {{ conversation: Conversation, rules: import("../../types.d.ts").Choices, draft: string }} props */
function Form({ conversation, rules, draft }) {
  const [text, setText] = useState(draft);
  const [titles, setTitles] = useState(["", ""]);
  const full = titles.map((one) => one.trim()).filter(Boolean);
  const ready = text.trim() && full.length && !isTooLong(text, rules.text) && !full.some((one) => isTooLong(one, rules.title)) && new Set(full).size === full.length;
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!ready) return;
    submit(conversation.id, { kind: "buttons", text: text.trim(), buttons: full.map((title, at) => ({ id: `b${at + 1}`, title })) });
    if (draft) setDraft(conversation.id, "");
    closeDialog();
  };
  return html`<form class="builder" onSubmit=${send}>
    <${Field} label=${t("Question")} value=${text} write=${setText} limit=${rules.text} rows=${3} />
    ${titles.map((title, at) => html`<${Field} label=${t("Button {n}", { n: at + 1 })} value=${title} write=${(/** @type {string} */ value) => setTitles(titles.with(at, value))} limit=${rules.title} optional=${at > 0} />`)}
    ${titles.length < rules.most && html`<button type="button" class="btn ghost sm" onClick=${() => setTitles([...titles, ""])}><${Icon} name="plus" />${t("One more button")}</button>`}
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button><button class="btn primary" disabled=${!ready}>${t("Send")}</button></div>
  </form>`;
}
