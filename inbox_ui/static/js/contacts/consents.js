/** What a person allows: per purpose, and per channel where the channels differ. */

import { html } from "../dom.js";
import { exact } from "../format.js";
import { t } from "../i18n.js";
import { ChannelBadge, Icon } from "../ui/icon.js";

/** @param {string} purpose */
export const purposeName = (purpose) => ({ marketing: t("Promotions"), service: t("Service messages") })[purpose] ?? purpose;

/** @param {{ granted: boolean }} props */
export const Granted = ({ granted }) =>
  html`<span class=${granted ? "good row tight" : "row tight"}><${Icon} name=${granted ? "circle-check" : "x"} size="xs" />${granted ? t("Yes") : t("No")}</span>`;

/** @param {{ contact: import("../types.d.ts").Contact }} props */
export function Consents({ contact }) {
  const purposes = Object.entries(contact.consent ?? {});
  if (!purposes.length) return null;
  return html`<section class="sect"><h2>${t("Consent")}</h2><dl class="facts">
    ${purposes.map(([purpose, given]) => html`<dt>${purposeName(purpose)}</dt><dd class="wrap" title=${given.at ? exact(given.at) : undefined}><${Granted} granted=${given.granted} />
      ${Object.entries(given.channels ?? {}).map(([channel, one]) => html`<span class="row tight"><${ChannelBadge} channel=${channel} /><${Granted} granted=${/** @type {any} */ (one).granted} /></span>`)}</dd>`)}
  </dl></section>`;
}
