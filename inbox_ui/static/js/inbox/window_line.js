/** The line over the box: how long one may answer freely, and who else is writing. */

import { html } from "../dom.js";
import { soon, span } from "../format.js";
import { t, tn } from "../i18n.js";
import { agents, now, state } from "../live.js";
import { threadOf } from "../store.js";
import { Avatar, Icon } from "../ui/icon.js";
import { agentName, channelName } from "../words.js";
import { pickTemplate } from "../templates/picker.js";
import { jumpTo } from "./jump.js";
import { windowOf } from "./windows.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Capabilities} Capabilities */
/** @typedef {import("../types.d.ts").Message} Message */

const SOON_MS = 2 * 3_600_000;
const ROUND = 37.7;

/**
 * May nothing be written now but what needs no reply window? Channels without windows are never closed; a thread that another app has is.
 * @param {Conversation} conversation
 * @param {Capabilities | undefined} able
 */
export function isClosedWindow(conversation, able) {
  if (conversation.held_by) return true;
  return ["used", "closed"].includes(windowOf(conversation, able, now.value).state);
}

/** @param {{ conversation: Conversation, able: Capabilities | undefined, writing: boolean }} props */
export function WindowLine({ conversation, able, writing }) {
  const typing = Object.keys(state.value.typing[conversation.id] ?? {}).filter((one) => one !== "contact" && agents.value[one]);
  const others = html`${typing.slice(0, 1).map((id) => html`<span class="collide"><${Avatar} id=${id} name=${agents.value[id].name} />${writing ? t("{name} is writing too", { name: agents.value[id].name }) : t("{name} is writing", { name: agents.value[id].name })}</span>`)}`;
  if (conversation.held_by) return html`<${Held} conversation=${conversation} /><div class="window">${others}</div>`;
  const open = windowOf(conversation, able, now.value);
  if (open.state === "none") return html`<div class="window">${others}</div>`;
  if (open.state === "closed" || open.state === "used") return html`<${Closed} conversation=${conversation} able=${able} used=${open.state === "used"} /><div class="window">${others}</div>`;
  return html`<div class="window"><${Clock} open=${open} /><${Instead} conversation=${conversation} able=${able} state=${open.state} />${others}</div>`;
}

/** @param {{ open: ReturnType<typeof windowOf> }} props */
function Clock({ open }) {
  const left = Date.parse(open.ends_at) - now.value;
  const share = Math.min(1, left / (open.lasts_s * 1000));
  const late = left < Math.min(SOON_MS, open.lasts_s * 100);
  return html`<svg class="ring" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="var(--line-2)" stroke-width="2.5" /><circle cx="8" cy="8" r="6" fill="none" stroke=${late ? "var(--warn)" : "var(--good)"} stroke-width="2.5" stroke-dasharray=${`${share * ROUND} ${ROUND}`} transform="rotate(-90 8 8)" /></svg><span class=${late ? "warn" : ""}>${clockWords(open, left)}</span>${open.left !== null && open.state !== "private" && html`<span class="left" title=${t("So many messages may go out until the customer writes again.")}>· ${tn("{n} message left", "{n} messages left", open.left)}</span>`}`;
}

/**
 * @param {ReturnType<typeof windowOf>} open
 * @param {number} left
 */
function clockWords({ state, ends_at }, left) {
  const when = soon(ends_at, now.value);
  if (state === "tagged") return t("The free time is over. What you write yourself may go out until {when}.", { when });
  if (state === "private") return t("One private answer to the comment, until {when}", { when });
  if (left < SOON_MS) return tn("Free reply for {n} more minute", "Free reply for {n} more minutes", Math.max(1, Math.floor(left / 60_000)));
  return t("Free reply until {when}", { when });
}

/** A template beside what may still be written. @param {{ conversation: Conversation, able: Capabilities | undefined, state: string }} props */
const Instead = ({ conversation, able, state }) =>
  able?.templates && state !== "free" ? html`<button type="button" class="linkish" onClick=${() => pickTemplate(conversation)}><${Icon} name="layout-template" size="xs" />${templateVerb(able)}</button>` : null;

/** Some channels have templates for service only. @param {Capabilities} able */
const templateVerb = (able) => (able.templates?.categories.join() === "utility" ? t("Send a service message") : t("Send a template"));

/** @param {{ conversation: Conversation, able: Capabilities | undefined, used: boolean }} props */
function Closed({ conversation, able, used }) {
  const rules = able?.windows.filter((one) => one.by === "anybody" && !one.opened_by.includes("comment")) ?? [];
  const hours = Math.round(Math.max(0, ...rules.map((one) => one.lasts_s)) / 3600);
  const channel = channelName(conversation.channel);
  const why = used ? t("All the messages that {channel} allows were sent.", { channel }) : t("{n} hours have passed since the customer wrote on {channel}.", { n: hours, channel });
  const advice = able?.templates ? t("Only an approved template can go out now.") : t("You can answer again when the customer writes.");
  return html`<div class="notice warn window-closed"><span class="warn"><${Icon} name="hourglass" /></span><span class="grow">${why} ${advice}
    ${able?.templates && html`<span class="window-acts"><button type="button" class="btn primary sm" onClick=${() => pickTemplate(conversation)}><${Icon} name="layout-template" size="s" />${templateVerb(able)}</button></span>`}</span></div>`;
}

/** @param {{ conversation: Conversation }} props */
const Held = ({ conversation }) =>
  html`<div class="notice warn window-closed"><span class="warn"><${Icon} name="users" /></span><span class="grow">${t("Another app or inbox has this conversation on {channel}. Answer there, or hand it over to Hawker.", { channel: channelName(conversation.channel) })}</span></div>`;

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
