/** The templates of an account: how each stands with the platform. */

import * as api from "../../templates/calls.js";
import { html, useEffect, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { bodyText, samples } from "../../templates/filled.js";
import { load, loads, ofAccount, titleOf } from "../../templates/store.js";
import { categoryName, qualityName, qualityTone, rejectionText, statusTone, templateLanguage, templateStatus } from "../../templates/words.js";
import { Icon } from "../../ui/icon.js";
import { Link } from "../../ui/link.js";
import { say } from "../../ui/toast.js";
import { Empty, Trouble } from "../../ui/trouble.js";
import { channelName, failureText } from "../../words.js";
import { PageHead } from "../page_head.js";
import { Skeleton } from "../skeleton.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").Template} Template */
/** @typedef {import("../../types.d.ts").TemplateVersion} TemplateVersion */

const STATUSES = ["approved", "pending", "rejected", "paused", "disabled", "draft"];

/** @param {{ accounts: ChannelAccount[] }} props */
export function TemplateList({ accounts }) {
  const chosen = useSignal(accounts[0].id);
  const status = useSignal("");
  const words = useSignal("");
  const busy = useSignal(false);
  const account = accounts.find((one) => one.id === chosen.value) ?? accounts[0];
  useEffect(() => {
    load(account.id);
  }, [account.id]);
  const sync = async () => {
    busy.value = true;
    try {
      await api.syncTemplates(account.id);
      await load(account.id, { again: true });
      say(t("The templates are up to date."), { icon: "check" });
    } catch (error) {
      say(failureText(failureOf(error)), { icon: "circle-alert" });
    }
    busy.value = false;
  };
  const state = loads.value[account.id] ?? "loading";
  const all = ofAccount(account.id);
  const wanted = words.value.trim().toLowerCase();
  const found = all.filter((one) => (!status.value || one.versions.some((version) => version.status === status.value)) && (!wanted || `${one.name} ${one.title} ${one.versions.map((version) => bodyText(version.components, {})).join(" ")}`.toLowerCase().includes(wanted)));
  const input = (/** @type {import("@preact/signals").Signal<string>} */ into) => (/** @type {Event} */ event) => {
    into.value = /** @type {HTMLInputElement} */ (event.target).value;
  };
  return html`<${PageHead} title=${t("Templates")} note=${t("What may go out when a customer has not written for a while. The platform approves each one.")}>
      <button type="button" class="btn" onClick=${sync} disabled=${busy.value}><${Icon} name="rotate-cw" />${t("Sync")}</button>
      ${account.capabilities.templates?.makes && html`<${Link} class="btn primary" to=${`/settings/templates/new/${account.id}`}><${Icon} name="plus" />${t("New template")}<//>`}
    <//>
    <div class="tpl-bar">
      ${accounts.length > 1 && html`<select class="input" aria-label=${t("Account")} value=${account.id} onChange=${input(chosen)}>${accounts.map((one) => html`<option value=${one.id}>${one.name} · ${channelName(one.channel)}</option>`)}</select>`}
      <label class="searchbox grow"><${Icon} name="search" /><input class="grow" type="search" placeholder=${t("Search templates")} aria-label=${t("Search templates")} value=${words.value} onInput=${input(words)} /></label>
      <select class="input" aria-label=${t("Status")} value=${status.value} onChange=${input(status)}><option value="">${t("Any status")}</option>${STATUSES.map((one) => html`<option value=${one}>${templateStatus(one)}</option>`)}</select>
    </div>
    ${typeof state === "object" ? html`<${Trouble} title=${t("The templates did not load")} text=${failureText(state)} again=${() => load(account.id)} />`
    : state === "loading" && !all.length ? html`<${Skeleton} />`
    : found.length ? html`<div class="card tpl-rows">${found.map((one) => html`<${Row} key=${one.id} template=${one} />`)}</div>`
    : html`<${Empty} icon="layout-template" title=${all.length ? t("No template fits") : t("No templates yet")} text=${all.length ? "" : t("Sync to fetch those that the platform has, or make a new one.")} />`}`;
}

/** @param {{ template: Template }} props */
function Row({ template }) {
  const shown = template.versions.find((one) => one.language === template.default_language) ?? template.versions[0];
  const refused = template.versions.find((one) => one.rejected_reason);
  return html`<div class="tpl-row">
    <div class="grow"><${Link} class="account-name" to=${`/settings/templates/${template.id}`}><span class="clip">${titleOf(template)}</span><//>
      <span class="small quiet clip">${bodyText(shown.components, samples(shown.components))}</span>
      ${refused && html`<div class="tiny bad">${templateLanguage(refused.language)}: ${rejectionText(refused.rejected_reason)}</div>`}</div>
    <div class="pills"><span class="pill">${categoryName(shown.category)}</span>${template.versions.map((one) => html`<${VersionPill} version=${one} />`)}</div>
  </div>`;
}

/** @param {{ version: TemplateVersion }} props */
export const VersionPill = ({ version }) =>
  html`<span class=${`pill ${statusTone(version.status)}`}>${templateLanguage(version.language)} · ${templateStatus(version.status)}</span>${qualityName(version.quality) && version.quality !== "green" && html`<span class=${`pill ${qualityTone(version.quality)}`}>${qualityName(version.quality)}</span>`}`;
