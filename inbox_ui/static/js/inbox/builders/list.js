/** Make a question with a list to choose from. */

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
export const askList = (conversation, able, draft) =>
  ask({ title: t("Question with a list"), body: html`<${Form} conversation=${conversation} rules=${able?.list} draft=${draft} />`, wide: true });

/** @param {{ conversation: Conversation, rules: import("../../types.d.ts").Choices, draft: string }} props */
function Form({ conversation, rules, draft }) {
  const [text, setText] = useState(draft);
  const [button, setButton] = useState("");
  const [rows, setRows] = useState([{ title: "", description: "" }, { title: "", description: "" }]);
  const change = (/** @type {number} */ at, /** @type {object} */ part) => setRows(rows.with(at, { ...rows[at], ...part }));
  const full = rows.filter((row) => row.title.trim());
  const tooLong = full.some((row) => isTooLong(row.title, rules.title) || isTooLong(row.description, rules.description));
  const ready = text.trim() && button.trim() && full.length && !tooLong && !isTooLong(text, rules.text) && !isTooLong(button, rules.button);
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!ready) return;
    const sent = full.map((row, at) => ({ id: `r${at + 1}`, title: row.title.trim(), description: row.description.trim() }));
    submit(conversation.id, { kind: "list", text: text.trim(), button: button.trim(), sections: [{ title: "", rows: sent }] });
    if (draft) setDraft(conversation.id, "");
    closeDialog();
  };
  return html`<form class="builder" onSubmit=${send}>
    <${Field} label=${t("Question")} value=${text} write=${setText} limit=${rules.text} rows=${3} />
    <${Field} label=${t("Word on the button that opens the list")} value=${button} write=${setButton} limit=${rules.button} />
    ${rows.map((row, at) => html`<div class="builder-row"><${Field} label=${t("Choice {n}", { n: at + 1 })} value=${row.title} write=${(/** @type {string} */ title) => change(at, { title })} limit=${rules.title} />
      <${Field} label=${t("Description")} value=${row.description} write=${(/** @type {string} */ description) => change(at, { description })} limit=${rules.description} optional /></div>`)}
    ${rows.length < rules.most && html`<button type="button" class="btn ghost sm" onClick=${() => setRows([...rows, { title: "", description: "" }])}><${Icon} name="plus" />${t("One more choice")}</button>`}
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button><button class="btn primary" disabled=${!ready}>${t("Send")}</button></div>
  </form>`;
}
