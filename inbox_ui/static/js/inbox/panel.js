/** Who the customer is: assignment, tags, facts that are changed in place, channels, other conversations. */

import { html } from "../dom.js";
import { phone, rowTime } from "../format.js";
import { t } from "../i18n.js";
import { agents, now, state, teams } from "../live.js";
import { place, up } from "../router.js";
import { langOf } from "../script.js";
import { Edge } from "../ui/edge.js";
import { Avatar, ChannelBadge, Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { isPhone } from "../ui/width.js";
import { agentItems, teamItems } from "./choices.js";
import { Facts } from "./facts.js";
import { preview } from "./preview.js";
import { open } from "./row.js";
import { TagPicker } from "./tag_picker.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Contact} Contact */

/** @param {{ conversation: Conversation }} props */
export function ContactPanel({ conversation }) {
  const known = state.value.contacts[conversation.contact.id];
  const contact = { ...conversation.contact, ...known };
  const lang = langOf(contact.name, contact.language);
  return html`<section class="panel" role=${isPhone.value ? "main" : "complementary"} aria-label=${t("Contact")} tabindex="-1">
    <${Edge} column="panel" label=${t("Width of the panel")} />
    <div class="panel-in">
      <header class="thread-head panel-bar">${place.value.contact && html`<button type="button" class="btn icon-only" aria-label=${t("Back")} onClick=${up}><${Icon} name="chevron-left" /></button>`}<${isPhone.value ? "h1" : "h2"} class="grow panel-title">${t("Contact")}<//></header>
      <div class="who-card">
        <div class="id"><span class="big"><${Avatar} id=${contact.id} name=${contact.name} url=${contact.avatar_url} lang=${lang} /></span><div class="grow"><div class="name" lang=${lang}>${contact.name}</div><div class="small quiet">${whereFrom(conversation)}</div></div></div>
        <${AssignRow} conversation=${conversation} />
        <${TagPicker} conversation=${conversation} />
      </div>
      ${known && html`<${Facts} contact=${known} />`}
      ${known && html`<${Channels} contact=${known} />`}
      ${known && html`<${Others} contact=${known} here=${conversation.id} />`}
    </div>
  </section>`;
}

/** @param {Conversation} conversation */
const whereFrom = ({ identity }) => (identity?.username ? `@${identity.username}` : "");

/** @param {{ conversation: Conversation }} props */
function AssignRow({ conversation: one }) {
  const agent = one.assignee_id ? agents.value[one.assignee_id] : undefined;
  const team = one.team_id ? teams.value[one.team_id] : undefined;
  return html`<div class="assign-row">
    <div><div class="tiny quiet" aria-hidden="true">${t("Assigned to")}</div><${Menu} name="assign" class="select" label=${t("Assigned to")} items=${() => agentItems(one)} align="start" wide text><span class="sr">${t("Assigned to")}</span>${agent && html`<${Avatar} id=${agent.id} name=${agent.name} />`}<span class="clip">${agent?.name ?? t("Nobody")}</span><${Icon} name="chevron-down" /><//></div>
    <div><div class="tiny quiet" aria-hidden="true">${t("Team")}</div><${Menu} name="team" class="select" label=${t("Team")} items=${() => teamItems(one)} text><span class="sr">${t("Team")}</span><span class="clip">${team?.name ?? t("No team")}</span><${Icon} name="chevron-down" /><//></div>
  </div>`;
}

/** A number in groups; other names as they are. @param {string} name */
const readable = (name) => (/^\+?\d{7,15}$/.test(name) ? phone(name) : name);

/** @param {{ contact: Contact }} props */
function Channels({ contact }) {
  return html`<section class="sect"><h2>${t("Channels")}</h2><div class="col small">
    ${contact.identities.map((one) => html`<div class="row"><${ChannelBadge} channel=${one.channel} /><span class="grow clip">${one.username ? `@${one.username}` : readable(one.phone ?? one.external_id)}</span></div>`)}
  </div></section>`;
}

/** @param {{ contact: Contact, here: string }} props */
function Others({ contact, here }) {
  const others = (contact.conversations ?? []).filter((one) => one.id !== here);
  if (!others.length) return null;
  return html`<section class="sect"><h2>${t("Other conversations")}</h2><div class="col small">
    ${others.map((one) => html`<button type="button" class="other" onClick=${() => open(one.id)}><${ChannelBadge} channel=${one.channel} /><span class="grow clip">${preview({ ...one, contact })}</span><span class="quiet tiny">${one.last_message_at ? rowTime(one.last_message_at, now.value) : ""}</span></button>`)}
  </div></section>`;
}
