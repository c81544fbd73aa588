/** One message: its bubble by kind, reactions, who and when, and the tools on hover. */

import { cls, html, useState } from "../dom.js";
import { clock, exact } from "../format.js";
import { t } from "../i18n.js";
import { langOf } from "../script.js";
import { Icon } from "../ui/icon.js";
import { agentName } from "../words.js";
import { bodyOf } from "./bodies.js";
import { Outcome } from "./outcome.js";
import { brief } from "./preview.js";
import { MessageTools } from "./message_tools.js";
import { Quote } from "./quote.js";

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").Conversation} Conversation */

/** @param {{ message: Message, conversation: Conversation, same: boolean, midRun: boolean }} props */
export function MessageView({ message, conversation, same, midRun }) {
  const [tools, showTools] = useState(false);
  const side = message.direction === "inbound" ? "in" : message.direction === "note" ? "note" : "out";
  const name = message.direction === "inbound" ? conversation.contact.name : agentName(message.agent_id) || t("Hawker");
  const label = t("{name}, {time}: {words}", { name, time: clock(message.position_at), words: brief(message) });
  const enter = () => showTools(true);
  const leave = (/** @type {FocusEvent | MouseEvent} */ event) => {
    if (!(/** @type {HTMLElement} */ (event.currentTarget).contains(/** @type {Node | null} */ (event.relatedTarget)))) showTools(false);
  };
  const hold = (/** @type {MouseEvent} */ event) => {
    if (!matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    showTools(true);
  };
  return html`<article class=${cls("msg", side, same && "same", midRun && "mid-run")} id=${`m-${message.id}`} aria-label=${label} tabindex="-1"
    onMouseEnter=${enter} onMouseLeave=${leave} onFocusIn=${enter} onFocusOut=${leave} onContextMenu=${hold}>
    <${Bubble} message=${message} conversation=${conversation} tools=${tools && html`<${MessageTools} message=${message} conversation=${conversation} />`} />
    <${Reactions} message=${message} />
    <${By} message=${message} conversation=${conversation} midRun=${midRun} exactly=${tools} />
  </article>`;
}

/** @param {{ message: Message, conversation: Conversation, tools: any }} props */
function Bubble({ message, conversation, tools }) {
  const { shape, content } = bodyOf(message, conversation);
  const lang = langOf(message.text, message.direction === "inbound" ? conversation.contact.language : null);
  return html`<div class=${cls("bubble", shape, message.deleted_at && "is-deleted")} lang=${lang}>
    ${message.content?.forwarded && html`<div class="head-mark"><${Icon} name="forward" size="xs" />${message.content.forwarded === "often" ? t("Forwarded many times") : t("Forwarded")}</div>`}
    ${message.reply_to && html`<${Quote} quoted=${message.reply_to} conversation=${conversation} />`}
    ${content}
    ${tools}
  </div>`;
}

/** @param {{ message: Message }} props */
function Reactions({ message }) {
  if (!message.reactions?.length) return null;
  const words = message.reactions.map((one) => t("{who} reacted with {emoji}", { who: one.by === "us" ? agentName(one.agent_id) || t("We") : t("The customer"), emoji: one.emoji }));
  return html`<span class="react" role="img" aria-label=${words.join(", ")} title=${words.join("\n")}>${message.reactions.map((one) => one.emoji)}</span>`;
}

/**
 * Who and when, below the last message of a run; ours with how far it came.
 * @param {{ message: Message, conversation: Conversation, midRun: boolean, exactly: boolean }} props
 */
function By({ message, conversation, midRun, exactly }) {
  const { direction, status, position_at } = message;
  const outbound = direction === "outbound";
  const speaks = outbound && ["failed", "unknown", "waiting", "scheduled", "cancelled"].includes(status);
  const marks = marksOf(message);
  if (midRun && !speaks && !marks.length) return null;
  if (outbound && (status === "failed" || status === "unknown")) return html`<${Outcome} message=${message} conversation=${conversation} />`;
  const time = exactly ? exact(position_at) : clock(position_at);
  const who = direction === "inbound" ? "" : agentName(message.agent_id);
  const parts = [direction === "note" && t("Internal note"), who, ...marks].filter(Boolean).join(" · ");
  return html`<div class="by" title=${exact(position_at)}>
    ${direction === "note" && html`<${Icon} name="lock" />`}
    <span>${parts && `${parts} · `}<time dateTime=${position_at}>${time}</time></span>
    ${outbound && html`<${Outcome} message=${message} conversation=${conversation} />`}
  </div>`;
}

/** @param {Message} message */
function marksOf(message) {
  const { edited_at, deleted_at, arrived_late, direction } = message;
  const deletedBy = direction === "inbound" ? t("Deleted by the customer") : t("Deleted");
  return [edited_at && !deleted_at && t("edited"), deleted_at && deletedBy, arrived_late && t("arrived late")].filter((one) => typeof one === "string");
}
