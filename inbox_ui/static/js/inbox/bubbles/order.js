/** A cart that the customer sent: lines, quantities, amounts in full. */

import { html } from "../../dom.js";
import { money } from "../../format.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";
import { channelName } from "../../words.js";

/** @param {{ message: import("../../types.d.ts").Message, conversation: import("../../types.d.ts").Conversation }} props */
export function Cart({ message, conversation }) {
  const { items = [], total } = message.content;
  return html`<div class="block-head"><${Icon} name="shopping-cart" size="s" /><span class="grow">${t("Cart from {channel}", { channel: channelName(conversation.channel) })}</span></div>
    <div class="lines">${items.map((/** @type {any} */ one) => html`<${Line} line=${one} />`)}</div>
    ${total && html`<${Sum} total=${total} />`}
    ${message.text && html`<div class="block-note">${message.text}</div>`}`;
}

/** @param {{ total: import("../../types.d.ts").Json }} props */
const Sum = ({ total }) =>
  html`<div class="block-foot"><span class="quiet">${t("Total")}</span><span class="strong">${money(total.amount_minor, total.currency)}</span></div>`;

/** @param {{ line: import("../../types.d.ts").Json }} props */
function Line({ line }) {
  const { product_id, name, quantity, price } = line;
  return html`<div class="linei"><span class="frame"><${Icon} name="package" size="s" /></span>
    <div class="clip">${name || product_id}<small>${quantity ?? "?"} × ${price ? money(price.amount_minor, price.currency) : "?"}</small></div>
    ${price && quantity && html`<div class="medium">${money(price.amount_minor * quantity, price.currency)}</div>`}</div>`;
}
