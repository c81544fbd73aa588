/** The connected accounts with their health at a glance. */

import { html } from "../../dom.js";
import { rowTime } from "../../format.js";
import { t, tn } from "../../i18n.js";
import { accounts, now } from "../../live.js";
import { goTo } from "../../router.js";
import { ChannelBadge, Icon } from "../../ui/icon.js";
import { Link } from "../../ui/link.js";
import { Empty } from "../../ui/trouble.js";
import { PageHead } from "../page_head.js";
import { callsUs } from "./proof.js";
import { figures, guideNamed } from "./store.js";
import { HealthPill, isLoopback, percent } from "./words.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */

const ToConnect = () => html`<button type="button" class="btn primary" onClick=${() => goTo("/settings/channels/new")}><${Icon} name="plus" />${t("Connect a channel")}</button>`;

export function ChannelList() {
  const listed = Object.values(accounts.value).sort((a, b) => a.channel.localeCompare(b.channel) || a.name.localeCompare(b.name));
  if (!listed.length) {
    return html`<${PageHead} title=${t("Channels")} />
      <section class="card"><${Empty} icon="plug" title=${t("Nothing is connected yet")} text=${t("Connect the first number, page or account, and customers’ messages arrive in the inbox.")}><${ToConnect} /><//></section>`;
  }
  return html`<${PageHead} title=${t("Channels")}><${ToConnect} /><//>
    <ul class="accounts card" aria-label=${t("Connected accounts")}>${listed.map((account) => html`<${Row} key=${account.id} account=${account} />`)}</ul>`;
}

/** @param {{ account: ChannelAccount }} props */
function Row({ account }) {
  const guide = guideNamed(account.guide);
  const sandbox = isLoopback(account.settings.api_base_url ?? "");
  return html`<li class="account-row">
    <${ChannelBadge} channel=${account.channel} large />
    <div class="grow"><${Link} to=${`/settings/channels/${account.id}`} class="account-name"><span class="clip">${account.name}</span><//>
      <div class="small quiet clip">${[guide?.title ?? account.label, guide?.id_label && account.external_id, sandbox && t("sandbox")].filter(Boolean).join(" · ")}</div></div>
    <div class="account-facts small">${(!guide || callsUs(guide)) && html`<${LastWebhook} account=${account} />`}<${Failures} id=${account.id} /></div>
    <${HealthPill} account=${account} />
    <span class="quiet only-desk"><${Icon} name="chevron-right" size="s" /></span>
  </li>`;
}

/** @param {{ account: ChannelAccount }} props */
const LastWebhook = ({ account }) =>
  html`<span class="quiet">${account.last_webhook_at ? t("Last heard {when}", { when: rowTime(account.last_webhook_at, now.value) }) : t("Nothing heard yet")}</span>`;

/** @param {{ id: string }} props */
function Failures({ id }) {
  const { tried = 0, failed_share, waiting = 0 } = figures.value[id] ?? {};
  if (failed_share) return html`<span class="bad">${t("{share} failed today", { share: percent(failed_share) })}</span>`;
  if (waiting) return html`<span class="quiet">${tn("{n} waits", "{n} wait", waiting)}</span>`;
  return html`<span class="quiet">${tried ? tn("{n} sent in a day", "{n} sent in a day", tried) : t("Nothing sent in a day")}</span>`;
}
