/** A field for each variable of a template, by its kind. */

import { html, useState } from "../dom.js";
import * as api from "../api.js";
import { t } from "../i18n.js";
import { failureOf } from "../load.js";
import { Icon } from "../ui/icon.js";
import { failureText } from "../words.js";

/** @typedef {import("../types.d.ts").TemplateVariable} TemplateVariable */
/** @typedef {{ variable: TemplateVariable, value: any, problem: string | undefined, write: (value: any) => void }} FieldProps */

const FILES = ["image", "video", "gif", "document"];

/** @type {Record<string, string>} */
const ACCEPT = { image: "image/jpeg,image/png", gif: "video/mp4,image/gif", video: "video/mp4,video/3gpp", document: "" };

/** @param {Event} event */
const typed = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/**
 * @param {{ variables: TemplateVariable[], values: Record<string, any>, problems: Record<string, string>, write: (key: string, value: any) => void }} props
 */
export const Inputs = ({ variables, values, problems, write }) =>
  html`${variables.map((one) => html`<${Field} key=${one.key} variable=${one} value=${values[one.key]} problem=${problems[one.key]} write=${(/** @type {any} */ value) => write(one.key, value)} />`)}`;

/** What a variable is called before whoever fills it in. @param {TemplateVariable} variable */
export function labelOf({ key, name, kind }) {
  const card = /^card\.(\d+)\./.exec(key);
  const within = card ? t("Card {n}", { n: Number(card[1]) + 1 }) : "";
  const words = {
    image: t("Picture"), video: t("Video"), gif: t("Short film"), document: t("File"), location: t("Place"), product: t("Product"),
    link: t("End of the link “{name}”", { name }), code: t("Code"), time: t("The offer ends"),
  }[/** @type {string} */ (kind)] ?? (/^\d+$/.test(name) ? t("Variable {n}", { n: name }) : name.replaceAll("_", " "));
  const part = /(^|\.)header\./.test(key) ? t("Header: {words}", { words }) : words;
  return within ? `${within} · ${part}` : part;
}

/** @param {FieldProps} props */
function Field(props) {
  const { variable, value, problem, write } = props;
  if (FILES.includes(variable.kind)) return html`<${FileField} ...${props} />`;
  if (variable.kind === "location") return html`<${PlaceField} ...${props} />`;
  if (variable.kind === "product") return html`<${ProductField} ...${props} />`;
  if (variable.kind === "time") {
    const at = value ? localTime(value) : "";
    const set = (/** @type {Event} */ event) => write(typed(event) ? new Date(typed(event)).toISOString() : "");
    return html`<label class=${problem ? "field bad" : "field"}><span class="label">${labelOf(variable)}</span><input class="input" type="datetime-local" value=${at} onInput=${set} aria-invalid=${!!problem} />${problem && html`<span class="help">${problem}</span>`}</label>`;
  }
  const hint = variable.example ? t("Such as {example}", { example: variable.example }) : "";
  return html`<label class=${problem ? "field bad" : "field"}><span class="label">${labelOf(variable)}</span><input class="input" value=${value ?? ""} placeholder=${hint} onInput=${(/** @type {Event} */ event) => write(typed(event))} aria-invalid=${!!problem} />${problem && html`<span class="help">${problem}</span>`}</label>`;
}

/** @param {string} value RFC 3339 */
function localTime(value) {
  const at = new Date(value);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {FieldProps} props */
function FileField({ variable, value, problem, write }) {
  const [share, setShare] = useState(/** @type {number | null} */ (null));
  const [name, setName] = useState("");
  const [trouble, setTrouble] = useState("");
  const take = async (/** @type {Event} */ event) => {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!file) return;
    setName(file.name);
    setShare(0);
    setTrouble("");
    try {
      write((await api.upload(file, file.name, setShare).done).media_id);
    } catch (error) {
      setTrouble(failureText(failureOf(error)));
    }
    setShare(null);
  };
  const words = name || (value ? t("As in the template") : t("Choose a file"));
  const wrong = trouble || problem;
  return html`<label class=${wrong ? "field bad" : "field"}><span class="label">${labelOf(variable)}</span>
    <span class="btn tpl-file"><${Icon} name="paperclip" size="s" /><span class="clip">${words}</span><input type="file" accept=${ACCEPT[variable.kind]} onChange=${take} /></span>
    ${share !== null && html`<progress value=${share}></progress>`}${wrong && html`<span class="help">${wrong}</span>`}</label>`;
}

/** @param {FieldProps} props */
function PlaceField({ variable, value, problem, write }) {
  const place = value ?? {};
  const set = (/** @type {string} */ key, /** @type {string} */ given) => write({ ...place, [key]: key.endsWith("itude") ? Number(given) : given });
  const fields = [["name", t("Name")], ["address", t("Address")], ["latitude", t("Latitude")], ["longitude", t("Longitude")]];
  return html`<fieldset class="field-group"><legend class="label">${labelOf(variable)}</legend><div class="builder-row">${fields.map(([key, label]) => html`<label class="field"><span class="label small">${label}</span><input class="input" inputmode=${key.endsWith("itude") ? "decimal" : "text"} value=${place[key] ?? ""} onChange=${(/** @type {Event} */ event) => set(key, typed(event))} /></label>`)}</div>${problem && html`<span class="help bad">${problem}</span>`}</fieldset>`;
}

/** @param {FieldProps} props */
function ProductField({ variable, value, problem, write }) {
  const product = value ?? {};
  const fields = [["catalog_id", t("Catalogue’s number")], ["product_retailer_id", t("Product’s number")]];
  return html`<fieldset class="field-group"><legend class="label">${labelOf(variable)}</legend><div class="builder-row">${fields.map(([key, label]) => html`<label class="field"><span class="label small">${label}</span><input class="input" value=${product[key] ?? ""} onChange=${(/** @type {Event} */ event) => write({ ...product, [key]: typed(event) })} /></label>`)}</div>${problem && html`<span class="help bad">${problem}</span>`}</fieldset>`;
}
