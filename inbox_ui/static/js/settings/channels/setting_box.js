/** The box of one declared setting, by its kind. An emptied box clears the setting: the channel's own value counts then. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Field } from "../../ui/field.js";
import { Questions } from "./questions.js";

/** @typedef {{ field: import("../../types.d.ts").SettingField, value: any, write: (value: any) => void, wrong?: string }} BoxProps */

/** @type {Record<import("../../types.d.ts").SettingField["kind"], (props: BoxProps) => import("../../dom.js").VNode>} */
const BOXES = {
  text: ({ write, ...rest }) => html`<${Plain} ...${rest} write=${(/** @type {string} */ text) => write(text || null)} />`,
  long_text: ({ write, ...rest }) => html`<${Plain} ...${rest} rows=${3} write=${(/** @type {string} */ text) => write(text || null)} />`,
  lines: ({ value, write, ...rest }) =>
    html`<${Plain} ...${rest} rows=${3} mono value=${(value ?? []).join("\n")} write=${(/** @type {string} */ text) => write(linesOf(text))} />`,
  number: ({ write, value, ...rest }) =>
    html`<${Plain} ...${rest} inputmode="decimal" value=${value === null || value === undefined ? "" : String(value)} write=${(/** @type {string} */ text) => write(numberOf(text))} />`,
  switch: Switch,
  choice: ({ field, value, ...rest }) => html`<${Plain} field=${field} ...${rest} value=${value ?? Object.keys(field.choices)[0]} choices=${Object.entries(field.choices)} />`,
  color: Colour,
  questions: Questions,
};

/** @param {BoxProps} props */
export const SettingBox = (props) => BOXES[props.field.kind](props);

/** @param {string} text */
const linesOf = (text) => {
  const lines = text.split("\n");
  return text.trim() ? lines : null;
};

/** What cannot be read is handed on as it is: the server says what is wrong with it. @param {string} text */
const numberOf = (text) => (text.trim() ? (Number.isNaN(Number(text)) ? text : Number(text)) : null);

/** @param {BoxProps & { rows?: number, mono?: boolean, inputmode?: string, choices?: [string, string][] }} props */
const Plain = ({ field, value, ...rest }) => html`<${Field} id=${`s-${field.name}`} label=${field.label} help=${field.help} value=${String(value ?? "")} optional=${field.default === null} ...${rest} />`;

/** @param {BoxProps} props */
function Switch({ field, value, write }) {
  const id = `s-${field.name}`;
  return html`<div class="field"><label class="check-line"><input type="checkbox" id=${id} checked=${!!value} onChange=${(/** @type {Event} */ event) => write(/** @type {HTMLInputElement} */ (event.target).checked)} />${field.label}</label>
    ${field.help && html`<span class="help">${field.help}</span>`}</div>`;
}

/** @param {BoxProps} props */
function Colour({ field, value, write, wrong }) {
  const input = (/** @type {Event} */ event) => write(/** @type {HTMLInputElement} */ (event.target).value);
  return html`<${Plain} field=${field} value=${value} write=${write} wrong=${wrong} mono>
    <input type="color" class="swatch" value=${value ?? "#000000"} onInput=${input} aria-label=${t("Choose {name}", { name: field.label })} /><//>`;
}
