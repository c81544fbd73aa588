/** The fields of a colleague that an invitation and the person's page share. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { teams } from "../../live.js";
import { Field } from "../../ui/field.js";
import { roleChoices, roleText, visibilityChoices } from "./words.js";

const SEES_ALL = ["admin", "supervisor"];

/** Parts of a comma-separated line. @param {string} line */
const wordsOf = (line) => line.split(",").map((word) => word.trim()).filter(Boolean);

/**
 * @param {{ values: Record<string, any>, wrong: Record<string, string>, write: (name: any) => (value: any) => void, self?: boolean }} props
 *   `self`: nobody takes the own rights away
 */
export function PersonFields({ values, wrong, write, self }) {
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {any} */ more = {}) =>
    html`<${Field} id=${`p-${name}`} label=${label} value=${String(values[name] ?? "")} write=${write(name)} wrong=${wrong[name]} ...${more} />`;
  return html`${field("name", t("Name"))}
    ${!self && field("role", t("Role"), { choices: roleChoices(), help: roleText(values.role) })}
    ${!SEES_ALL.includes(values.role) && field("visibility", t("Sees"), { choices: visibilityChoices() })}
    ${field("capacity", t("Open chats at once"), { inputmode: "decimal", help: t("With so many open, new ones go to others. An ordinary chat counts as one.") })}
    <${Teams} chosen=${values.team_ids} write=${write("team_ids")} />
    ${field("languages", t("Languages"), { optional: true, help: t("Separated by commas, such as: en, zh-Hant") })}
    ${field("skills", t("Skills"), { optional: true, help: t("Separated by commas.") })}`;
}

/** @param {{ chosen: string[], write: (ids: string[]) => void }} props */
function Teams({ chosen, write }) {
  const known = Object.values(teams.value).sort((a, b) => a.name.localeCompare(b.name));
  if (!known.length) return null;
  const pick = (/** @type {string} */ id) => (/** @type {Event} */ event) =>
    write(/** @type {HTMLInputElement} */ (event.target).checked ? [...chosen, id] : chosen.filter((one) => one !== id));
  return html`<fieldset class="questions"><legend class="label">${t("Teams")}</legend>${known.map((team) => html`<label class="check-line" key=${team.id}><input type="checkbox" checked=${chosen.includes(team.id)} onChange=${pick(team.id)} />${team.name}</label>`)}</fieldset>`;
}

/** Put what was typed into the shape that the server takes. @param {Record<string, any>} values @returns {Record<string, any>} */
export const sent = ({ capacity, languages, skills, ...rest }) => ({
  ...rest,
  capacity: Number.isNaN(Number(capacity)) ? capacity : Number(capacity),
  languages: wordsOf(languages),
  skills: wordsOf(skills),
});
