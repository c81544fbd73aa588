/** The settings of an account, drawn from the fields that its channel declares, and where its requests go. */

import * as api from "../../api.js";
import { html, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { Field } from "../../ui/field.js";
import { say } from "../../ui/toast.js";
import { failureText } from "../../words.js";
import { failureOf } from "../../load.js";
import { changeAccount } from "./requests.js";
import { SettingBox } from "./setting_box.js";
import { keep } from "./store.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").SettingField} SettingField */

/**
 * Neighbours that are explained by the same words belong together: one text in several languages.
 * @param {SettingField[]} fields
 * @returns {SettingField[][]}
 */
function groupsOf(fields) {
  /** @type {SettingField[][]} */
  const groups = [];
  for (const field of fields) {
    const last = groups.at(-1);
    if (last && field.help && last[0].help === field.help && last[0].kind === field.kind) last.push(field);
    else groups.push([field]);
  }
  return groups;
}

/** @param {{ group: SettingField[], box: (field: SettingField) => import("../../dom.js").VNode }} props */
function Group({ group, box }) {
  if (group.length === 1) return box(group[0]);
  return html`<div class="field"><div class="side-by-side">${group.map((field) => box({ ...field, help: "" }))}</div><span class="help">${group[0].help}</span></div>`;
}

/** @param {{ account: ChannelAccount, fields: SettingField[], remote: boolean }} props `remote`: there is a platform whose address may be another */
export function SettingsForm({ account, fields, remote }) {
  const changed = useSignal(/** @type {Record<string, any>} */ ({}));
  const wrong = useSignal(/** @type {Record<string, string>} */ ({}));
  const write = (/** @type {string} */ name) => (/** @type {any} */ value) => {
    changed.value = { ...changed.value, [name]: value };
    wrong.value = { ...wrong.value, [name]: "" };
  };
  const valueOf = (/** @type {string} */ name, /** @type {any} */ fallback) => name in changed.value ? changed.value[name] : account.settings[name] ?? fallback;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      await keep(changeAccount(account.id, { settings: changed.value }));
      changed.value = {};
      say(t("Saved"));
    } catch (error) {
      const fields = error instanceof api.ApiError ? error.fields : {};
      wrong.value = Object.fromEntries(Object.entries(fields).map(([name, advice]) => [name.replace("settings.", ""), t("This cannot be taken: {advice}", { advice })]));
      if (!Object.keys(fields).length) say(failureText(failureOf(error)), { icon: "circle-alert" });
    }
  };
  const box = (/** @type {SettingField} */ field) => html`<${SettingBox} key=${field.name} field=${field} value=${valueOf(field.name, field.default)} write=${write(field.name)} wrong=${wrong.value[field.name]} />`;
  const dirty = Object.keys(changed.value).length > 0;
  return html`<section class=${groupsOf(fields).some((group) => group.length > 1) ? "card form-card wide" : "card form-card"} aria-label=${t("Settings of this account")}><form class="col" onSubmit=${save} novalidate>
    <h2>${t("Settings of this account")}</h2>
    ${groupsOf(fields).map((group) => html`<${Group} key=${group[0].name} group=${group} box=${box} />`)}
    ${remote && html`<${Field} id="s-api_base_url" label=${t("Address of the API")} value=${valueOf("api_base_url", "") ?? ""} write=${(/** @type {string} */ text) => write("api_base_url")(text.trim() || null)} wrong=${wrong.value.api_base_url} optional mono
      help=${t("Empty: the platform’s own. Only a sandbox or a proxy needs another.")} />`}
    <div class="row"><button type="submit" class="btn primary" disabled=${!dirty}>${t("Save")}</button>
      ${dirty && html`<button type="button" class="btn ghost" onClick=${() => { changed.value = {}; wrong.value = {}; }}>${t("Undo the changes")}</button>`}</div>
  </form></section>`;
}
