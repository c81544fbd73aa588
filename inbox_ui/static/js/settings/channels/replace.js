/** A credential that was pasted: never shown again, only replaced. One that we make up is shown until the page is left. */

import { html, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { CopyField } from "../../ui/copy.js";
import { Field } from "../../ui/field.js";
import { Icon } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";
import { failureText } from "../../words.js";
import { changeAccount } from "./requests.js";
import { keep, makeUp, noteMadeUp } from "./store.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").GuideField} GuideField */

/** @param {{ field: GuideField, account: ChannelAccount, made?: string }} props */
export function Replace({ field, account, made }) {
  const typed = useSignal(/** @type {string | null} */ (null));
  const wrong = useSignal("");
  if (field.setting) return html`<${SettingChoice} field=${field} account=${account} />`;
  const save = async (/** @type {string} */ value) => {
    try {
      await keep(changeAccount(account.id, { credentials: { [field.name]: value } }));
      typed.value = null;
      say(t("{name} was replaced. It is being checked.", { name: field.label }));
    } catch (error) {
      wrong.value = failureText(failureOf(error));
    }
  };
  const another = async () => {
    const text = makeUp(field.made_up);
    await save(text);
    if (!wrong.value) noteMadeUp(account.id, { [field.name]: text });
  };
  if (made) return html`<${CopyField} label=${field.label} value=${made} help=${t("Copy it now: it is kept encrypted and cannot be shown again once this page is left.")} />`;
  if (typed.value === null && !account.credentials_kept?.includes(field.name)) {
    const set = () => (field.made_up ? another() : (typed.value = ""));
    return html`<p class="kept small"><${Icon} name="minus" size="xs" /><span class="grow"><span class="medium">${field.label}</span> <span class="quiet">${t("Not set.")} ${field.help}</span></span>
      <button type="button" class="linkish" onClick=${set} aria-label=${t("Set {name}", { name: field.label })}>${field.made_up ? t("Make one") : t("Set")}</button></p>
      ${wrong.value && html`<p class="small bad" role="alert">${wrong.value}</p>`}`;
  }
  if (typed.value === null) {
    return html`<p class="kept small"><${Icon} name="lock" size="xs" /><span class="grow"><span class="medium">${field.label}</span> <span class="quiet">${field.secret ? t("Kept encrypted; it cannot be shown again.") : t("Kept.")}</span></span>
      ${field.made_up
        ? html`<button type="button" class="linkish" onClick=${another} aria-label=${t("Make another {name}", { name: field.label })}>${t("Make another")}</button>`
        : html`<button type="button" class="linkish" onClick=${() => { typed.value = ""; }} aria-label=${t("Replace {name}", { name: field.label })}>${t("Replace")}</button>`}</p>
      ${wrong.value && html`<p class="small bad" role="alert">${wrong.value}</p>`}`;
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (typed.value?.trim()) save(typed.value.trim());
    else wrong.value = t("Fill this in.");
  };
  return html`<form class="replace" onSubmit=${submit} novalidate>
    <${Field} id=${`r-${field.name}`} label=${field.label} help=${field.help} value=${typed.value} write=${(/** @type {string} */ text) => { typed.value = text; wrong.value = ""; }} wrong=${wrong.value} secret=${field.secret} mono autofocus>
      <button type="submit" class="btn primary">${t("Save")}</button>
      <button type="button" class="btn ghost" onClick=${() => { typed.value = null; wrong.value = ""; }}>${t("Cancel")}</button>
    <//>
  </form>`;
}

/** A choice that is no secret: taken at once. @param {{ field: GuideField, account: ChannelAccount }} props */
function SettingChoice({ field, account }) {
  const value = account.settings[field.name] ?? field.choices[0];
  const write = (/** @type {string} */ one) =>
    keep(changeAccount(account.id, { settings: { [field.name]: one } })).catch((error) => say(failureText(failureOf(error)), { icon: "circle-alert" }));
  return html`<${Field} id=${`r-${field.name}`} label=${field.label} help=${field.help} value=${value} write=${write} choices=${field.choices.map((one) => [one, one])} />`;
}
