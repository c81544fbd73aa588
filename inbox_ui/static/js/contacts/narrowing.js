/** Above the list of contacts: search, which contacts, and what they have. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { accounts, tags } from "../live.js";
import { Icon } from "../ui/icon.js";
import { channelName } from "../words.js";
import { purposeName } from "./consents.js";
import { filter, narrow } from "./filter.js";

/** @returns {[string, string, Partial<import("./filter.js").ContactFilter>][]} */
const views = () => [
  ["living", t("All"), { state: "living", alike: false }],
  ["alike", t("Same person?"), { state: "living", alike: true }],
  ["blocked", t("Blocked"), { state: "blocked", alike: false }],
  ["archived", t("Archived"), { state: "archived", alike: false }],
];

/** @param {{ label: string, value: string, choices: [string, string][], choose: (value: string) => void }} props */
const Choice = ({ label, value, choices, choose }) =>
  html`<select class="input narrow" aria-label=${label} onChange=${(/** @type {any} */ event) => choose(event.currentTarget.value)}>
    <option value="" selected=${!value}>${label}</option>${choices.map(([one, name]) => html`<option value=${one} selected=${one === value}>${name}</option>`)}</select>`;

export function Narrowing() {
  const { q, state, alike, channel, tag, consent } = filter.value;
  const current = alike ? "alike" : state;
  const channels = [...new Set(Object.values(accounts.value).map((one) => one.channel))];
  return html`<div class="narrowing">
    <label class="searchbox"><${Icon} name="search" size="s" /><span class="sr">${t("Name or phone")}</span><input type="search" placeholder=${t("Name or phone")} value=${q} onInput=${(/** @type {any} */ event) => narrow({ q: event.currentTarget.value })} /></label>
    <div class="seg" role="tablist" aria-label=${t("Which contacts")}>${views().map(([name, label, changes]) => html`<button type="button" role="tab" key=${name} aria-selected=${name === current} onClick=${() => narrow(changes)}>${label}</button>`)}</div>
    <div class="row"><${Choice} label=${t("Channel")} value=${channel} choices=${channels.map((one) => [one, channelName(one)])} choose=${(/** @type {string} */ value) => narrow({ channel: value })} />
      <${Choice} label=${t("Tag")} value=${tag} choices=${Object.values(tags.value).map((one) => [one.id, one.name])} choose=${(/** @type {string} */ value) => narrow({ tag: value })} />
      <${Choice} label=${t("Consent")} value=${consent} choices=${["marketing", "service"].map((one) => [one, purposeName(one)])} choose=${(/** @type {string} */ value) => narrow({ consent: value })} /></div>
  </div>`;
}
