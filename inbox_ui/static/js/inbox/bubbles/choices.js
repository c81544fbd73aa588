/** Questions with buttons or a list as they were sent, and what the customer chose or filled in. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";
import { RichText } from "./text.js";

/** @typedef {import("../../types.d.ts").Message} Message */
/** @typedef {import("../../types.d.ts").Json} Json */

/** @param {{ message: Message }} props */
export const Buttons = ({ message }) =>
  html`<${RichText} text=${message.text} /><div class="btnrow">${(message.content.buttons ?? []).map((/** @type {Json} */ one) => html`<span>${one.title}</span>`)}</div>`;

/** @param {{ message: Message }} props */
export function ListQuestion({ message }) {
  const { button, sections = [] } = message.content;
  return html`<${RichText} text=${message.text} />
    <details class="list-sent"><summary><${Icon} name="list-checks" size="s" />${button || t("Choose")}</summary>
      ${sections.map((/** @type {Json} */ section) => html`${section.title && html`<div class="tiny quiet">${section.title}</div>`}${(section.rows ?? []).map((/** @type {Json} */ row) => html`<div class="list-row"><span>${row.title}</span>${row.description && html`<small>${row.description}</small>`}</div>`)}`)}
    </details>`;
}

/** @param {{ message: Message }} props */
export function Choice({ message }) {
  const { title, description } = message.content;
  return html`<span class="choice"><span class="choice-mark" title=${t("Chosen from your question")}><${Icon} name="reply" size="xs" /></span><span>${title || message.text}${description && html`<small class="quiet">${description}</small>`}</span></span>`;
}

/** @param {{ message: Message }} props */
export function Form({ message }) {
  const { name, values = {} } = message.content;
  return html`<div class="block-head"><${Icon} name="list-checks" size="s" /><span class="grow">${t("Filled-in form")}</span><span class="tiny quiet clip">${name}</span></div>
    <dl class="facts form-values">${Object.entries(values).map(([label, value]) => html`<dt>${label.replaceAll("_", " ")}</dt><dd class="wrap">${typeof value === "string" ? value : JSON.stringify(value)}</dd>`)}</dl>`;
}
