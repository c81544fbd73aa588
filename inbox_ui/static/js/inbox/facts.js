/** Facts about a contact: press a value, type, Enter keeps it, Esc puts it back. */

import * as api from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { longDate, phone } from "../format.js";
import { t } from "../i18n.js";
import { dispatch } from "../live.js";
import { failureOf } from "../load.js";
import { langOf } from "../script.js";
import { say } from "../ui/toast.js";
import { failureText, languageName } from "../words.js";

/** @typedef {import("../types.d.ts").Contact} Contact */

/** @param {Contact} contact */
const rows = ({ name, phone: number, email, language, birthday, attributes }) => [
  { field: "name", label: t("Name"), value: name ?? "", shown: name },
  { field: "phone", label: t("Phone"), value: number ?? "", shown: number && phone(number), type: "tel" },
  { field: "email", label: t("Email"), value: email ?? "", shown: email, type: "email" },
  { field: "language", label: t("Language"), value: language ?? "", shown: language && languageName(language) },
  { field: "birthday", label: t("Birthday"), value: birthday ?? "", shown: birthday && longDate(birthday), type: "date" },
  ...Object.entries(attributes ?? {}).map(([key, value]) => ({ field: `attributes.${key}`, label: key, value: String(value ?? ""), shown: String(value ?? "") })),
];

/**
 * @param {Contact} contact
 * @param {string} field
 * @param {string} value
 */
async function save(contact, field, value) {
  const [head, key] = field.split(".");
  const changes = key ? { attributes: { ...contact.attributes, [key]: value } } : { [head]: value || null };
  try {
    dispatch({ type: "contact_loaded", contact: await api.changeContact(contact.id, changes) });
    return true;
  } catch (error) {
    const reason = error instanceof api.ApiError ? Object.values(error.fields)[0] : undefined;
    say(reason ?? failureText(failureOf(error)), { icon: "circle-alert" });
    return false;
  }
}

/** @param {{ contact: Contact }} props */
export function Facts({ contact }) {
  return html`<section class="sect"><h2>${t("Details")}</h2><dl class="facts">
    ${rows(contact).map((row) => html`<${Fact} key=${row.field} contact=${contact} ...${row} />`)}
  </dl></section>`;
}

/** @param {{ contact: Contact, field: string, label: string, value: string, shown: string | null | undefined, type?: string }} props */
function Fact({ contact, field, label, value, shown, type = "text" }) {
  const [editing, setEditing] = useState(false);
  const [saved, setSaved] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (editing) input.current?.select();
  }, [editing]);
  const finish = async () => {
    setEditing(false);
    const next = input.current?.value.trim() ?? value;
    if (next === value || !(await save(contact, field, next))) return;
    setSaved(true);
    setTimeout(() => setSaved(false), 1000);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") finish();
    if (event.key === "Escape") setEditing(false);
  };
  const words = shown || html`<span class="quiet">${t("Add")}</span>`;
  return html`<dt>${label}</dt><dd class=${saved ? "saved" : ""}>${editing
    ? html`<input class="input fact-input" ref=${input} type=${type} defaultValue=${value} aria-label=${label} onKeyDown=${key} onBlur=${finish} />`
    : html`<button type="button" class="fact clip" onClick=${() => setEditing(true)} title=${t("Change {name}", { name: label })} lang=${langOf(shown ?? "", contact.language)}><span class="sr">${t("Change {name}", { name: label })}</span>${words}</button>`}</dd>`;
}
