/** The line over the box: how long one may answer freely, and who else is writing. */

import { html } from "../dom.js";
import { soon, span } from "../format.js";
import { t, tn } from "../i18n.js";
import { agents, now, state } from "../live.js";
import { threadOf } from "../store.js";
import { Avatar, Icon } from "../ui/icon.js";
import { agentName, channelName } from "../words.js";
import { jumpTo } from "./jump.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Capabilities} Capabilities */
/** @typedef {import("../types.d.ts").Message} Message */

const HOUR_MS = 3_600_000;
const SOON_MS = 2 * HOUR_MS;
const ROUND = 37.7;

/**
 * May nothing be written freely now? Channels without windows are never closed.
 * @param {Conversation} conversation
 * @param {Capabilities | undefined} able
 */
export function isClosedWindow(conversation, able) {
  if (!able?.windows.length) return false;
  const end = conversation.reply_window_ends_at;
  return !end || Date.parse(end) <= now.value;
}

/** @param {{ conversation: Conversation, able: Capabilities | undefined, writing: boolean }} props */
export function WindowLine({ conversation, able, writing }) {
  const typing = Object.keys(state.value.typing[conversation.id] ?? {}).filter((one) => one !== "contact" && agents.value[one]);
  const others = html`${typing.slice(0, 1).map((id) => html`<span class="collide"><${Avatar} id=${id} name=${agents.value[id].name} />${writing ? t("{name} is writing too", { name: agents.value[id].name }) : t("{name} is writing", { name: agents.value[id].name })}</span>`)}`;
  if (isClosedWindow(conversation, able)) return html`<${Closed} conversation=${conversation} able=${able} /><div class="window">${others}</div>`;
  if (!able?.windows.length) return html`<div class="window">${others}</div>`;
  return html`<div class="window"><${Clock} end=${/** @type {string} */ (conversation.reply_window_ends_at)} able=${able} />${others}</div>`;
}

/** @param {{ end: string, able: Capabilities }} props */
function Clock({ end, able }) {
  const left = Date.parse(end) - now.value;
  const whole = Math.max(...able.windows.map((one) => one.lasts_s)) * 1000;
  const share = Math.min(1, left / whole);
  const late = left < SOON_MS;
  const words = late ? tn("Free reply for {n} more minute", "Free reply for {n} more minutes", Math.max(1, Math.floor(left / 60_000))) : t("Free reply until {when}", { when: soon(end, now.value) });
  return html`<svg class="ring" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="var(--line-2)" stroke-width="2.5" /><circle cx="8" cy="8" r="6" fill="none" stroke=${late ? "var(--warn)" : "var(--good)"} stroke-width="2.5" stroke-dasharray=${`${share * ROUND} ${ROUND}`} transform="rotate(-90 8 8)" /></svg><span class=${late ? "warn" : ""}>${words}</span>`;
}

/** @param {{ conversation: Conversation, able: Capabilities | undefined }} props */
function Closed({ conversation, able }) {
  const hours = Math.round(Math.max(...(able?.windows ?? []).map((one) => one.lasts_s)) / 3600);
  const channel = channelName(conversation.channel);
  const advice = able?.templates ? t("Only an approved template can go out now.") : t("You can answer again when the customer writes.");
  return html`<div class="notice warn window-closed"><span class="warn"><${Icon} name="hourglass" /></span><span class="grow">${t("{n} hours have passed since the customer wrote on {channel}.", { n: hours, channel })} ${advice}</span></div>`;
}

/**
 * The answer of a colleague that came after this one was begun.
 * @param {string} conversation_id
 * @param {number} started
 * @returns {Message | null}
 */
export function answeredSince(conversation_id, started) {
  const me = state.value.me?.id;
  return threadOf(state.value, conversation_id).messages.findLast((one) => one.direction === "outbound" && one.agent_id !== null && one.agent_id !== me && Date.parse(one.created_at) > started) ?? null;
}

/** @param {{ message: Message, read: () => void, anyway: () => void }} props */
export function CollisionNotice({ message, read, anyway }) {
  const look = () => {
    read();
    jumpTo(message.conversation_id, message.id);
  };
  const name = agentName(message.agent_id);
  const seconds = Math.max(1, Math.round((Math.max(now.value, Date.now()) - Date.parse(message.created_at)) / 1000));
  const words = seconds < 60
    ? tn("{name} answered {n} second ago.", "{name} answered {n} seconds ago.", seconds, { name })
    : t("{name} answered {time} ago.", { name, time: span(seconds * 1000) });
  return html`<div class="notice warn collision" role="alert"><span class="warn"><${Icon} name="users" /></span><span class="grow">
    <span class="medium">${words}</span><br />${t("Read it before yours goes out.")}
    <span class="row collision-acts"><button type="button" class="btn primary sm" onClick=${look}>${t("Read it")}</button><button type="button" class="btn sm" onClick=${anyway}>${t("Send anyway")}</button></span></span></div>`;
}
