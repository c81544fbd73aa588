/** Writing one language of a template, with what the customer will see beside it. */

import { upload } from "../../api.js";
import * as api from "../../templates/calls.js";
import { html, useEffect, useState } from "../../dom.js";
import { t } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { TemplateView } from "../../templates/view.js";
import { categoryName, templateLanguage } from "../../templates/words.js";
import { Icon } from "../../ui/icon.js";
import { failureText } from "../../words.js";
import { ButtonRows } from "./buttons.js";
import { componentsOf, valuesOf, variablesOf, withVariable } from "./draft.js";
import { Box } from "./field.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("../../types.d.ts").TemplateRules} TemplateRules */

const LANGUAGES = ["en", "en_US", "en_GB", "zh_HK", "zh_TW", "zh_CN", "ja", "ko", "fr", "de", "es", "pt_BR", "id", "th", "vi"];
const CHECK_AFTER_MS = 500;

/**
 * @param {{ account: import("../../types.d.ts").ChannelAccount, rules: TemplateRules, draft: Draft, change: (part: Partial<Draft>) => void,
 *   fixed?: boolean, problems: Record<string, string>, tell: (problems: Record<string, string>) => void, children?: any }} props
 *   `fixed`: name and language are the platform's already
 */
export function Editor({ account, rules, draft, change, fixed, problems, tell, children }) {
  const components = componentsOf(draft);
  const asked = JSON.stringify([draft.name, draft.language, draft.category, draft.named, components]);
  useEffect(() => {
    if (!draft.body && !draft.name) return;
    const timer = setTimeout(async () => {
      const body = { channel_account_id: account.id, name: draft.name, language: draft.language, category: draft.category, parameter_format: draft.named ? "named" : "positional", components };
      const told = await api.checkTemplate(body).catch((error) => (console.warn(error), null));
      if (told) tell(Object.fromEntries(told.problems.map((/** @type {any} */ one) => [one.place, one.message])));
    }, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const isCode = draft.category === "authentication";
  const languages = rules.languages.length ? rules.languages : LANGUAGES;
  const pick = (/** @type {keyof Draft} */ key) => (/** @type {Event} */ event) => change({ [key]: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`<div class="tpl-editor">
    <div class="card">
      ${!fixed && html`<${Box} label=${t("Name")} value=${draft.name} write=${(/** @type {string} */ name) => change({ name: name.toLowerCase().replace(/[^a-z0-9_]+/g, "_") })} problem=${draft.name ? problems.name : undefined} hint=${t("Such as order_sent. The platform shows it to nobody.")} />`}
      <div class="tpl-pair">
        <label class="field"><span class="label">${t("Category")}</span><select class="input" onChange=${pick("category")}>${rules.categories.map((one) => html`<option value=${one} selected=${one === draft.category}>${categoryName(one)}</option>`)}</select>${problems.category && html`<span class="help">${problems.category}</span>`}</label>
        <label class="field"><span class="label">${t("Language")}</span><select class="input" disabled=${fixed} onChange=${pick("language")}>${[...new Set([draft.language, ...languages])].map((one) => html`<option value=${one} selected=${one === draft.language}>${templateLanguage(one)}</option>`)}</select></label>
      </div>
      ${isCode ? html`<${CodeParts} draft=${draft} change=${change} />` : html`<${Parts} rules=${rules} draft=${draft} change=${change} problems=${problems} />`}
      ${["buttons", "carousel", "limited_time_offer"].filter((place) => problems[place]).map((place) => html`<p class="small bad">${problems[place]}</p>`)}
      ${children}
    </div>
    <div class="tpl-shown"><div class="tiny quiet">${t("What the customer sees")}</div><${TemplateView} components=${components} values=${valuesOf(draft)} /></div>
  </div>`;
}

/** @param {{ draft: Draft, change: (part: Partial<Draft>) => void }} props */
const CodeParts = ({ draft, change }) =>
  html`<p class="small quiet">${t("The platform words these itself, so that nobody can misuse them.")}</p>
    <label class="check-line"><input type="checkbox" checked=${draft.security} onChange=${(/** @type {Event} */ event) => change({ security: /** @type {HTMLInputElement} */ (event.target).checked })} />${t("Add a word of warning")}</label>
    <${Box} label=${t("The code ends after so many minutes")} value=${String(draft.expires_minutes || "")} write=${(/** @type {string} */ value) => change({ expires_minutes: Math.min(90, Number(value) || 0) })} inputmode="numeric" />`;

/** @param {{ rules: TemplateRules, draft: Draft, change: (part: Partial<Draft>) => void, problems: Record<string, string> }} props */
function Parts({ rules, draft, change, problems }) {
  const variables = variablesOf(draft);
  const example = (/** @type {string} */ key) => (/** @type {string} */ value) => change({ examples: { ...draft.examples, [key]: value } });
  const place = (/** @type {string} */ key) => (key.startsWith("header.") ? `header.examples.${key.slice(7)}` : `body.examples.${key}`);
  return html`
    ${rules.headers.length > 0 && html`<${HeaderPart} rules=${rules} draft=${draft} change=${change} problem=${problems.header} />`}
    <div><${Box} label=${t("Text")} rows=${5} value=${draft.body} write=${(/** @type {string} */ body) => change({ body })} limit=${rules.body} problem=${draft.body ? problems.body : undefined} />
      <div class="row"><button type="button" class="btn ghost sm" onClick=${() => change({ body: withVariable(draft) })}><${Icon} name="plus" size="s" />${t("Variable")}</button>
        ${rules.formats.length > 1 && html`<label class="check-line small"><input type="checkbox" checked=${draft.named} onChange=${(/** @type {Event} */ event) => change({ named: /** @type {HTMLInputElement} */ (event.target).checked })} />${t("Variables have names")}</label>`}</div></div>
    ${variables.length > 0 && html`<fieldset class="field-group"><legend class="label">${t("Examples")}</legend><div class="tpl-pair">${variables.map(({ key, name }) => html`<${Box} key=${key} label=${`{{${name}}}`} value=${draft.examples[key] ?? ""} write=${example(key)} problem=${draft.examples[key] === undefined ? undefined : problems[place(key)]} />`)}</div></fieldset>`}
    ${rules.footer && html`<${Box} label=${t("Small print")} optional value=${draft.footer} write=${(/** @type {string} */ footer) => change({ footer })} limit=${rules.footer} problem=${problems.footer} />`}
    ${rules.offer && draft.category === "marketing" && html`<${Box} label=${t("Limited offer")} optional value=${draft.offer} write=${(/** @type {string} */ offer) => change({ offer })} limit=${rules.offer} />`}
    ${rules.buttons.length > 0 && html`<${ButtonRows} rules=${rules} buttons=${draft.buttons} change=${(/** @type {any[]} */ buttons) => change({ buttons })} problems=${problems} />`}`;
}

/** @param {{ rules: TemplateRules, draft: Draft, change: (part: Partial<Draft>) => void, problem: string | undefined }} props */
function HeaderPart({ rules, draft, change, problem }) {
  const names = { "": t("None"), text: t("Text"), image: t("Picture"), video: t("Video"), gif: t("Short film"), document: t("File"), location: t("Place"), product: t("Product") };
  const isFile = ["image", "video", "gif", "document"].includes(draft.header);
  return html`<label class="field"><span class="label">${t("Header")}</span><select class="input" onChange=${(/** @type {Event} */ event) => change({ header: /** @type {HTMLSelectElement} */ (event.target).value, header_media: "" })}>${["", ...rules.headers].map((one) => html`<option value=${one} selected=${one === draft.header}>${/** @type {Record<string, string>} */ (names)[one] ?? one}</option>`)}</select></label>
    ${draft.header === "text" && html`<${Box} label=${t("Header’s text")} value=${draft.header_text} write=${(/** @type {string} */ header_text) => change({ header_text })} limit=${rules.header} problem=${draft.header_text ? problem : undefined} />`}
    ${isFile && html`<${SampleField} draft=${draft} change=${change} problem=${problem} />`}`;
}

/** @param {{ draft: Draft, change: (part: Partial<Draft>) => void, problem: string | undefined }} props */
function SampleField({ draft, change, problem }) {
  const [trouble, setTrouble] = useState("");
  const [name, setName] = useState("");
  const take = async (/** @type {Event} */ event) => {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!file) return;
    setTrouble("");
    try {
      change({ header_media: (await upload(file, file.name, () => {}).done).media_id });
      setName(file.name);
    } catch (error) {
      setTrouble(failureText(failureOf(error)));
    }
  };
  const wrong = trouble || problem;
  return html`<label class=${wrong ? "field bad" : "field"}><span class="label">${t("Sample file")}</span><span class="btn tpl-file"><${Icon} name="paperclip" size="s" /><span class="clip">${name || (draft.header_media ? t("As in the template") : t("Choose a file"))}</span><input type="file" onChange=${take} /></span>${wrong && html`<span class="help">${wrong}</span>`}</label>`;
}
