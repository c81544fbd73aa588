/** Cards with a picture, two lines and links, side by side. */

import { html } from "../../dom.js";
import { Icon } from "../../ui/icon.js";

/** @typedef {import("../../types.d.ts").Json} Json */

/** @param {{ message: import("../../types.d.ts").Message }} props */
export const CardRow = ({ message }) => html`<div class="tpl-cards">${(message.content.cards ?? []).map((/** @type {Json} */ card) => html`<${Card} card=${card} />`)}</div>`;

/** @param {{ card: Json }} props */
const Card = ({ card }) =>
  html`<div class="tpl">
    ${card.media_id ? html`<img class="tpl-media" src=${`/media/${card.media_id}`} alt="" loading="lazy" />` : card.image_url && html`<div class="tpl-media none"><${Icon} name="image" /></div>`}
    <div class="tpl-text"><span class="medium">${card.title}</span>${card.subtitle && html`<br />${card.subtitle}`}</div>
    ${card.url && html`<div class="tpl-foot clip">${card.url}</div>`}
    ${card.buttons?.length > 0 && html`<div class="tpl-buttons">${card.buttons.map((/** @type {Json} */ one) => html`<div class="tpl-button">${one.url && html`<${Icon} name="external-link" size="s" />`}${one.title}</div>`)}</div>`}
  </div>`;
