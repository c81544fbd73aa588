/** Settings → People: who can log in, the invitation of a new colleague, and one colleague. */

import { html, useEffect, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { agents, me } from "../../live.js";
import { loadDirectory } from "../../load.js";
import { goTo } from "../../router.js";
import { Avatar, Icon } from "../../ui/icon.js";
import { Link } from "../../ui/link.js";
import { Empty } from "../../ui/trouble.js";
import { PageHead } from "../page_head.js";
import { Invite } from "./invite.js";
import { PersonPage } from "./person.js";
import { roleName } from "./words.js";

/** @typedef {import("../../types.d.ts").Agent} Agent */

/** @param {{ rest: string[] }} props nothing, `new`, or an agent's id */
export function People({ rest }) {
  useEffect(() => {
    loadDirectory();
  }, []);
  const [first] = rest;
  if (!first) return html`<${PeopleList} />`;
  if (first === "new") return html`<${Invite} />`;
  const person = agents.value[first];
  if (!person) return html`<${Empty} icon="user-x" title=${t("Nobody is here")} text=${t("This person was never there, or is still loading.")} />`;
  return html`<${PersonPage} key=${person.id} person=${person} />`;
}

function PeopleList() {
  const search = useSignal("");
  const wanted = search.value.trim().toLowerCase();
  const listed = Object.values(agents.value)
    .filter((one) => !wanted || `${one.name} ${one.email}`.toLowerCase().includes(wanted))
    .sort((a, b) => Number(!!a.disabled_at) - Number(!!b.disabled_at) || a.name.localeCompare(b.name));
  return html`<${PageHead} title=${t("People")}><button type="button" class="btn primary" onClick=${() => goTo("/settings/people/new")}><${Icon} name="user-plus" />${t("Invite")}</button><//>
    <div class="field filter-field"><input class="input" type="search" value=${search.value} placeholder=${t("Name or email")} aria-label=${t("Name or email")} onInput=${(/** @type {Event} */ event) => { search.value = /** @type {HTMLInputElement} */ (event.target).value; }} /></div>
    <ul class="accounts card" aria-label=${t("People")}>${listed.map((person) => html`<${Row} key=${person.id} person=${person} />`)}</ul>`;
}

/** @param {{ person: Agent }} props */
function Row({ person }) {
  const load = t("{n} of {most} chats", { n: person.open_load, most: person.capacity });
  return html`<li class="account-row">
    <${Avatar} name=${person.name} id=${person.id} />
    <div class="grow"><${Link} to=${`/settings/people/${person.id}`} class="account-name"><span class="clip">${person.name} ${person.id === me.value?.id ? t("(you)") : ""}</span><//>
      <div class="small quiet clip">${person.email}</div></div>
    <div class="account-facts small"><span>${roleName(person.role)}</span><span class="quiet">${load}</span></div>
    ${person.disabled_at ? html`<span class="pill">${t("Disabled")}</span>` : person.invited ? html`<span class="pill warn">${t("Invited")}</span>` : person.has_second_factor ? html`<span class="pill good">${t("Second proof")}</span>` : null}
    <span class="quiet"><${Icon} name="chevron-right" size="s" /></span>
  </li>`;
}
