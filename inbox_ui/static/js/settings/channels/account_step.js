/** A step of a connected account: what was pasted and can be replaced, what was found, the webhook, the first message. */

import { html } from "../../dom.js";
import { exact } from "../../format.js";
import { t } from "../../i18n.js";
import { CopyField } from "../../ui/copy.js";
import { Icon } from "../../ui/icon.js";
import { fieldOf } from "./credential_box.js";
import { FindingLine } from "./finding.js";
import { Hello } from "./hello.js";
import { findingsOf } from "./proof.js";
import { Replace } from "./replace.js";
import { StepFrame } from "./step.js";
import { madeUp } from "./store.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").Guide} Guide */
/** @typedef {import("../../types.d.ts").GuideStep} GuideStep */

/**
 * @param {{ step: GuideStep, state: import("./step.js").StepState, account: ChannelAccount, guide: Guide,
 *   message: import("../../types.d.ts").Conversation | null }} props
 */
export function AccountStep({ step, state, account, guide, message }) {
  const shown = state === "done" ? { ...step, lines: [] } : step;
  const fields = step.fields.map((name) => fieldOf(guide, name));
  return html`<${StepFrame} step=${shown} state=${state}>
    ${step.shows === "webhook" && html`<${WebhookAddress} account=${account} />`}
    ${fields.filter((field) => field.name !== "external_id").map((field) => html`<${Replace} key=${field.name} field=${field} account=${account} made=${madeUp.value[account.id]?.[field.name]} />`)}
    ${step.shows === "snippet" && html`<${CopyField} label=${t("For your shop’s pages")} value=${snippetOf(guide, account)} help=${t("Paste it before the end of the body of every page that shall show the chat.")} lines />`}
    ${findingsOf(step, account).map((item) => html`<${FindingLine} key=${item.code} item=${item} />`)}
    ${step.shows === "webhook" && html`<${Heard} account=${account} />`}
    ${step.shows === "hello" && html`<${Hello} message=${message} />`}
  <//>`;
}

/** @param {Guide} guide @param {ChannelAccount} account */
const snippetOf = (guide, account) => guide.snippet.replaceAll("{base_url}", new URL(account.webhook_url ?? location.href).origin).replaceAll("{id}", account.id);

/** @param {{ account: ChannelAccount }} props */
const WebhookAddress = ({ account }) => html`<${CopyField} label=${t("Webhook address")} value=${account.webhook_url ?? location.origin + account.webhook_path} />`;

/** @param {{ account: ChannelAccount }} props */
function Heard({ account }) {
  if (account.last_webhook_at) return html`<p class="small quiet">${t("{platform} called last at {time}.", { platform: account.label, time: exact(account.last_webhook_at) })}</p>`;
  return html`<div class="notice" role="status"><${Icon} name="hourglass" size="s" /><span class="grow">${t("Waiting for the first call from {platform}. This page sees it by itself.", { platform: account.label })}</span></div>`;
}
