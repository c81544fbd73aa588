/** One thing to paste, or one that we made up and that is pasted over there. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { CopyField } from "../../ui/copy.js";
import { Field } from "../../ui/field.js";

/** @typedef {import("../../types.d.ts").Guide} Guide */

/**
 * Say what a field is called in a guide; the external id is a field as any other.
 * @param {Guide} guide
 * @param {string} name
 */
export function fieldOf(guide, name) {
  const id = { name, label: guide.id_label, help: guide.id_help, secret: false, required: true, setting: false, choices: /** @type {string[]} */ ([]), made_up: 0 };
  return name === "external_id" ? id : guide.fields.find((field) => field.name === name) ?? id;
}

/** @param {{ name: string, guide: Guide, value: string, write: (value: string) => void, wrong?: string }} props */
export function CredentialBox({ name, guide, value, write, wrong }) {
  const field = fieldOf(guide, name);
  if (field.made_up && value) {
    return html`<${CopyField} label=${field.label} value=${value} help=${field.help} />
      <button type="button" class="linkish small" onClick=${() => write("")}>${t("Use one of my own")}</button>`;
  }
  return html`<${Field} id=${`f-${name}`} label=${field.label} help=${field.help} value=${value} write=${write} wrong=${wrong} optional=${!field.required}
    secret=${field.secret && !field.made_up} mono=${!field.choices.length} choices=${field.choices.length ? field.choices.map((one) => [one, one]) : undefined} />`;
}
