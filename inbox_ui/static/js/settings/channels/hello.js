/** The first message of an account: waited for live, shown when it is here. */

import * as api from "../../api.js";
import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { conversations, dispatch } from "../../live.js";
import { go } from "../../router.js";
import { langOf } from "../../script.js";
import { Icon } from "../../ui/icon.js";
import { brief } from "../../inbox/preview.js";

/** @typedef {import("../../types.d.ts").Conversation} Conversation */

/**
 * The conversation in which somebody wrote last on this account, as far as the page knows.
 * @param {string} id of the account
 * @returns {Conversation | null}
 */
export function firstMessageOf(id) {
  const here = Object.values(conversations.value).filter((one) => one.channel_account_id === id && one.last_message);
  return here.sort((a, b) => b.last_message_at.localeCompare(a.last_message_at))[0] ?? null;
}

/** Ask for it once; later ones come over the live line. @param {string} id of the account */
export async function lookForMessage(id) {
  const { items } = await api.conversations({ channel_account_id: id, limit: "1" });
  for (const conversation of items) dispatch({ type: "conversation_loaded", conversation });
}

/** @param {{ message: Conversation | null }} props */
export function Hello({ message }) {
  if (!message?.last_message) return html`<div class="notice" role="status"><${Icon} name="hourglass" size="s" /><span class="grow">${t("Waiting for the first message. This page sees it by itself.")}</span></div>`;
  const { contact, last_message } = message;
  return html`<div class="notice good" role="status"><${Icon} name="message-circle" size="s" />
    <span class="grow">${t("{name} wrote:", { name: contact.name })} <span lang=${langOf(last_message.text, contact.language)}>${last_message.text || brief(last_message)}</span></span>
    <button type="button" class="btn sm" onClick=${() => go({ view: "all", conversation: message.id })}>${t("Open the conversation")}</button></div>`;
}
