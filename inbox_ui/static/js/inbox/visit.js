/** Which page and product of the shop the customer looks at, as the shop's own chat tells it. */

import { visit } from "../api.js";
import { html, useEffect } from "../dom.js";
import { rowTime } from "../format.js";
import { t } from "../i18n.js";
import { dispatch, now, state } from "../live.js";
import { Icon } from "../ui/icon.js";

/** Live frames are newer than what a slow answer tells. @param {string} conversation_id */
async function load(conversation_id) {
  const told = await visit(conversation_id).catch(() => null);
  if (told && state.peek().visits[conversation_id] === undefined) dispatch({ type: "visit", conversation_id, at: told.visit?.page_at, data: told.visit });
}

/** @param {{ conversation: import("../types.d.ts").Conversation }} props */
export function Visit({ conversation }) {
  useEffect(() => {
    load(conversation.id);
  }, [conversation.id]);
  const seen = state.value.visits[conversation.id];
  if (!seen?.page) return null;
  const { url, title, product } = seen.page;
  return html`<section class="sect"><h2>${t("In the shop")}</h2><div class="col small">
    ${product?.name && html`<div class="row"><${Icon} name="package" size="s" /><span class="grow clip">${product.name}</span><span class="quiet">${product.price}</span></div>`}
    <div class="row"><${Icon} name="globe" size="s" />${url ? html`<a class="grow clip" href=${url} target="_blank" rel="noopener noreferrer">${title || url}</a>` : html`<span class="grow clip">${title}</span>`}${seen.page_at && html`<span class="quiet tiny">${rowTime(seen.page_at, now.value)}</span>`}</div>
  </div></section>`;
}
