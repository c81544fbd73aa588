/** A contact as one row: picture, name, how to reach them, on which channels. */

import { html } from "../dom.js";
import { phone } from "../format.js";
import { t } from "../i18n.js";
import { langOf } from "../script.js";
import { Avatar, ChannelBadge } from "../ui/icon.js";

/** @typedef {import("../types.d.ts").Contact} Contact */

/** What a contact is called, also without a name. @param {{ name: string, phone?: string | null, email?: string | null }} contact */
export const calledBy = (contact) => contact.name || (contact.phone && phone(contact.phone)) || contact.email || t("No name");

/** Each channel once. @param {{ contact: Contact }} props */
export function ChannelsOf({ contact }) {
  const channels = [...new Set(contact.identities.map((one) => one.channel))];
  return html`<span class="row tight">${channels.map((channel) => html`<${ChannelBadge} channel=${channel} />`)}</span>`;
}

/** @param {{ contact: Contact, note?: import("../dom.js").Children }} props */
export function Person({ contact, note }) {
  const lang = langOf(contact.name, contact.language);
  const reach = [contact.phone && phone(contact.phone), contact.email].filter(Boolean).join(" · ");
  return html`<span class="person"><${Avatar} id=${contact.id} name=${calledBy(contact)} url=${contact.avatar_url} lang=${lang} />
    <span class="grow"><span class="medium clip own-line" lang=${lang}>${calledBy(contact)}</span><span class="tiny quiet clip own-line">${note ?? reach}</span></span>
    <${ChannelsOf} contact=${contact} /></span>`;
}
