/** Floats over the list's foot while something is checked: how many, and what to do with them. */

import { html } from "../dom.js";
import { t, tn } from "../i18n.js";
import { tags } from "../live.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { snoozeTimes } from "./actions.js";
import { actOnChecked, running } from "./bulk.js";
import { canTakeAll, checked, isChecking, isWholeView, uncheckAll } from "./checked.js";
import { agentChoices, teamChoices } from "./choices.js";
import { currentFilter } from "./filter.js";

/** @typedef {import("../ui/menu.js").Item} Item */

/** @returns {Item[]} */
const owners = () => [
  { label: t("Agents"), heading: true },
  ...agentChoices((agent_id) => actOnChecked({ do: "assign", agent_id })),
  { label: t("Teams"), heading: true },
  ...teamChoices((team_id) => actOnChecked({ do: "assign", team_id })),
];

/** @returns {Item[]} */
const tagItems = () =>
  Object.values(tags.value).map((tag) => ({ label: tag.name, icon: "tag", act: () => actOnChecked({ do: "tag", tags: [tag.id] }) }));

/** @returns {Item[]} */
const times = () =>
  snoozeTimes(Date.now()).map(({ label, at, note }) => ({ label, note, icon: "alarm-clock", act: () => actOnChecked({ do: "snooze", until: at.toISOString() }) }));

export function BulkBar() {
  if (running.value) return html`<${Progress} />`;
  if (!isChecking.value) return null;
  const n = checked.value.size;
  const closed = currentFilter.value.status === "closed";
  return html`<div class="bulk-bar" role="toolbar" aria-label=${t("Do something with all that is chosen")}>
    ${canTakeAll.value && html`<button type="button" class="linkish bulk-all" onClick=${() => { isWholeView.value = true; }}>${t("Choose all in this view")}</button>`}
    <div class="bulk-row">
      <span class="grow small medium clip" aria-live="polite">${isWholeView.value ? t("All in this view") : tn("{n} chosen", "{n} chosen", n)}</span>
      <${Menu} name="bulk-assign" label=${t("Assign to…")} items=${owners}><${Icon} name="user-plus" /><//>
      <${Menu} name="bulk-tag" label=${t("Tag…")} items=${tagItems}><${Icon} name="tag" /><//>
      ${!closed && html`<${Menu} name="bulk-snooze" label=${t("Snooze…")} items=${times}><${Icon} name="alarm-clock" /><//>`}
      <button type="button" class="btn icon-only" aria-label=${closed ? t("Reopen") : t("Close")} title=${closed ? t("Reopen") : t("Close")} onClick=${() => actOnChecked({ do: closed ? "open" : "close" })}><${Icon} name=${closed ? "undo-2" : "check"} /></button>
      <button type="button" class="btn icon-only" aria-label=${t("Choose none")} title=${t("Choose none")} onClick=${uncheckAll}><${Icon} name="x" /></button>
    </div>
  </div>`;
}

function Progress() {
  const { done = 0, total = 0 } = running.value ?? {};
  const label = t("{done} of {total}", { done, total });
  return html`<div class="bulk-bar"><div class="bulk-row"><span class="small medium" role="status">${label}</span>
    <span class="bar grow" role="progressbar" aria-valuemin="0" aria-valuemax=${total} aria-valuenow=${done} aria-label=${label}><i style=${{ width: `${total ? (done / total) * 100 : 0}%` }}></i></span></div></div>`;
}
