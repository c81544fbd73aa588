/** The questions of a small form, such as the one before a chat: name, kind, must it be answered. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";

/** @typedef {{ name: string, label: string, kind: string, required: boolean }} Question */

/** @param {import("./setting_box.js").BoxProps} props */
export function Questions({ field, value, write, wrong }) {
  const rows = /** @type {Question[]} */ (value ?? []);
  const change = (/** @type {number} */ at, /** @type {Partial<Question>} */ to) => write(rows.map((row, n) => (n === at ? { ...row, ...to } : row)));
  const drop = (/** @type {number} */ at) => write(rows.length > 1 ? rows.filter((_, n) => n !== at) : null);
  const add = () => write([...rows, { name: nameFor(rows), label: "", kind: Object.keys(field.choices)[0], required: false }]);
  return html`<fieldset class="questions"><legend class="label">${field.label}</legend>
    ${field.help && html`<span class="help">${field.help}</span>`}
    ${rows.map((row, at) => html`<div class="question" key=${row.name}>
      <input class="input" value=${row.label} aria-label=${t("Question {n}", { n: at + 1 })} onInput=${(/** @type {Event} */ event) => change(at, { label: /** @type {HTMLInputElement} */ (event.target).value })} />
      <select class="input" aria-label=${t("Kind of answer")} onChange=${(/** @type {Event} */ event) => change(at, { kind: /** @type {HTMLSelectElement} */ (event.target).value })}>${Object.entries(field.choices).map(([kind, name]) => html`<option value=${kind} selected=${kind === row.kind}>${name}</option>`)}</select>
      <label class="check-line small"><input type="checkbox" checked=${row.required} onChange=${(/** @type {Event} */ event) => change(at, { required: /** @type {HTMLInputElement} */ (event.target).checked })} />${t("must be answered")}</label>
      <button type="button" class="btn icon-only" aria-label=${t("Remove question {n}", { n: at + 1 })} onClick=${() => drop(at)}><${Icon} name="trash-2" /></button>
    </div>`)}
    ${wrong && html`<span class="small bad" role="alert">${wrong}</span>`}
    <button type="button" class="btn sm" onClick=${add}><${Icon} name="plus" />${t("Add a question")}</button>
  </fieldset>`;
}

/** @param {Question[]} rows */
function nameFor(rows) {
  const taken = new Set(rows.map((row) => row.name));
  let n = rows.length + 1;
  while (taken.has(`question_${n}`)) n += 1;
  return `question_${n}`;
}
