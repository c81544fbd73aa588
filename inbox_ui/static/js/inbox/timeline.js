/** Messages in their order, with day marks, the line where "New" begins, runs of one author, and folded activity. */

import { Fragment, html, useState } from "../dom.js";
import { clock, dayMark, dayOf, exact } from "../format.js";
import { t, tn } from "../i18n.js";
import { accountOf, conversationOf, now, state } from "../live.js";
import { ChannelBadge, Icon } from "../ui/icon.js";
import { channelName } from "../words.js";
import { activityText } from "../activity_words.js";
import { MessageView } from "./message.js";

/** @typedef {import("../types.d.ts").Message} Message */

/** Messages of one author within this time are one run. */
const RUN_MS = 3 * 60_000;

/** Outcomes that are told below their own message, which ends the run. */
const SPEAKS = new Set(["failed", "unknown", "scheduled", "cancelled"]);

/** @param {Message} one */
const author = (one) => `${one.conversation_id} ${one.direction} ${one.agent_id ?? ""}`;

/**
 * @param {Message | undefined} before
 * @param {Message} one
 */
export function continues(before, one) {
  if (!before || author(before) !== author(one) || one.direction === "activity" || SPEAKS.has(before.status)) return false;
  const apart = Date.parse(one.position_at) - Date.parse(before.position_at);
  return apart < RUN_MS && dayOf(before.position_at) === dayOf(one.position_at);
}

/**
 * Join activity lines that follow each other.
 * @param {Message[]} messages
 * @returns {(Message | Message[])[]}
 */
export function foldActivity(messages) {
  /** @type {(Message | Message[])[]} */
  const rows = [];
  for (const one of messages) {
    const last = rows.at(-1);
    if (one.direction !== "activity") rows.push(one);
    else if (Array.isArray(last) && last[0].conversation_id === one.conversation_id && dayOf(last[0].position_at) === dayOf(one.position_at)) last.push(one);
    else rows.push([one]);
  }
  return rows;
}

/** @param {{ conversation: import("../types.d.ts").Conversation, thread: import("../types.d.ts").Thread }} props */
export function Timeline({ conversation, thread }) {
  const messages = thread.messages.filter((one) => one.kind !== "reaction");
  const rows = foldActivity(messages);
  /** @type {Message | undefined} */
  let before;
  let spoken = conversation.id;
  return html`${thread.complete && html`<div class="event first">${t("The conversation begins here")}</div>`}
    ${rows.map((row, at) => {
      const first = Array.isArray(row) ? row[0] : row;
      const newDay = !before || dayOf(before.position_at) !== dayOf(first.position_at);
      const isNew = !Array.isArray(row) && row.id === thread.first_unread_id;
      const next = rows[at + 1];
      const same = !newDay && !isNew && continues(before, first);
      const midRun = !!next && !Array.isArray(next) && !Array.isArray(row) && next.id !== thread.first_unread_id && continues(row, next);
      const moved = !Array.isArray(row) && row.conversation_id !== spoken;
      if (!Array.isArray(row)) spoken = row.conversation_id;
      const where = conversationOf(first.conversation_id) ?? conversation;
      before = Array.isArray(row) ? row[row.length - 1] : row;
      return html`<${Fragment} key=${first.client_id ?? first.id}>
        ${newDay && html`<div class="daymark" role="separator"><span>${dayMark(first.position_at, now.value)}</span></div>`}
        ${moved && html`<${ChannelMark} conversation=${where} />`}
        ${isNew && html`<div class="daymark new" role="separator"><span>${t("New")}</span></div>`}
        ${Array.isArray(row) ? html`<${Activities} rows=${row} />` : html`<${MessageView} message=${row} conversation=${where} same=${same} midRun=${midRun} />`}
      <//>`;
    })}
    <${Typing} conversation=${conversation} />`;
}

/** Where what follows was said. @param {{ conversation: import("../types.d.ts").Conversation }} props */
const ChannelMark = ({ conversation }) =>
  html`<div class="channelmark" role="separator"><${ChannelBadge} channel=${conversation.channel} /><span>${accountOf(conversation)?.name ?? channelName(conversation.channel)}</span></div>`;

/** @param {{ rows: Message[] }} props */
function Activities({ rows }) {
  const [open, setOpen] = useState(false);
  if (rows.length > 2 && !open) {
    return html`<div class="event"><button type="button" class="linkish" onClick=${() => setOpen(true)} aria-expanded="false">${tn("{n} change", "{n} changes", rows.length)}<${Icon} name="chevron-down" /></button></div>`;
  }
  return rows.map((one) => html`<div class="event" title=${exact(one.position_at)}><span>${activityText(one)} · ${clock(one.position_at)}</span></div>`);
}

/** @param {{ conversation: import("../types.d.ts").Conversation }} props */
function Typing({ conversation }) {
  if (!state.value.typing[conversation.id]?.contact) return null;
  return html`<div class="typing"><span class="bubble in"><span class="typing-dots"><i></i><i></i><i></i></span></span><span class="sr">${t("{name} is typing", { name: conversation.contact.name })}</span></div>`;
}
