/** What can be connected. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { ChannelBadge } from "../../ui/icon.js";
import { Link } from "../../ui/link.js";
import { PageHead } from "../page_head.js";
import { guides } from "./store.js";

export const toList = () => ({ to: "/settings/channels", name: t("Channels") });

export function Choose() {
  return html`<${PageHead} title=${t("Connect a channel")} back=${toList()} />
    <ul class="choices">${(guides.value ?? []).map((guide) => html`<li class="choice-card card">
      <${ChannelBadge} channel=${guide.channel} large />
      <div class="grow"><${Link} to=${`/settings/channels/new/${guide.name}`} class="account-name">${guide.title}<//><p class="small quiet">${guide.about}</p></div>
    </li>`)}</ul>`;
}
