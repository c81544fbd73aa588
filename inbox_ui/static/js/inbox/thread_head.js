/** The head of the open conversation: with whom, on which channel, who else is here, and what can be done with it. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { accountOf, agents, state } from "../live.js";
import { go, place, up } from "../router.js";
import { langOf } from "../script.js";
import { fold, folded } from "../ui/edge.js";
import { Avatar, Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { channelName } from "../words.js";
import { close, reopen } from "./actions.js";
import { mergeItems } from "../contacts/person_menu.js";
import { togetherItems } from "./together.js";
import { agentItems, priorityItems, snoozeItems, teamItems } from "./choices.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */

/** On narrow windows the panel lies over the thread, as a place of its own; on wide ones it folds. */
export function togglePanel() {
  if (matchMedia("(width < 1120px)").matches) place.peek().contact ? up() : go({ contact: true });
  else fold("panel");
}

/**
 * @param {Conversation} one
 * @returns {import("../ui/menu.js").Item[]}
 */
const moreItems = (one) => [
  { label: t("Contact"), icon: "panel-right", keys: "]", checked: undefined, act: togglePanel },
  ...togetherItems(one),
  ...mergeItems(one.contact.id),
  { label: t("Snooze"), heading: true },
  ...snoozeItems(one),
  { label: t("Priority"), heading: true },
  ...priorityItems(one),
  { label: t("Assigned to"), heading: true },
  ...agentItems(one),
  { label: t("Team"), heading: true },
  ...teamItems(one),
];

/** @param {{ id: string }} props */
function Watchers({ id }) {
  const viewing = (state.value.viewing[id] ?? []).filter((one) => agents.value[one]).slice(0, 3);
  if (!viewing.length) return null;
  const writing = state.value.typing[id] ?? {};
  const words = viewing.map((one) => writing[one] ? t("{name} is writing", { name: agents.value[one].name }) : t("{name} is looking at it", { name: agents.value[one].name }));
  return html`<span class="watchers only-desk" role="img" aria-label=${words.join(", ")} title=${words.join("\n")}>${viewing.map((one) => html`<${Avatar} id=${one} name=${agents.value[one].name} presence=${agents.value[one].presence} />`)}</span>`;
}

/** @param {{ conversation: Conversation }} props */
export function ThreadHead({ conversation: one }) {
  const { contact } = one;
  const lang = langOf(contact.name, contact.language);
  const account = accountOf(one);
  const closed = one.status === "closed";
  const sub = [channelName(one.channel), account?.name].filter(Boolean).join(" · ");
  return html`<header class="thread-head">
    <button type="button" class="btn icon-only only-phone" aria-label=${t("Back")} onClick=${up}><${Icon} name="chevron-left" /></button>
    <button type="button" class="head-who" onClick=${togglePanel} title=${t("Contact")} aria-expanded=${!folded.value.panel}>
      <${Avatar} id=${contact.id} name=${contact.name} url=${contact.avatar_url} channel=${one.channel} lang=${lang} />
      <span class="grow"><h1 class="title clip" lang=${lang}>${contact.name}</h1><span class="sub clip">${sub}</span></span>
    </button>
    <${Watchers} id=${one.id} />
    ${!closed && html`<${Menu} name="snooze" class="btn ghost only-desk" label=${t("Snooze")} items=${() => snoozeItems(one)}><${Icon} name="alarm-clock" /><span class="lbl">${t("Snooze")}</span><//>`}
    ${closed
      ? html`<button type="button" class="btn only-desk" onClick=${() => reopen(one)}><${Icon} name="undo-2" />${t("Reopen")}</button>`
      : html`<button type="button" class="btn only-desk" onClick=${() => close(one)}><${Icon} name="check" />${t("Close")}</button>`}
    <button type="button" class="btn icon-only only-phone" aria-label=${closed ? t("Reopen") : t("Close")} onClick=${() => (closed ? reopen(one) : close(one))}><${Icon} name=${closed ? "undo-2" : "check"} /></button>
    <${Menu} name="thread-more" label=${t("More")} items=${() => moreItems(one)}><${Icon} name="ellipsis" /><//>
  </header>`;
}
