/** The sidebar: views with counts of what asks for work, and the reader at the foot. */

import { cls, html } from "../dom.js";
import { count, t } from "../i18n.js";
import { counts, me } from "../live.js";
import { area, go, view } from "../router.js";
import { mayAny } from "../settings/pages.js";
import { Icon } from "../ui/icon.js";
import { Link } from "../ui/link.js";
import { MeMenu } from "./me_menu.js";
import { openPalette } from "./asking.js";
import { modifier } from "./modifier.js";
import { viewList, viewName } from "./views.js";

/** @param {{ row: ReturnType<typeof viewList>[number] }} props */
function ViewLink({ row }) {
  const n = row.count ? counts.value?.[row.count] ?? 0 : 0;
  const name = viewName(row.view);
  const follow = (/** @type {MouseEvent} */ event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go({ view: row.view, conversation: null });
  };
  return html`<a class="nav" href=${`/inbox/${row.view}`} aria-current=${area.value === "inbox" && view.value === row.view ? "page" : undefined} title=${name} onClick=${follow}>
    <${Icon} name=${row.icon} /><span class="t clip">${name}</span>
    ${n > 0 && html`<span class=${cls("n", row.view === "unassigned" && "hot")}>${count(n)}</span>`}
  </a>`;
}

export function Sidebar() {
  const shop = me.value?.business.name ?? "";
  return html`<nav class="side" aria-label=${t("Main")}>
    <div class="brand"><svg class="seal" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-seal" /></svg><span class="t grow clip">${shop}</span></div>
    <button type="button" class="searchbox" onClick=${() => openPalette()} aria-keyshortcuts="Control+K Meta+K"><${Icon} name="search" size="s" /><span class="grow">${t("Search")}</span><span class="kbd">${modifier}K</span></button>
    <button type="button" class="nav rail-search" onClick=${() => openPalette()} title=${t("Search")} aria-label=${t("Search")}><${Icon} name="search" /></button>
    ${viewList().map((row) => html`<${ViewLink} row=${row} />`)}
    <div class="side-h">${t("Customers")}</div>
    <${Link} to="/contacts" class="nav" title=${t("Contacts")} current=${area.value === "contacts"}><${Icon} name="users" /><span class="t clip">${t("Contacts")}</span><//>
    <div class="gap"></div>
    ${mayAny() && html`<${Link} to="/settings" class="nav" title=${t("Settings")} current=${area.value === "settings"}><${Icon} name="settings-2" /><span class="t clip">${t("Settings")}</span><//>`}
    <${MeMenu} />
  </nav>`;
}
