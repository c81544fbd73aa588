/** Who the customer is: assignment, tags, facts that are changed in place, channels, other conversations. */

import { html } from "../dom.js";
import { rowTime } from "../format.js";
import { t } from "../i18n.js";
import { agents, now, state, teams } from "../live.js";
import { place, up } from "../router.js";
import { langOf } from "../script.js";
import { Edge } from "../ui/edge.js";
import { Channels } from "../contacts/channels.js";
import { Consents } from "../contacts/consents.js";
import { History } from "../contacts/history.js";
import { personItems } from "../contacts/person_menu.js";
import { Suggestions } from "../contacts/suggestions.js";
import { Avatar, ChannelBadge, Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { isPhone } from "../ui/width.js";
import { agentItems, teamItems } from "./choices.js";
import { Facts } from "./facts.js";
import { preview } from "./preview.js";
import { open } from "./row.js";
import { TagPicker } from "./tag_picker.js";
import { Visit } from "./visit.js";
import { isTogether, showTogether, threadsOf } from "./together.js";

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
        <div class="id"><span class="big"><${Avatar} id=${contact.id} name=${contact.name} url=${contact.avatar_url} lang=${lang} /></span><div class="grow"><div class="name" lang=${lang}>${contact.name}</div><div class="small quiet">${whereFrom(conversation)}</div></div>${known && html`<${Menu} name="person-more" label=${t("More about this contact")} items=${() => personItems(known)}><${Icon} name="ellipsis" /><//>`}</div>
        <${AssignRow} conversation=${conversation} />
        <${TagPicker} conversation=${conversation} />
      </div>
      ${known?.blocked_at && html`<div class="notice bad blocked"><${Icon} name="user-x" /><span class="grow">${t("Blocked: what this contact writes calls nobody.")}</span></div>`}
      <${Visit} conversation=${conversation} />
      ${known && html`<${Facts} contact=${known} />`}
      ${known && html`<${Suggestions} contact=${known} />`}
      ${known && html`<${Channels} contact=${known} />`}
      ${known && html`<${Consents} contact=${known} />`}
      ${known && html`<${Others} contact=${known} here=${conversation} />`}
      ${known && html`<${History} contact=${known} />`}
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

/** @param {{ contact: Contact, here: Conversation }} props */
function Others({ contact, here }) {
  const others = threadsOf(contact.id).filter((one) => one.id !== here.id);
  if (!others.length) return null;
  return html`<section class="sect"><h2>${t("Other conversations")}</h2><div class="col small">
    ${others.map((one) => html`<button type="button" class="other" key=${one.id} onClick=${() => open(one.id)}><${ChannelBadge} channel=${one.channel} /><span class="grow clip">${preview({ ...one, contact })}</span><span class="quiet tiny">${one.last_message_at ? rowTime(one.last_message_at, now.value) : ""}</span></button>`)}
    <button type="button" class="btn sm" aria-pressed=${isTogether(contact.id)} onClick=${() => showTogether(contact.id, !isTogether(contact.id))}><${Icon} name="layers" />${t("All channels as one timeline")}</button>
  </div></section>`;
}
