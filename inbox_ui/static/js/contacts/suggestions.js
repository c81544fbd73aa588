/** Who else a contact may be, each with its reason: merge them, or say that they are two people. */

import * as api from "../api.js";
import { html, useEffect, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { dispatch } from "../live.js";
import { failureOf } from "../load.js";
import { Icon } from "../ui/icon.js";
import { say } from "../ui/toast.js";
import { failureText } from "../words.js";
import { evidenceLines } from "./evidence.js";
import { askMerge } from "./merge_dialog.js";
import { Person } from "./person.js";
import * as requests from "./requests.js";

/** @typedef {import("../types.d.ts").Contact} Contact */
/** @typedef {import("../types.d.ts").ContactSuggestion} ContactSuggestion */

/** @param {{ contact: Contact }} props */
export function Suggestions({ contact }) {
  const found = useSignal(/** @type {ContactSuggestion[]} */ ([]));
  useEffect(() => {
    let current = true;
    if (!contact.alike) found.value = [];
    else requests.suggestionsOf(contact.id).then(({ items }) => { if (current) found.value = items; }, (error) => console.warn(failureOf(error).code));
    return () => { current = false; };
  }, [contact.id, contact.alike, contact.identities?.length]);
  if (!found.value.length) return null;
  return html`<section class="sect"><h2>${t("Same person?")}</h2><div class="col">
    ${found.value.map((one) => html`<${Suggestion} key=${one.id} suggestion=${one} />`)}</div></section>`;
}

/** @param {{ suggestion: ContactSuggestion }} props */
export function Suggestion({ suggestion: { id, contact, other, evidence } }) {
  const dismiss = async () => {
    try {
      await requests.dismissSuggestion(contact.id, id);
      dispatch({ type: "contact_loaded", contact: await api.contact(contact.id) });
    } catch (error) {
      say(failureText(failureOf(error)), { icon: "circle-alert" });
    }
  };
  return html`<div class="suggestion"><${Person} contact=${other} note=${evidenceLines(evidence).join(" · ")} />
    <div class="row"><button type="button" class="btn sm" onClick=${() => askMerge(contact, other)}><${Icon} name="git-merge" />${t("Merge…")}</button>
      <button type="button" class="btn ghost sm" onClick=${dismiss}>${t("Two people")}</button></div></div>`;
}
