/** Address cards that someone sent. */

import { html } from "../../dom.js";
import { phone } from "../../format.js";
import { t } from "../../i18n.js";
import { Avatar } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";

/** @param {string} text */
export async function copy(text) {
  await navigator.clipboard.writeText(text);
  say(t("Copied"));
}

/** @param {{ card: import("../../types.d.ts").Json }} props */
function Card({ card }) {
  const name = card.name || t("No name");
  const numbers = (card.phones ?? []).map((/** @type {any} */ one) => one.phone || phone(one.wa_id ?? "")).filter(Boolean);
  const lines = [card.org, ...numbers, ...(card.emails ?? []), ...(card.urls ?? [])].filter(Boolean);
  return html`<div class="card-row"><${Avatar} id=${name} name=${name} /><span class="grow"><span class="medium">${name}</span>${lines.map((line) => html`<span class="tiny quiet clip">${line}</span>`)}</span></div>
    ${numbers.length > 0 && html`<div class="block-act"><button type="button" onClick=${() => copy(numbers[0])}>${t("Copy the number")}</button></div>`}`;
}

/** @param {{ message: import("../../types.d.ts").Message }} props */
export const Cards = ({ message }) => (message.content.contacts ?? []).map((/** @type {any} */ card) => html`<${Card} card=${card} />`);
