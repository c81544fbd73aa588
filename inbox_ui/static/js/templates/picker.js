/** The one picker of templates: search, choose a language, fill in, see what the customer will see, send. */

import { html, useEffect, useRef, useState } from "../dom.js";
import { submit } from "../outbox.js";
import { t } from "../i18n.js";
import { accountOf } from "../live.js";
import { failureOf } from "../load.js";
import { ask, closeDialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { Empty, Trouble } from "../ui/trouble.js";
import { failureText } from "../words.js";
import * as api from "./calls.js";
import { bodyText, samples } from "./filled.js";
import { Inputs } from "./inputs.js";
import { load, loads, ofAccount, titleOf } from "./store.js";
import { TemplateView } from "./view.js";
import { categoryName, templateLanguage } from "./words.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Template} Template */
/** @typedef {import("../types.d.ts").TemplatePreview} TemplatePreview */

/** @param {Conversation} conversation */
export const pickTemplate = (conversation) => ask({ title: t("Send a template"), body: html`<${Picker} conversation=${conversation} />`, wide: true });

/** Only what the platform approved can be sent; lists of products are made elsewhere. @param {Template} template */
const sendable = (template) => template.versions.filter((one) => one.status === "approved" && !one.variables.some((variable) => variable.kind === "products"));

/** @param {{ conversation: Conversation }} props */
function Picker({ conversation }) {
  const [chosen, choose] = useState(/** @type {Template | null} */ (null));
  useEffect(() => {
    load(conversation.channel_account_id);
  }, [conversation.channel_account_id]);
  if (chosen) return html`<${Fill} conversation=${conversation} template=${chosen} back=${() => choose(null)} />`;
  return html`<${List} conversation=${conversation} choose=${choose} />`;
}

/** @param {{ conversation: Conversation, choose: (template: Template) => void }} props */
function List({ conversation, choose }) {
  const [words, search] = useState("");
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));
  const account = conversation.channel_account_id;
  useEffect(() => box.current?.focus(), []);
  const state = loads.value[account] ?? "loading";
  if (typeof state === "object") return html`<${Trouble} title=${t("The templates did not load")} text=${failureText(state)} again=${() => load(account)} />`;
  const all = ofAccount(account).filter((one) => sendable(one).length);
  const wanted = words.trim().toLowerCase();
  const found = all.filter((one) => !wanted || `${one.name} ${one.title} ${one.versions.map((version) => bodyText(version.components, {})).join(" ")}`.toLowerCase().includes(wanted));
  const first = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (found.length) choose(found[0]);
  };
  return html`<form class="tpl-picker" onSubmit=${first}>
    <label class="searchbox"><${Icon} name="search" /><input class="grow" type="search" ref=${box} value=${words} placeholder=${t("Search templates")} aria-label=${t("Search templates")} onInput=${(/** @type {InputEvent} */ event) => search(/** @type {HTMLInputElement} */ (event.target).value)} /></label>
    ${state === "loading" && !all.length ? html`<p class="small quiet">${t("Loading")}</p>` : null}
    ${state === "loaded" && !found.length ? html`<${Empty} icon="layout-template" title=${all.length ? t("No template says that") : t("No approved template yet")} text=${all.length ? "" : t("Make one in Settings → Templates.")} />` : null}
    <div class="tpl-list" role="list">${found.map((one) => html`<${Choice} key=${one.id} template=${one} language=${conversation.contact.language} choose=${choose} />`)}</div>
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button></div>
  </form>`;
}

/** @param {{ template: Template, language: string | null, choose: (template: Template) => void }} props */
function Choice({ template, choose }) {
  const versions = sendable(template);
  const shown = versions.find((one) => one.language === template.default_language) ?? versions[0];
  return html`<button type="button" role="listitem" class="tpl-choice" onClick=${() => choose(template)}>
    <span class="grow"><span class="medium clip">${titleOf(template)}</span><span class="small quiet clip">${bodyText(shown.components, samples(shown.components))}</span></span>
    <span class="tpl-facts"><span class="pill">${categoryName(shown.category)}</span><span class="tiny quiet">${versions.length > 1 ? t("{n} languages", { n: versions.length }) : templateLanguage(shown.language)}</span></span>
  </button>`;
}

/** @param {{ conversation: Conversation, template: Template, back: () => void }} props */
function Fill({ conversation, template, back }) {
  const [preview, setPreview] = useState(/** @type {TemplatePreview | null} */ (null));
  const [values, setValues] = useState(/** @type {Record<string, any>} */ ({}));
  const [failure, setFailure] = useState(/** @type {import("../types.d.ts").Failure | null} */ (null));
  const [problems, setProblems] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState(false);
  const show = async (/** @type {string | undefined} */ language) => {
    try {
      const found = await api.previewTemplate(template.id, { conversation_id: conversation.id, ...(language ? { language } : {}) });
      setPreview(found);
      setValues(found.values);
      setProblems({});
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  useEffect(() => {
    show(undefined);
  }, [template.id]);
  if (failure) return html`<${Trouble} title=${t("This template cannot be sent")} text=${failureText(failure)} again=${() => { setFailure(null); show(undefined); }} />`;
  if (!preview) return html`<p class="small quiet" role="status">${t("Loading")}</p>`;

  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const told = await api.previewTemplate(template.id, { conversation_id: conversation.id, language: preview.language, variables: values });
      setProblems(Object.fromEntries(told.problems.map((/** @type {any} */ one) => [one.place, one.message])));
      if (told.problems.length) return;
      const body = { kind: "template", template_id: template.id, language: preview.language, variables: values };
      submit(conversation.id, body, { shown: { text: told.text, content: { name: template.name, shown: preview.components, values } } });
      closeDialog();
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  };
  const languages = sendable(template).map((one) => one.language);
  return html`<form class="tpl-fill" onSubmit=${send}>
    <div class="tpl-form">
      <div class="row"><button type="button" class="btn icon-only" aria-label=${t("Back")} onClick=${back}><${Icon} name="arrow-left" /></button><span class="medium grow clip">${titleOf(template)}</span></div>
      ${languages.length > 1 && html`<label class="field"><span class="label">${t("Language")}</span><select class="input" value=${preview.language} onChange=${(/** @type {Event} */ event) => show(/** @type {HTMLSelectElement} */ (event.target).value)}>${languages.map((one) => html`<option value=${one} selected=${one === preview.language}>${templateLanguage(one)}</option>`)}</select></label>`}
      <${Inputs} variables=${preview.variables} values=${values} problems=${problems} write=${(/** @type {string} */ key, /** @type {any} */ value) => setValues((known) => ({ ...known, [key]: value }))} />
      ${!preview.variables.length && html`<p class="small quiet">${t("There is nothing to fill in.")}</p>`}
      ${accountOf(conversation)?.capabilities.templates?.link && html`<label class="field"><span class="label">${t("Address that a tap leads to")} <span class="quiet">${t("optional")}</span></span><input class="input" type="url" value=${values.link ?? ""} onInput=${(/** @type {InputEvent} */ event) => setValues((known) => ({ ...known, link: /** @type {HTMLInputElement} */ (event.target).value }))} /></label>`}
      ${problems.text && html`<p class="small bad" role="alert">${problems.text}</p>`}
    </div>
    <div class="tpl-shown"><div class="tiny quiet">${t("What the customer sees")}</div><${TemplateView} components=${preview.components} values=${values} /></div>
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button><button class="btn primary" disabled=${busy}>${t("Send")}</button></div>
  </form>`;
}
