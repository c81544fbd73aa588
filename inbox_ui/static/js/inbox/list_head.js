/** The head of the list: its name, what narrows it, and its order. */

import { html } from "../dom.js";
import { count, t } from "../i18n.js";
import { accounts, counts, tags, teams } from "../live.js";
import { go, openId } from "../router.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { channelName, priorityNames } from "../words.js";
import { currentFilter, isNarrowed, narrow } from "./filter.js";
import { openPalette } from "./asking.js";
import { viewList, viewName } from "./views.js";

/** @typedef {import("../types.d.ts").Filter} Filter */
/** @typedef {import("../ui/menu.js").Item} Item */

/** @returns {Item[]} */
function sortItems() {
  const { sort } = currentFilter.value;
  const choices = /** @type {const} */ ([["newest", t("Newest first")], ["oldest", t("Oldest first")], ["waiting", t("Waiting longest")], ["unread", t("Unread first")]]);
  return choices.map(([value, label]) => ({ label, checked: sort === value, act: () => narrow({ sort: value }) }));
}

/** @returns {Item[]} */
function filterItems() {
  const { channel, tag, team, priority } = currentFilter.value;
  const toggle = (/** @type {keyof Filter} */ name, /** @type {string} */ value) => () => narrow({ [name]: currentFilter.peek()[name] === value ? null : value });
  const channels = [...new Set(Object.values(accounts.value).map((one) => one.channel))];
  const section = (/** @type {string} */ label, /** @type {Item[]} */ items) => (items.length ? [{ label, heading: true }, ...items] : []);
  return [
    ...section(t("Channel"), channels.map((one) => ({ label: channelName(one), checked: channel === one, act: toggle("channel", one) }))),
    ...section(t("Tag"), Object.values(tags.value).map((one) => ({ label: one.name, checked: tag === one.id, act: toggle("tag", one.id) }))),
    ...section(t("Team"), Object.values(teams.value).map((one) => ({ label: one.name, checked: team === one.id, act: toggle("team", one.id) }))),
    ...section(t("Priority"), priorityNames().map(([value, label]) => ({ label, checked: priority === value, act: toggle("priority", value) }))),
  ];
}

/** @returns {{ label: string, off: Partial<Filter> }[]} */
function chips() {
  const { q, channel, tag, team, priority } = currentFilter.value;
  return [
    ...(q ? [{ label: t("“{words}”", { words: q }), off: { q: "" } }] : []),
    ...(channel ? [{ label: channelName(channel), off: { channel: null } }] : []),
    ...(tag ? [{ label: tags.value[tag]?.name ?? "", off: { tag: null } }] : []),
    ...(team ? [{ label: teams.value[team]?.name ?? "", off: { team: null } }] : []),
    ...(priority ? [{ label: priorityNames().find(([value]) => value === priority)?.[1] ?? "", off: { priority: null } }] : []),
  ];
}

/** @returns {Item[]} */
const viewItems = () =>
  viewList().map((row) => ({ label: viewName(row.view), icon: row.icon, checked: row.view === currentFilter.value.view, act: () => go({ view: row.view, conversation: null }) }));

export function ListHead() {
  const name = viewName(currentFilter.value.view);
  const Heading = openId.value ? "h2" : "h1";
  return html`<header class="list-head">
      <${Heading} class="list-title grow clip only-desk">${name}<//>
      <span class="grow only-phone"><${Menu} name="view" class="view-button" label=${t("Change the view")} items=${viewItems} align="start" text><${Heading} class="list-title clip">${name}<//><${Icon} name="chevron-down" size="s" /><//></span>
      <button type="button" class="btn icon-only only-phone" aria-label=${t("Search")} onClick=${() => openPalette()}><${Icon} name="search" /></button>
      <${Menu} name="filter" label=${t("Filter")} items=${filterItems}><${Icon} name="list-filter" /><//>
      <${Menu} name="sort" label=${t("Order")} items=${sortItems}><${Icon} name="arrow-up-down" /><//>
    </header>
    <${Segments} />
    ${isNarrowed.value && html`<div class="list-tools chips">${chips().map(({ label, off }) => html`<button type="button" class="chip on" onClick=${() => narrow(off)} aria-label=${t("Remove the filter {name}", { name: label })}><span class="clip">${label}</span><${Icon} name="x" size="xs" /></button>`)}</div>`}`;
}

/** Open, snoozed or closed, of one view; the views Snoozed and Closed are one of them already. */
function Segments() {
  const { view, status } = currentFilter.value;
  if (view === "snoozed" || view === "closed" || view === "waiting") return null;
  const n = { mine: counts.value?.mine, unassigned: counts.value?.unassigned, all: counts.value?.all_open }[view];
  const choices = /** @type {const} */ ([["open", t("Open")], ["snoozed", t("Snoozed")], ["closed", t("Closed")]]);
  return html`<div class="list-tools"><div class="seg" role="tablist" aria-label=${t("State")}>
    ${choices.map(([value, label]) => html`<button type="button" role="tab" aria-selected=${status === value} onClick=${() => narrow({ status: value })}>${label}${value === "open" && n ? html`<span class="quiet">${count(n)}</span>` : null}</button>`)}
  </div></div>`;
}
