/** What a contact was made of, and who changed it: merges with Undo, then the lines of the audit. */

import { html, useEffect, useSignal } from "../dom.js";
import { exact, rowTime } from "../format.js";
import { t } from "../i18n.js";
import { now } from "../live.js";
import { failureOf } from "../load.js";
import { agentName } from "../words.js";
import { evidenceLines, evidenceText } from "./evidence.js";
import { fieldName } from "./fields.js";
import { undoMerge } from "./merge_dialog.js";
import * as requests from "./requests.js";

/** @typedef {import("../types.d.ts").Contact} Contact */
/** @typedef {import("../types.d.ts").ContactMerge} ContactMerge */
/** @typedef {import("../types.d.ts").HistoryEntry} HistoryEntry */

/** @type {Record<string, (params: any) => string>} */
const ACTIONS = {
  "contact.created": () => t("Added"),
  "contact.changed": ({ fields }) => t("Changed: {fields}", { fields: String(fields ?? "").split(", ").map(fieldName).join(", ") }),
  "contact.archived": () => t("Archived"),
  "contact.merged": ({ name }) => t("Merged with {name}", { name }),
  "contact.unmerged": ({ name }) => t("Merge with {name} undone", { name }),
  "contact.dismissed": () => t("Told apart from another contact"),
  "contact.blocked": () => t("Blocked"),
  "contact.unblocked": () => t("Unblocked"),
  "contact.erased": () => t("Erased"),
  "contact.imported": () => t("Imported"),
};

/** @param {HistoryEntry} entry */
const who = ({ actor_kind, actor_id }) => (actor_kind === "agent" ? agentName(actor_id) : actor_kind === "token" ? t("A program") : t("Hawker"));

/** @param {{ contact: Contact }} props */
export function History({ contact }) {
  const merges = useSignal(/** @type {ContactMerge[]} */ ([]));
  const entries = useSignal(/** @type {HistoryEntry[]} */ ([]));
  useEffect(() => {
    let current = true;
    Promise.all([requests.mergesOf(contact.id), requests.historyOf(contact.id)]).then(([made, done]) => {
      if (!current) return;
      merges.value = made.items;
      entries.value = done.items;
    }, (error) => console.warn(failureOf(error).code));
    return () => { current = false; };
  }, [contact]);
  if (!merges.value.length && !entries.value.length) return null;
  const standing = merges.value.filter((one) => one.can_undo && one.stays_id === contact.id);
  return html`<section class="sect"><h2>${t("History")}</h2>
    ${standing.map((one) => html`<${Standing} key=${one.id} one=${one} />`)}
    <ol class="history small">${entries.value.map((one) => html`<li key=${one.id} title=${exact(one.at)}><span class="grow">${ACTIONS[one.action]?.(one.params) ?? one.action} <span class="quiet">· ${who(one)}</span></span><time class="quiet tiny" dateTime=${one.at}>${rowTime(one.at, now.value)}</time></li>`)}</ol></section>`;
}

/** A merge that is in force. @param {{ one: ContactMerge }} props */
function Standing({ one }) {
  const why = evidenceLines(one.evidence).join(" · ") || evidenceText(one.reason);
  return html`<div class="row small standing"><span class="grow"><span class="medium">${t("Merged with {name}", { name: one.name || "…" })}</span><br /><span class="quiet tiny">${why}</span></span>
    <button type="button" class="btn sm" onClick=${() => undoMerge(one.stays_id, one.id)}>${t("Undo")}</button></div>`;
}
