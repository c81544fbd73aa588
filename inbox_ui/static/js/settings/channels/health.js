/** How an account is: sending, receiving, quality, reach, speed, and whatever else a check found. */

import { html } from "../../dom.js";
import { exact, rowTime } from "../../format.js";
import { number, t, tn } from "../../i18n.js";
import { now } from "../../live.js";
import { sendFailure } from "../../send_words.js";
import { Icon } from "../../ui/icon.js";
import { FindingLine } from "./finding.js";
import { callsUs, otherFindings } from "./proof.js";
import { figures } from "./store.js";
import { percent, signOf } from "./words.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */

/** @param {{ account: ChannelAccount, guide: import("../../types.d.ts").Guide }} props */
export function HealthCard({ account, guide }) {
  const { facts = {} } = account.health;
  const checked = account.checked_at ? t("Checked {when}", { when: rowTime(account.checked_at, now.value) }) : t("Not checked yet");
  return html`<section class="card" aria-label=${t("Health")}><div class="card-head"><h2 class="grow">${t("Health")}</h2><span class="tiny quiet">${checked}</span></div><div class="card-body health">
    <${Sending} account=${account} />
    ${callsUs(guide) && html`<${Row} icon="download" name=${t("Receiving")} note=${account.last_webhook_at ? t("last call of {platform}", { platform: account.label }) : t("nothing heard yet")}>
      ${account.last_webhook_at && html`<span title=${exact(account.last_webhook_at)}>${rowTime(account.last_webhook_at, now.value)}</span>`}<//>`}
    ${facts.messaging_limit && html`<${Row} icon="users" name=${t("Reach")} note=${t("people a day that you write to first")}>${reach(facts.messaging_limit)}<//>`}
    ${facts.messages_per_day && html`<${Row} icon="users" name=${t("Calls today")} note=${t("of {n} a day", { n: number(facts.messages_per_day) })}>${number(facts.messages_today ?? 0)}<//>`}
    <${Row} icon="gauge" name=${t("Speed")} note=${t("messages per second")}>${number(account.settings.max_per_second ?? facts.per_second ?? account.capabilities.pace.per_second)}<//>
    ${otherFindings(guide.steps, account).map((item) => html`<div class="h-find"><${FindingLine} item=${item} /></div>`)}
  </div></section>`;
}

/** @param {{ icon: string, name: string, note: import("../../dom.js").Children, ink?: string, children?: import("../../dom.js").Children }} props */
const Row = ({ icon, name, note, ink = "quiet", children }) =>
  html`<div class="h"><span class=${ink}><${Icon} name=${icon} /></span><span>${name}<small>${note}</small></span><span class="medium end">${children}</span></div>`;

/** @param {{ account: ChannelAccount }} props */
function Sending({ account }) {
  const { tried = 0, failed = 0, unknown = 0, failed_share, waiting = 0, refused_calls = 0, reasons = [] } = figures.value[account.id] ?? {};
  const sign = signOf(!failed_share ? "ok" : failed_share > 0.05 ? "error" : "warning");
  const notes = [
    tried ? tn("{n} in the last day", "{n} in the last day", tried) : t("nothing in the last day"),
    waiting && tn("{n} waits", "{n} wait", waiting),
    failed && tn("{n} failed", "{n} failed", failed),
    unknown && tn("{n} with unknown outcome", "{n} with unknown outcome", unknown),
    refused_calls && tn("{n} call refused", "{n} calls refused", refused_calls),
  ].filter(Boolean);
  const note = html`${notes.join(" · ")}${reasons.map(({ code, n }) => html`<br />${sendFailure({ code }, account.label)} ×${number(n)}`)}`;
  return html`<${Row} icon=${tried ? sign.icon : "send"} ink=${tried ? sign.ink : "quiet"} name=${t("Sending out")} note=${note}>${tried > 0 && percent(1 - (failed_share ?? 0))}<//>`;
}

/** A platform's word for how many people a day may be written to. @param {string} limit such as tier_10k */
function reach(limit) {
  const [, digits, thousands] = /(\d+)(k?)$/i.exec(limit) ?? [];
  if (digits) return number(Number(digits) * (thousands ? 1000 : 1));
  return /unlimited/i.test(limit) ? t("unlimited") : limit;
}
