/** What the address shows: the inbox, the contacts, or the settings. What floats over a page is the same for both. */

import { effect, html, useEffect } from "./dom.js";
import { ContactsPage } from "./contacts/contacts_page.js";
import { Inbox } from "./inbox/inbox.js";
import { me } from "./live.js";
import { area } from "./router.js";
import { Settings } from "./settings/settings.js";

/** Theme and density follow the person. */
function useLook() {
  useEffect(() => effect(() => {
    const { theme = "system", density = "comfortable" } = me.value ?? {};
    Object.assign(document.documentElement.dataset, { theme, density });
  }), []);
}

export function Pages() {
  useLook();
  if (area.value === "settings") return html`<${Settings} />`;
  return area.value === "contacts" ? html`<${ContactsPage} />` : html`<${Inbox} />`;
}
