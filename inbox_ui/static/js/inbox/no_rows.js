/** Where the list ends or has nothing: why, and the one next step. */

import { html } from "../dom.js";
import { longDate } from "../format.js";
import { t } from "../i18n.js";
import { loadMore } from "../load.js";
import { Empty } from "../ui/trouble.js";
import { currentFilter, isNarrowed, widen } from "./filter.js";

/** A search goes three months back at a time, and on by a person's word. @param {{ far: string }} props */
export const SearchOlder = ({ far }) =>
  html`<span class="tiny quiet">${t("Searched back to {date}", { date: longDate(far) })}</span><button type="button" class="btn sm" onClick=${() => loadMore(currentFilter.peek())}>${t("Search older")}</button>`;

/** @param {{ far: string }} props */
export const NoneSoFar = ({ far }) => html`<${Empty} icon="search" title=${t("Nothing found so far")} text=""><${SearchOlder} far=${far} /><//>`;

export function NoRows() {
  if (isNarrowed.value) {
    return html`<${Empty} icon="search" title=${t("Nothing matches")} text=${t("No conversation in this view fits the filters.")}>
      <button type="button" class="btn sm" onClick=${widen}>${t("Show all")}</button>
    <//>`;
  }
  const { view, status } = currentFilter.value;
  if (status === "snoozed") return html`<${Empty} icon="alarm-clock" title=${t("Nothing is snoozed")} text=${t("What you put off comes back here, and then to the top.")} />`;
  if (status === "closed") return html`<${Empty} icon="archive" title=${t("Nothing is closed yet")} text=${t("Closed conversations stay here and open again when the customer writes.")} />`;
  const text = view === "mine" ? t("Nothing is waiting for you. New chats appear here by themselves.") : t("Nobody waits in this view. New chats appear here by themselves.");
  return html`<${Empty} icon="inbox" title=${t("All answered")} text=${text} />`;
}
