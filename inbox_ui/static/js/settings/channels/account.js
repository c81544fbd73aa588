/** One connected account: the guide whose steps prove themselves, its health, what it can do, and its settings. */

import { html, useEffect, useSignal } from "../../dom.js";
import { t, tn } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { ChannelBadge, Icon } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";
import { failureText } from "../../words.js";
import { PageHead } from "../page_head.js";
import { AccountMenu, Title } from "./account_menu.js";
import { AccountStep } from "./account_step.js";
import { CanDo } from "./can_do.js";
import { toList } from "./choose.js";
import { HealthCard } from "./health.js";
import { firstMessageOf, lookForMessage } from "./hello.js";
import { callsUs, statesOf } from "./proof.js";
import { QrCodes } from "./qr_codes.js";
import { changeAccount, checkAccount } from "./requests.js";
import { InSandbox } from "./sandbox.js";
import { SettingsForm } from "./settings_form.js";
import { keep, refresh } from "./store.js";
import { HealthPill, isLoopback } from "./words.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").Guide} Guide */

/** While a step waits for something to happen the page looks this often, else only now and then. */
const WAITING_MS = 2500;
const RESTING_MS = 30_000;

/**
 * Look at the account again and again, as long as somebody can see it.
 * @param {string} id
 * @param {boolean} waiting
 */
function useLooking(id, waiting) {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") refresh(id).catch(console.warn);
    };
    const timer = setInterval(look, waiting ? WAITING_MS : RESTING_MS);
    return () => clearInterval(timer);
  }, [id, waiting]);
}

/** @param {{ account: ChannelAccount, guide: Guide }} props */
export function AccountPage({ account, guide }) {
  const renaming = useSignal(false);
  const busy = useSignal(false);
  const message = firstMessageOf(account.id);
  const states = statesOf(guide.steps, account, !!message);
  const left = states.filter((state) => state !== "done").length;
  useLooking(account.id, left > 0 || account.health.state === "unchecked");
  useEffect(() => {
    Promise.all([lookForMessage(account.id), refresh(account.id)]).catch(console.warn);
  }, [account.id]);
  const check = async () => {
    busy.value = true;
    try {
      await keep(checkAccount(account.id));
    } catch (error) {
      say(failureText(failureOf(error)), { icon: "circle-alert" });
    } finally {
      busy.value = false;
    }
  };
  const address = account.settings.api_base_url ?? "";
  return html`<${PageHead} title=${html`<${Title} account=${account} editing=${renaming} />`} back=${toList()} picture=${html`<${ChannelBadge} channel=${account.channel} large />`}
      note=${[guide.title, guide.id_label && account.external_id].filter(Boolean).join(" · ")}>
      ${left && account.health.state !== "error" ? html`<span class="pill warn"><${Icon} name="list-checks" />${tn("{n} step left", "{n} steps left", left)}</span>` : html`<${HealthPill} account=${account} />`}
      <button type="button" class="btn" onClick=${check} disabled=${busy.value}><${Icon} name="rotate-cw" />${t("Check now")}</button>
      <${AccountMenu} account=${account} rename=${() => { renaming.value = true; }} />
    <//>
    ${account.state === "paused" && html`<${Paused} account=${account} />`}
    ${isLoopback(address) && html`<${InSandbox} address=${address} label=${account.label} />`}
    <div class="split">
      <section class="card guide-card" aria-label=${t("Setting it up")}><ol class="guide">
        ${guide.steps.map((step, at) => html`<${AccountStep} key=${step.title} step=${step} state=${states[at]} account=${account} guide=${guide} message=${message} />`)}
      </ol></section>
      <div class="stack"><${HealthCard} account=${account} guide=${guide} /><${CanDo} account=${account} /></div>
    </div>
    ${account.capabilities.qr_scene && html`<${QrCodes} key=${`qr-${account.id}`} account=${account} />`}
    <${SettingsForm} key=${account.id} account=${account} fields=${guide.setting_fields} remote=${callsUs(guide)} />`;
}

/** @param {{ account: ChannelAccount }} props */
function Paused({ account }) {
  const resume = () => keep(changeAccount(account.id, { state: "active" })).catch((error) => say(failureText(failureOf(error)), { icon: "circle-alert" }));
  return html`<div class="notice warn" role="note"><${Icon} name="pause" size="s" /><span class="grow">${t("Paused. What customers write still arrives; what is written here waits until you resume.")}</span>
    <button type="button" class="btn sm" onClick=${resume}><${Icon} name="play" />${t("Resume")}</button></div>`;
}
