/** Settings → Audit log: privileged acts, the newest first, and all of them as a file. */

import { html, useEffect, useSignal } from "../dom.js";
import { exact } from "../format.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { Empty } from "../ui/trouble.js";
import { attempt } from "./form.js";
import { PageHead } from "./page_head.js";
import { audit } from "./people_api.js";

/** @typedef {import("../types.d.ts").AuditEntry} AuditEntry */

/** Beginnings of acts, and what they are about. @returns {[string, string][]} */
const subjects = () => [
  ["", t("Everything")],
  ["agent.", t("People")],
  ["token.", t("API tokens")],
  ["channel_account.", t("Channels")],
  ["contact.", t("Contacts")],
  ["template.", t("Templates")],
];

/** @param {AuditEntry} entry */
const actorOf = (entry) => entry.actor_name ?? (entry.actor_kind === "command" ? t("A command on the server") : t("Hawker"));

export function Audit() {
  const listed = useSignal(/** @type {AuditEntry[]} */ ([]));
  const cursor = useSignal(/** @type {string | null} */ (null));
  const action = useSignal("");
  /** @param {string} [from] */
  const load = (from = "") => {
    const query = { ...(action.peek() && { action: action.peek() }), ...(from && { cursor: from }) };
    return attempt(audit(query).then((found) => {
      listed.value = from ? [...listed.peek(), ...found.items] : found.items;
      cursor.value = found.next_cursor;
    }));
  };
  useEffect(() => {
    load();
  }, [action.value]);
  const choose = (/** @type {Event} */ event) => {
    action.value = /** @type {HTMLSelectElement} */ (event.target).value;
  };
  const file = `/api/v1/audit.csv${action.value && `?action=${action.value}`}`;
  return html`<${PageHead} title=${t("Audit log")}><a class="btn" href=${file} download><${Icon} name="download" />${t("Download CSV")}</a><//>
    <div class="field filter-field"><select class="input" aria-label=${t("About")} onChange=${choose}>${subjects().map(([beginning, name]) => html`<option value=${beginning}>${name}</option>`)}</select></div>
    ${listed.value.length ? html`<${Acts} entries=${listed.value} />` : html`<section class="card"><${Empty} icon="shield-check" title=${t("Nothing of this kind was done yet")} /></section>`}
    ${cursor.value && html`<div class="row"><button type="button" class="btn" onClick=${() => load(cursor.peek() ?? "")}>${t("Older ones")}</button></div>`}`;
}

/** @param {{ entries: AuditEntry[] }} props */
const Acts = ({ entries }) => html`<div class="card table-scroll"><table class="table">
  <thead><tr><th>${t("When")}</th><th>${t("Who")}</th><th>${t("What")}</th><th>${t("On")}</th></tr></thead>
  <tbody>${entries.map((entry) => html`<tr key=${entry.id}><td class="quiet nowrap">${exact(entry.at)}</td><td class="nowrap">${actorOf(entry)}</td>
    <td class="mono small">${entry.action} <span class="quiet">${Object.entries(entry.params).map(([name, value]) => `${name}: ${value}`).join(" · ")}</span></td><td>${entry.subject_name ?? ""}</td></tr>`)}</tbody></table></div>`;
