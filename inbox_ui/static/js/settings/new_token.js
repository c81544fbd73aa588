/** A new API token: for what, with which role, restricted where wanted; its text is shown this once. */

import { html, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { me } from "../live.js";
import { CopyField } from "../ui/copy.js";
import { Field } from "../ui/field.js";
import { Icon } from "../ui/icon.js";
import { useForm } from "./form.js";
import { addToken } from "./people_api.js";
import { roleChoices, roleText } from "./people/words.js";

const EMPTY = { name: "", role: "agent", only: /** @type {string[]} */ ([]) };

/** @param {{ made: () => void }} props */
export function NewToken({ made }) {
  const { values, wrong, busy, write, send } = useForm(EMPTY);
  const shown = useSignal("");
  const { name, role, only } = values.value;
  const create = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(async () => {
      shown.value = (await addToken({ name, role, ...(only.length ? { permissions: only } : {}) })).token;
      values.value = EMPTY;
      made();
    });
  };
  return html`<section class="card form-card" aria-label=${t("A new token")}>
    ${shown.value && html`<div class="notice warn"><${Icon} name="key-round" /><span>${t("Copy the token now: it is shown this once.")}</span></div><${CopyField} label=${t("Token")} value=${shown.value} />`}
    <form class="col" onSubmit=${create}>
      <h2>${t("A new token")}</h2>
      <${Field} id="t-name" label=${t("What it is for")} value=${name} write=${write("name")} wrong=${wrong.value.name} />
      <${Field} id="t-role" label=${t("Role")} value=${role} write=${write("role")} choices=${roleChoices()} help=${roleText(role)} />
      <${Restriction} only=${only} write=${write("only")} wrong=${wrong.value.permissions} />
      <div class="row"><button class="btn primary" disabled=${busy.value || !name.trim()}>${t("Make the token")}</button></div>
    </form></section>`;
}

/** @param {{ only: string[], write: (rights: string[]) => void, wrong?: string }} props */
function Restriction({ only, write, wrong }) {
  const pick = (/** @type {string} */ right) => (/** @type {Event} */ event) =>
    write(/** @type {HTMLInputElement} */ (event.target).checked ? [...only, right] : only.filter((one) => one !== right));
  return html`<details class="advanced"><summary>${t("Restrict it")}</summary><fieldset class="questions">
    <legend class="small quiet">${wrong || t("With nothing chosen it may do all that its role may.")}</legend>
    ${(me.value?.permissions ?? []).map((right) => html`<label class="check-line mono small" key=${right}><input type="checkbox" checked=${only.includes(right)} onChange=${pick(right)} />${right}</label>`)}</fieldset></details>`;
}
