/** What the address shows: the inbox, or the settings. What floats over a page is the same for both. */

import { effect, html, useEffect } from "./dom.js";
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
  return area.value === "settings" ? html`<${Settings} />` : html`<${Inbox} />`;
}
