/** Searching for the palette: contacts by name, conversations by their words, a moment after the last key. */

import * as api from "../api.js";
import { html, signal, useEffect } from "../dom.js";
import { rowTime } from "../format.js";
import { t } from "../i18n.js";
import { dispatch } from "../live.js";
import { go } from "../router.js";
import { langOf } from "../script.js";
import { Avatar, ChannelBadge } from "../ui/icon.js";
import { narrow } from "./filter.js";
import { brief } from "./preview.js";
import { open } from "./row.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("./palette.js").Item} Item */

const REST_MS = 150;
const MOST = "8";

const found = signal(/** @type {{ words: string, contacts: import("../types.d.ts").ContactBrief[], conversations: (Conversation & { match?: import("../types.d.ts").Match | null })[] }} */ ({ words: "", contacts: [], conversations: [] }));

/**
 * @param {import("@preact/signals").Signal<string>} typed
 * @param {boolean} active
 */
export function useSearch(typed, active) {
  const words = typed.value.trim();
  useEffect(() => {
    if (!active || !words) {
      found.value = { words: "", contacts: [], conversations: [] };
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => search(words, stop.signal), REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words, active]);
}

/**
 * @param {string} words
 * @param {AbortSignal} signal
 */
async function search(words, signal) {
  try {
    const [contacts, conversations] = await Promise.all([api.contacts(words), api.conversations({ q: words, status: "all", limit: MOST }, signal)]);
    if (!signal.aborted) found.value = { words, contacts: contacts.items, conversations: conversations.items };
  } catch (error) {
    if (!signal.aborted && !(error instanceof api.ApiError)) throw error;
  }
}

/**
 * Open the conversation of a contact, the latest where there are several.
 * @param {import("../types.d.ts").ContactBrief} contact
 */
async function openContact(contact) {
  const whole = await api.contact(contact.id);
  dispatch({ type: "contact_loaded", contact: whole });
  const [latest] = (whole.conversations ?? []).toSorted((/** @type {Conversation} */ a, /** @type {Conversation} */ b) => (a.last_message_at < b.last_message_at ? 1 : -1));
  if (latest) open(latest.id);
}

/**
 * @param {string} words
 * @returns {import("./palette.js").Section[]}
 */
export function searchResults(words) {
  const { contacts, conversations } = found.value;
  const now = Date.now();
  const inList = { label: t("Show all conversations with “{words}”", { words: words.trim() }), icon: "list-filter", always: true, act: () => {
    go({ view: "all", conversation: null });
    narrow({ q: words.trim(), status: null });
  } };
  return [
    { heading: t("Contacts"), items: contacts.map((one) => ({ label: one.name, lang: langOf(one.name, one.language), picture: html`<${Avatar} id=${one.id} name=${one.name} url=${one.avatar_url} />`, act: () => openContact(one) })) },
    { heading: t("Conversations"), items: [...conversations.map((one) => ({
      label: one.contact.name,
      note: [one.match?.text ?? (one.last_message && brief(one.last_message)), rowTime(one.match?.at ?? one.last_message_at, now)].filter(Boolean).join(" · "),
      lang: langOf(one.contact.name, one.contact.language),
      picture: html`<${ChannelBadge} channel=${one.channel} />`,
      act: () => go({ conversation: one.id, message: one.match?.message_id ?? null }),
    })), inList] },
  ];
}

/**
 * @param {string} label
 * @param {string} words
 */
export const matches = (label, words) => label.toLowerCase().includes(words.trim().toLowerCase());

/**
 * Mark what was typed.
 * @param {string} label
 * @param {string} words
 */
export function marked(label, words) {
  const at = words.trim() ? label.toLowerCase().indexOf(words.trim().toLowerCase()) : -1;
  if (at < 0) return label;
  const end = at + words.trim().length;
  return html`${label.slice(0, at)}<mark>${label.slice(at, end)}</mark>${label.slice(end)}`;
}
