/** A guide before anything is connected: what to do in the platform's console, what to paste, and the one button that connects. */

import * as api from "../../api.js";
import { html, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { accounts } from "../../live.js";
import { failureOf } from "../../load.js";
import { goTo } from "../../router.js";
import { Field } from "../../ui/field.js";
import { ChannelBadge, Icon } from "../../ui/icon.js";
import { failureText } from "../../words.js";
import { PageHead } from "../page_head.js";
import { toList } from "./choose.js";
import { CredentialBox } from "./credential_box.js";
import { connectAccount } from "./requests.js";
import { SandboxHint } from "./sandbox.js";
import { keep, makeUp, noteMadeUp } from "./store.js";
import { StepFrame } from "./step.js";
import { callsUs } from "./proof.js";

/** @typedef {import("../../types.d.ts").Guide} Guide */
/** @typedef {Record<string, string>} Values */

/**
 * What a new form holds: texts of our own are made up already, choices are at their first.
 * @param {Guide} guide
 * @returns {Values}
 */
const fresh = (guide) => ({
  name: "",
  external_id: "",
  api_base_url: "",
  ...Object.fromEntries(guide.fields.map((field) => [field.name, field.made_up ? makeUp(field.made_up) : field.choices[0] ?? ""])),
});

/**
 * @param {Guide} guide
 * @param {Values} values
 */
function bodyOf(guide, values) {
  const pasted = guide.fields.filter((field) => values[field.name].trim());
  const part = (/** @type {boolean} */ setting) => Object.fromEntries(pasted.filter((field) => field.setting === setting).map((field) => [field.name, values[field.name].trim()]));
  const { name, external_id, api_base_url } = values;
  return {
    channel: guide.channel,
    name: name.trim() || guide.title,
    external_id: external_id.trim(),
    credentials: part(false),
    settings: { ...guide.settings, ...part(true), ...(api_base_url.trim() ? { api_base_url: api_base_url.trim() } : {}) },
  };
}

/** @param {{ guide: Guide }} props */
export function Connect({ guide }) {
  const values = useSignal(fresh(guide));
  const wrong = useSignal(/** @type {Values} */ ({}));
  const trouble = useSignal("");
  const busy = useSignal(false);
  const write = (/** @type {string} */ name) => (/** @type {string} */ value) => {
    values.value = { ...values.value, [name]: value };
    wrong.value = { ...wrong.value, [name]: "" };
  };
  const connect = async (/** @type {Event} */ event) => {
    event.preventDefault();
    trouble.value = "";
    wrong.value = missing(guide, values.value);
    if (Object.values(wrong.value).some(Boolean)) return focusFirstWrong();
    busy.value = true;
    try {
      const account = await keep(connectAccount(bodyOf(guide, values.value), crypto.randomUUID()));
      noteMadeUp(account.id, Object.fromEntries(guide.fields.filter((field) => field.made_up).map((field) => [field.name, values.value[field.name]])));
      goTo(`/settings/channels/${account.id}`, { replace: true });
    } catch (error) {
      const failure = failureOf(error);
      const fields = error instanceof api.ApiError ? error.fields : {};
      wrong.value = Object.fromEntries(Object.entries(fields).map(([name, advice]) => [name.split(".").at(-1) ?? "", t("This cannot be taken: {advice}", { advice })]));
      trouble.value = Object.keys(fields).length ? t("Something in the form is not right yet.") : failureText(failure);
      focusFirstWrong();
    } finally {
      busy.value = false;
    }
  };
  const box = (/** @type {string} */ name) => html`<${CredentialBox} key=${name} name=${name} guide=${guide} value=${values.value[name]} write=${write(name)} wrong=${wrong.value[name]} />`;
  const others = [...new Set(Object.values(accounts.value).map((one) => one.settings.api_base_url).filter(Boolean))];
  return html`<form onSubmit=${connect} novalidate>
    <${PageHead} title=${guide.title} note=${guide.about} back=${{ to: "/settings/channels/new", name: t("Connect a channel") }} picture=${html`<${ChannelBadge} channel=${guide.channel} large />`} />
    <section class="card guide-card"><ol class="guide">
      ${guide.steps.map((step, at) => html`<${StepFrame} step=${step} state=${at ? "open" : "now"}>${step.fields.map(box)}<//>`)}
    </ol></section>
    <section class="card form-card">
      <${Field} id="f-name" label=${t("Name in Hawker")} value=${values.value.name} write=${write("name")} help=${t("Agents see it beside each conversation. Empty: {name}", { name: guide.title })} optional />
      ${callsUs(guide) && html`<${SandboxHint} guide=${guide} value=${values.value.api_base_url} write=${write("api_base_url")} wrong=${wrong.value.api_base_url} known=${others} />`}
      ${trouble.value && html`<div class="notice bad" role="alert"><${Icon} name="circle-alert" size="s" /><span class="grow">${trouble.value}</span></div>`}
      <div class="row"><button type="submit" class="btn primary" disabled=${busy.value}><${Icon} name="plug" />${t("Connect {name}", { name: guide.label })}</button>
        <button type="button" class="btn ghost" onClick=${() => goTo(toList().to)}>${t("Cancel")}</button></div>
    </section>
  </form>`;
}

/**
 * @param {Guide} guide
 * @param {Values} values
 * @returns {Values}
 */
function missing(guide, values) {
  const wanted = [...(guide.id_label ? ["external_id"] : []), ...guide.fields.filter((field) => field.required).map((field) => field.name)];
  return Object.fromEntries(wanted.filter((name) => !values[name].trim()).map((name) => [name, t("Fill this in.")]));
}

const focusFirstWrong = () => requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector("[aria-invalid=true]"))?.focus());
