/** The templates of an account: loaded when they are needed, kept current by live events. */

import * as api from "./calls.js";
import { signal } from "../dom.js";
import { listen } from "../live.js";
import { failureOf } from "../load.js";

/** @typedef {import("../types.d.ts").Template} Template */

/** Templates by id. */
export const templates = signal(/** @type {Record<string, Template>} */ ({}));

/** Accounts whose templates are here, are coming, or could not be read. */
export const loads = signal(/** @type {Record<string, "loading" | "loaded" | import("../types.d.ts").Failure>} */ ({}));

/** @param {Template[]} items */
export function keep(items) {
  const next = { ...templates.peek() };
  for (const one of items) {
    if (one.archived_at || !one.versions.length) delete next[one.id];
    else next[one.id] = one;
  }
  templates.value = next;
}

listen("template.updated", (event) => keep([event.data]));

/**
 * Read all templates that an account may send.
 * @param {string} account_id
 * @param {{ again?: boolean }} [how]
 */
export async function load(account_id, { again = false } = {}) {
  if (loads.peek()[account_id] === "loading" || (loads.peek()[account_id] === "loaded" && !again)) return;
  loads.value = { ...loads.peek(), [account_id]: "loading" };
  try {
    let cursor = "";
    do {
      const page = await api.templates({ channel_account_id: account_id, limit: "200", ...(cursor ? { cursor } : {}) });
      keep(page.items);
      cursor = page.next_cursor ?? "";
    } while (cursor);
    loads.value = { ...loads.peek(), [account_id]: "loaded" };
  } catch (error) {
    loads.value = { ...loads.peek(), [account_id]: failureOf(error) };
  }
}

/**
 * @param {string} account_id
 * @returns {Template[]} by name
 */
export const ofAccount = (account_id) => Object.values(templates.value).filter((one) => one.channel_account_ids.includes(account_id)).sort((a, b) => a.name.localeCompare(b.name));

/** @param {Template} template */
export const titleOf = (template) => template.title || template.name.replace(/^subscription:/, "").replaceAll("_", " ");
