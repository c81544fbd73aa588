/** The bar at the foot of a phone, in the list only. */

import { html } from "../dom.js";
import { count, t } from "../i18n.js";
import { counts } from "../live.js";
import { area, go, view } from "../router.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { meItems } from "./me_menu.js";
import { openPalette } from "./asking.js";

/** @param {{ one: import("../types.d.ts").View, icon: string, name: string, n?: number }} props */
function Tab({ one, icon, name, n = 0 }) {
  const follow = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    go({ view: one, conversation: null });
  };
  return html`<a href=${`/inbox/${one}`} aria-current=${area.value === "inbox" && view.value === one ? "page" : undefined} onClick=${follow}>
    <${Icon} name=${icon} /><span>${name}</span>${n > 0 && html`<span class="count">${count(n)}</span>`}
  </a>`;
}

export function TabBar() {
  return html`<nav class="tabbar" aria-label=${t("Views")}>
    <${Tab} one="mine" icon="user" name=${t("Mine")} />
    <${Tab} one="unassigned" icon="inbox" name=${t("Unassigned")} n=${counts.value?.unassigned} />
    <${Tab} one="all" icon="layers" name=${t("All open")} />
    <a href="#" role="button" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); openPalette(); }}><${Icon} name="search" /><span>${t("Search")}</span></a>
    <${Menu} name="me-phone" class="tab-button" label=${t("More")} items=${meItems} text><${Icon} name="ellipsis" /><span>${t("More")}</span><//>
  </nav>`;
}
