/** The buttons of a template: kind, words, and where they lead. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { placeholders } from "../../templates/filled.js";
import { buttonName } from "../../templates/view.js";
import { Icon } from "../../ui/icon.js";
import { Box } from "./field.js";

/** @typedef {import("../../types.d.ts").Json} Json */
/** @typedef {import("../../types.d.ts").TemplateRules} TemplateRules */

/** Kinds that need nothing but their words, or that we can ask for here. */
const MADE_HERE = ["quick_reply", "url", "phone_number", "copy_code", "catalog", "voice_call", "request_contact_info"];

/** @param {{ rules: TemplateRules, buttons: Json[], change: (buttons: Json[]) => void, problems: Record<string, string> }} props */
export function ButtonRows({ rules, buttons, change, problems }) {
  const put = (/** @type {number} */ at, /** @type {Json} */ part) => change(buttons.with(at, { ...buttons[at], ...part }));
  return html`<fieldset class="field-group"><legend class="label">${t("Buttons")} <span class="quiet">${t("optional")}</span></legend>
    ${buttons.map((one, at) => html`<${ButtonRow} key=${at} at=${at} rules=${rules} button=${one} put=${(/** @type {Json} */ part) => put(at, part)} drop=${() => change(buttons.toSpliced(at, 1))} problems=${problems} />`)}
    ${buttons.length < rules.most_buttons && html`<span><button type="button" class="btn ghost sm" onClick=${() => change([...buttons, { kind: "quick_reply", text: "" }])}><${Icon} name="plus" size="s" />${t("Button")}</button></span>`}
  </fieldset>`;
}

/** @param {{ at: number, rules: TemplateRules, button: Json, put: (part: Json) => void, drop: () => void, problems: Record<string, string> }} props */
function ButtonRow({ at, rules, button, put, drop, problems }) {
  const rule = rules.buttons.find((one) => one.kind === button.kind);
  const wrong = (/** @type {string} */ name) => (button[name] === undefined ? undefined : problems[`buttons.${at}.${name}`]);
  const kinds = rules.buttons.map((one) => one.kind).filter((one) => MADE_HERE.includes(one) || one === button.kind);
  return html`<div class="tpl-button-row">
    <label class="field"><span class="label small">${t("Kind")}</span><select class="input" onChange=${(/** @type {Event} */ event) => put({ kind: /** @type {HTMLSelectElement} */ (event.target).value })}>${kinds.map((one) => html`<option value=${one} selected=${one === button.kind}>${buttonName(one)}</option>`)}</select></label>
    ${rule?.text ? html`<${Box} label=${t("Words")} value=${button.text ?? ""} write=${(/** @type {string} */ text) => put({ text })} limit=${rule.text} problem=${wrong("text")} />` : button.kind === "copy_code" ? html`<${Box} label=${t("Example of a code")} value=${button.example ?? ""} write=${(/** @type {string} */ example) => put({ example })} problem=${wrong("example")} />` : html`<span></span>`}
    <button type="button" class="btn icon-only" aria-label=${t("Remove the button")} onClick=${drop}><${Icon} name="x" /></button>
    ${button.kind === "url" && html`<${Box} label=${t("Address")} value=${button.url ?? ""} write=${(/** @type {string} */ url) => put({ url })} problem=${wrong("url")} hint=${"https://…/{{1}}"} />`}
    ${button.kind === "url" && placeholders(button.url ?? "").length > 0 && html`<${Box} label=${t("Whole address as an example")} value=${button.example ?? ""} write=${(/** @type {string} */ example) => put({ example })} problem=${wrong("example")} />`}
    ${button.kind === "phone_number" && html`<${Box} label=${t("Phone")} value=${button.phone_number ?? ""} write=${(/** @type {string} */ phone_number) => put({ phone_number })} problem=${wrong("phone_number")} inputmode="tel" />`}
  </div>`;
}
