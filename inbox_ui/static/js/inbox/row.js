/** One conversation in the list: avatar · name, time · preview, unread · tags, waiting. */

import { cls, html } from "../dom.js";
import { rowTime, soon, span } from "../format.js";
import { t, tn } from "../i18n.js";
import { agents, now, state } from "../live.js";
import { go, pathOf, place } from "../router.js";
import { langOf } from "../script.js";
import { Avatar, Icon } from "../ui/icon.js";
import { TagChip } from "../ui/tag.js";
import { checked, checkRange, isChecking, toggleCheck } from "./checked.js";
import { Marked } from "./marked.js";
import { preview } from "./preview.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Match} Match */

/** Minutes until a waiting customer is shown in amber, and in red. */
const SOON_MIN = 10;
const LATE_MIN = 20;

/** @param {string} id */
export const open = (id) => go({ conversation: id });

/** @param {{ since: string }} props */
function Waiting({ since }) {
  const waited = now.value - Date.parse(since);
  const minutes = waited / 60_000;
  if (minutes < 1) return null;
  const text = span(waited);
  return html`<span class=${cls("wait", minutes >= LATE_MIN ? "late" : minutes >= SOON_MIN && "soon")} title=${t("Waiting for {time}", { time: text })}><${Icon} name="clock" />${text}</span>`;
}

/** @param {{ id: string }} props */
function Viewers({ id }) {
  const viewing = state.value.viewing[id] ?? [];
  return viewing.slice(0, 3).map((one) => html`<span class="who" title=${t("{name} is looking at it", { name: agents.value[one]?.name ?? "" })}><${Avatar} id=${one} name=${agents.value[one]?.name ?? "?"} /></span>`);
}

/**
 * @param {{ conversation: Conversation, match?: Match, top: number, selected: boolean, first: boolean, tabbable: boolean, position: number, size: number }} props
 */
export function Row({ conversation: one, match, top, selected, first, tabbable, position, size }) {
  const { contact } = one;
  const lang = langOf(contact.name, contact.language);
  const unread = one.unread_count > 0;
  const there = { conversation: one.id, message: match?.message_id ?? null };
  const at = match?.at ?? one.last_message_at;
  const follow = (/** @type {MouseEvent} */ event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (event.shiftKey) return checkRange(one.id);
    if (isChecking.peek() && matchMedia("(pointer: coarse)").matches) return toggleCheck(one.id);
    go(there);
  };
  const pick = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) checkRange(one.id);
    else toggleCheck(one.id);
  };
  const hold = (/** @type {MouseEvent} */ event) => {
    if (!matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    toggleCheck(one.id);
  };
  const isChosen = checked.value.has(one.id);
  const snoozed = one.status === "snoozed" && one.snoozed_until;
  const unreadWords = tn("{n} unread", "{n} unread", one.unread_count);
  return html`<a class=${cls("conv", unread && "unread", first && "first", isChosen && "is-checked")} href=${pathOf({ view: place.peek().view, contact: false, ...there })} role="option" aria-selected=${selected} aria-checked=${isChecking.value ? isChosen : undefined} onContextMenu=${hold}
    aria-posinset=${position} aria-setsize=${size} tabindex=${tabbable ? 0 : -1} style=${{ top: `${top}px` }} onClick=${follow} data-id=${one.id}>
    <span class="row-pick" onClick=${pick}><${Avatar} id=${contact.id} name=${contact.name} url=${contact.avatar_url} channel=${one.channel} lang=${lang} /><span class=${cls("checkbox", isChosen && "on")}>${isChosen && html`<${Icon} name="check" />`}</span></span>
    <div class="grow">
      <div class="c1"><span class="name clip" lang=${lang}>${contact.name}</span><time dateTime=${at}>${at ? rowTime(at, now.value) : ""}</time></div>
      <div class="c2">${match ? html`<span class="pre clip" lang=${langOf(match.text, contact.language)}><${Marked} ...${match} /></span>` : preview(one)}${unread && html`<span class="count" aria-label=${unreadWords}>${one.unread_count > 99 ? "99+" : one.unread_count}</span>`}</div>
      <div class="c3">
        ${one.tags.slice(0, 2).map((tag) => html`<${TagChip} tag=${tag} />`)}
        ${one.tags.length > 2 && html`<span class="tiny quiet">+${one.tags.length - 2}</span>`}
        ${snoozed && html`<span class="tiny snoozed-until clip">${t("Snoozed until {when}", { when: soon(snoozed, now.value) })}</span>`}
        <${Viewers} id=${one.id} />
        ${one.waiting_since && one.status === "open" && html`<${Waiting} since=${one.waiting_since} />`}
      </div>
    </div>
  </a>`;
}

/** @param {{ top: number }} props */
export const SkeletonRow = ({ top }) =>
  html`<div class="conv skeleton" style=${{ top: `${top}px` }} aria-hidden="true"><span class="avatar"></span><div class="grow"><span class="bar w1"></span><span class="bar w2"></span><span class="bar w3"></span></div></div>`;
