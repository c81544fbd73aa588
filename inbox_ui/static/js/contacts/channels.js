/** Where a person can be reached: each identity with its channel, and why not where it cannot. */

import { html } from "../dom.js";
import { phone } from "../format.js";
import { t } from "../i18n.js";
import { accounts } from "../live.js";
import { ChannelBadge } from "../ui/icon.js";
import { channelName } from "../words.js";

/** @typedef {import("../types.d.ts").ContactIdentity} ContactIdentity */

/** A number in groups; other names as they are. @param {string} name */
const readable = (name) => (/^\+?\d{7,15}$/.test(name) ? phone(name) : name);

/** @param {ContactIdentity} one */
export const identityName = (one) => (one.username ? `@${one.username}` : readable(one.phone ?? one.external_id));

/** @type {Record<string, () => string>} */
const REASONS = {
  unfollowed: () => t("Does not follow the account any more"),
  blocked: () => t("Has blocked us there"),
  contact_unreachable: () => t("Cannot be reached there"),
};

/** @param {{ contact: import("../types.d.ts").Contact }} props */
export function Channels({ contact }) {
  if (!contact.identities?.length) return null;
  return html`<section class="sect"><h2>${t("Channels")}</h2><div class="col small">
    ${contact.identities.map((one) => html`<div class="row" key=${one.id}><${ChannelBadge} channel=${one.channel} />
      <span class="grow clip">${identityName(one)}<span class="quiet tiny clip own-line">${accounts.value[one.channel_account_id]?.name ?? channelName(one.channel)}</span></span>
      ${one.unreachable_reason && html`<span class="pill warn">${REASONS[one.unreachable_reason]?.() ?? t("Cannot be reached there")}</span>`}</div>`)}
  </div></section>`;
}
