/** Choosing another contact by name, phone or e-mail: the way into a merge that nobody suggested. */

import * as api from "../api.js";
import { html, useEffect, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { ask, closeDialog } from "../ui/dialog.js";
import { askMerge } from "./merge_dialog.js";
import { Person } from "./person.js";
import * as requests from "./requests.js";

/** @typedef {import("../types.d.ts").Contact} Contact */

const REST_MS = 150;

/** @param {Contact} contact */
export const askOther = (contact) =>
  ask({ title: t("Merge with which contact?"), body: html`<${Find} contact=${contact} />` });

/** @param {{ contact: Contact }} props */
function Find({ contact }) {
  const words = useSignal("");
  const found = useSignal(/** @type {Contact[] | null} */ (null));
  useEffect(() => {
    const q = words.value.trim();
    if (!q) {
      found.value = null;
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => search(q, stop.signal), REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words.value]);
  const search = async (/** @type {string} */ q, /** @type {AbortSignal} */ signal) => {
    try {
      const { items } = await requests.contactPage({ q, limit: "8" }, signal);
      found.value = items.filter((/** @type {Contact} */ one) => one.id !== contact.id);
    } catch (error) {
      if (!signal.aborted && !(error instanceof api.ApiError)) throw error;
    }
  };
  const choose = (/** @type {Contact} */ other) => {
    closeDialog();
    askMerge(contact, other);
  };
  return html`<div class="col"><input class="input" type="search" aria-label=${t("Name or phone")} placeholder=${t("Name or phone")} autofocus onInput=${(/** @type {any} */ event) => { words.value = event.currentTarget.value; }} />
    <div class="find-list" role="group" aria-label=${t("Contacts")}>${found.value?.map((one) => html`<button type="button" class="pick" key=${one.id} onClick=${() => choose(one)}><${Person} contact=${one} /></button>`)}
      ${found.value?.length === 0 && html`<p class="small quiet">${t("No contact has this name or number.")}</p>`}</div>
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button></div></div>`;
}
