/** One contact beside the list: who it is, what is known, how to reach them, what was said, what was done. */

import { html, useEffect, useSignal } from "../dom.js";
import * as api from "../api.js";
import { rowTime } from "../format.js";
import { t } from "../i18n.js";
import { dispatch, link, now, state, tags } from "../live.js";
import { failureOf, loadContact } from "../load.js";
import { goTo } from "../router.js";
import { langOf } from "../script.js";
import { Facts } from "../inbox/facts.js";
import { preview } from "../inbox/preview.js";
import { open } from "../inbox/row.js";
import { threadsOf } from "../inbox/together.js";
import { Avatar, ChannelBadge, Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { TagChip } from "../ui/tag.js";
import { say } from "../ui/toast.js";
import { Trouble } from "../ui/trouble.js";
import { failureText } from "../words.js";
import { Channels } from "./channels.js";
import { Consents } from "./consents.js";
import { History } from "./history.js";
import { calledBy } from "./person.js";
import { personItems } from "./person_menu.js";
import { Suggestions } from "./suggestions.js";

/** @typedef {import("../types.d.ts").Contact} Contact */

/** @param {{ id: string }} props */
export function ContactDetail({ id }) {
  const contact = state.value.contacts[id];
  const failure = useSignal(/** @type {import("../types.d.ts").Failure | null} */ (null));
  const load = () => loadContact(id).then(() => { failure.value = null; }, (error) => { failure.value = failureOf(error); });
  useEffect(() => {
    if (link.value.state === "live") load();
  }, [id, link.value.state]);
  const close = () => goTo("/contacts");
  return html`<section class="panel contact-detail" role="complementary" aria-label=${t("Contact")} tabindex="-1">
    <header class="thread-head"><button type="button" class="btn icon-only only-phone" aria-label=${t("Back")} onClick=${close}><${Icon} name="chevron-left" /></button><h2 class="grow">${t("Contact")}</h2>
      ${contact && html`<${Menu} name="person-more" label=${t("More about this contact")} items=${() => personItems(contact)}><${Icon} name="ellipsis" /><//>`}
      <button type="button" class="btn icon-only only-desk" aria-label=${t("Close")} title=${t("Close")} onClick=${close}><${Icon} name="x" /></button></header>
    ${failure.value && html`<${Trouble} title=${t("This contact did not load")} text=${failureText(failure.value)} again=${load} />`}
    ${contact && html`<${Who} contact=${contact} />
      <${Facts} contact=${contact} /><${Suggestions} contact=${contact} /><${Channels} contact=${contact} /><${Consents} contact=${contact} /><${Conversations} contact=${contact} /><${History} contact=${contact} />`}
  </section>`;
}

/** @param {{ contact: Contact }} props */
function Who({ contact }) {
  const lang = langOf(contact.name, contact.language);
  return html`<div class="who-card"><div class="id"><span class="big"><${Avatar} id=${contact.id} name=${calledBy(contact)} url=${contact.avatar_url} lang=${lang} /></span><div class="grow"><h1 class="name" lang=${lang}>${calledBy(contact)}</h1>
      ${contact.blocked_at && html`<span class="pill bad"><${Icon} name="user-x" />${t("Blocked")}</span>`}${contact.archived_at && html`<span class="pill"><${Icon} name="archive" />${t("Archived")}</span>`}</div></div>
    <div class="tags">${contact.tags?.map((tag) => html`<${TagChip} tag=${tag} />`)}<${Menu} name="contact-tags" class="tag add-tag" label=${t("Tags")} align="start" items=${() => tagItems(contact)}><${Icon} name="plus" size="xs" /><//></div></div>`;
}

/** @param {Contact} contact @returns {import("../ui/menu.js").Item[]} */
function tagItems(contact) {
  const has = new Set(contact.tags.map((tag) => tag.id));
  return Object.values(tags.value).map((tag) => ({ label: tag.name, checked: has.has(tag.id), act: () => toggle(contact, has, tag.id) }));
}

/**
 * @param {Contact} contact
 * @param {Set<string>} has
 * @param {string} tag_id
 */
async function toggle(contact, has, tag_id) {
  const wanted = has.has(tag_id) ? [...has].filter((one) => one !== tag_id) : [...has, tag_id];
  try {
    dispatch({ type: "contact_loaded", contact: await api.changeContact(contact.id, { tags: wanted }) });
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}

/** @param {{ contact: Contact }} props */
function Conversations({ contact }) {
  const threads = threadsOf(contact.id);
  if (!threads.length) return null;
  return html`<section class="sect"><h2>${t("Conversations")}</h2><div class="col small">
    ${threads.map((one) => html`<button type="button" class="other" key=${one.id} onClick=${() => open(one.id)}><${ChannelBadge} channel=${one.channel} /><span class="grow clip">${preview({ ...one, contact })}</span><span class="quiet tiny">${one.last_message_at ? rowTime(one.last_message_at, now.value) : ""}</span></button>`)}</div></section>`;
}
