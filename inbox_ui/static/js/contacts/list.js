/** The list of contacts by name: pages come as one scrolls, changes as they happen. */

import { cls, html, useEffect, useRef, useSignal } from "../dom.js";
import { phone } from "../format.js";
import { t } from "../i18n.js";
import { me, state } from "../live.js";
import { failureOf } from "../load.js";
import { langOf } from "../script.js";
import { Avatar, Icon } from "../ui/icon.js";
import { Link } from "../ui/link.js";
import { TagChip } from "../ui/tag.js";
import { Empty, Trouble } from "../ui/trouble.js";
import { failureText } from "../words.js";
import { askNew } from "./add_contact.js";
import { Granted } from "./consents.js";
import { filter, isNarrowed, narrow, NO_FILTER, queryOf } from "./filter.js";
import { Narrowing } from "./narrowing.js";
import { calledBy, ChannelsOf } from "./person.js";
import { contactPage } from "./requests.js";

/** @typedef {import("../types.d.ts").Contact} Contact */

const PAGE = "50";
const REST_MS = 150;

/** What was loaded: kept while a contact is looked at. */
const EMPTY = { contacts: /** @type {Contact[]} */ ([]), next: /** @type {string | null} */ (null), loaded: false, failure: /** @type {import("../types.d.ts").Failure | null} */ (null) };

/** @param {{ open: string | null }} props */
export function ContactList({ open }) {
  const page = useSignal(EMPTY);
  const wanted = filter.value;
  const load = async (/** @type {AbortSignal | undefined} */ stop, /** @type {string | null} */ cursor) => {
    try {
      const { items, next_cursor } = await contactPage({ ...queryOf(wanted), limit: PAGE, ...(cursor ? { cursor } : {}) }, stop);
      page.value = { contacts: cursor ? [...page.value.contacts, ...items] : items, next: next_cursor, loaded: true, failure: null };
    } catch (error) {
      if (!stop?.aborted) page.value = { ...page.value, loaded: true, failure: failureOf(error) };
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => load(stop.signal, null), wanted.q ? REST_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted]);
  const { contacts, next, loaded, failure } = page.value;
  const shown = contacts.map((one) => state.value.contacts[one.id] ?? one).filter((one) => !one.merged_into_id);
  const exported = `/api/v1/contacts/export.csv?${new URLSearchParams(queryOf(wanted))}`;
  return html`<main class="page contact-list" aria-label=${t("Contacts")}><div class="page-in">
    <header class="page-head"><div class="grow"><h1>${t("Contacts")}</h1></div>
      ${me.value?.permissions.includes("contacts.export") && html`<a class="btn" href=${exported} download aria-label=${t("Export")}><${Icon} name="download" /><span class="only-desk">${t("Export")}</span></a>`}
      ${me.value?.permissions.includes("contacts.write") && html`<button type="button" class="btn primary" onClick=${askNew} aria-label=${t("New contact")}><${Icon} name="user-plus" /><span class="only-desk">${t("New contact")}</span></button>`}</header>
    <${Narrowing} />
    ${failure && html`<${Trouble} title=${t("The contacts did not load")} text=${failureText(failure)} again=${() => load(undefined, null)} />`}
    ${loaded && !failure && !shown.length && html`<${Empty} icon="users" title=${isNarrowed(wanted) ? t("No contact fits") : t("No contacts yet")} text=${isNarrowed(wanted) ? t("Take a filter away to see more.") : t("Whoever writes to you appears here.")}>
      ${isNarrowed(wanted) && html`<button type="button" class="btn" onClick=${() => narrow(NO_FILTER)}>${t("Show all")}</button>`}<//>`}
    ${shown.length > 0 && html`<div class="card contact-rows"><table class="table"><thead class="only-desk-head"><tr><th scope="col">${t("Name")}</th><th scope="col">${t("Phone")}</th><th scope="col" class="wide">${t("Email")}</th><th scope="col">${t("Channels")}</th><th scope="col" class="wide">${t("Tags")}</th><th scope="col" class="wide">${t("Promotions")}</th></tr></thead>
      <tbody>${shown.map((one) => html`<${Row} key=${one.id} contact=${one} current=${one.id === open} />`)}</tbody></table></div>`}
    ${next && html`<${More} key=${next} load=${() => load(undefined, next)} />`}
  </div></main>`;
}

/** @param {{ contact: Contact, current: boolean }} props */
function Row({ contact, current }) {
  const lang = langOf(contact.name, contact.language);
  const promotions = contact.consent?.marketing;
  return html`<tr class=${cls(current && "on")}><td><span class="contact-cell"><${Avatar} id=${contact.id} name=${calledBy(contact)} url=${contact.avatar_url} lang=${lang} />
      <span class="grow"><${Link} to=${`/contacts/${contact.id}`} class="account-name clip" current=${current}><span lang=${lang}>${calledBy(contact)}</span><//>
      ${contact.alike > 0 && html`<span class="pill accent"><${Icon} name="git-merge" />${t("Same person?")}</span>`}${contact.blocked_at && html`<span class="pill bad"><${Icon} name="user-x" />${t("Blocked")}</span>`}</span></span></td>
    <td class="num-text">${contact.phone ? phone(contact.phone) : ""}</td><td class="wide"><span class="clip own-line">${contact.email ?? ""}</span></td><td><${ChannelsOf} contact=${contact} /></td>
    <td class="wide"><span class="row tight">${contact.tags.slice(0, 2).map((tag) => html`<${TagChip} tag=${tag} />`)}${contact.tags.length > 2 && html`<span class="tiny quiet">+${contact.tags.length - 2}</span>`}</span></td>
    <td class="wide">${promotions && html`<${Granted} granted=${promotions.granted} />`}</td></tr>`;
}

/** Loads the next page when it comes into sight. @param {{ load: () => void }} props */
function More({ load }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!box.current) return;
    const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && load(), { rootMargin: "400px" });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return html`<div class="more" ref=${box}><button type="button" class="btn" onClick=${load}>${t("Show more")}</button></div>`;
}
