/** The strip over a message: react, reply, copy, more. What the channel cannot do is absent. */

import * as api from "../api.js";
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { accountOf, dispatch } from "../live.js";
import { failureOf } from "../load.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { say } from "../ui/toast.js";
import { failureText } from "../words.js";
import { copy } from "./bubbles/contacts.js";
import { replyTo } from "./drafts.js";
import { openDrawer } from "./drawer.js";

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").Conversation} Conversation */

/** The emoji offered first, as on the customers' phones. */
const QUICK = ["👍", "❤️", "😂", "😮", "🙏", "🎉"];

/**
 * React to a message, or take the reaction back.
 * @param {Message} message
 * @param {string} emoji
 */
export async function react(message, emoji) {
  const mine = message.reactions.find((one) => one.by === "us");
  try {
    const changed = await api.send(message.conversation_id, { kind: "reaction", message_id: message.id, emoji: mine?.emoji === emoji ? "" : emoji });
    dispatch({ type: "message.updated", data: changed });
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}

/** @param {{ message: Message, conversation: Conversation }} props */
export function MessageTools({ message, conversation }) {
  const able = accountOf(conversation)?.capabilities;
  const inbound = message.direction === "inbound";
  const sent = !!message.external_id || inbound;
  const reactable = able?.reactions && sent && message.direction !== "note";
  const replyable = able?.reply_to && sent && message.direction !== "note";
  const more = () => moreItems(message);
  const mine = message.reactions.find((one) => one.by === "us")?.emoji;
  return html`<span class="msg-tools" role="toolbar" aria-label=${t("For this message")}>
    ${reactable && html`<${Menu} name=${`react ${message.id}`} class="btn icon-only sm" label=${t("React")} align="start"
      items=${() => QUICK.map((emoji) => ({ label: emoji, checked: mine === emoji, act: () => react(message, emoji) }))}><${Icon} name="smile" /><//>`}
    ${replyable && html`<button type="button" class="btn icon-only sm" aria-label=${t("Reply")} title=${t("Reply")} onClick=${() => replyTo(message)}><${Icon} name="reply" /></button>`}
    ${message.text && html`<button type="button" class="btn icon-only sm" aria-label=${t("Copy")} title=${t("Copy")} onClick=${() => copy(message.text)}><${Icon} name="copy" /></button>`}
    <${Menu} name=${`message ${message.id}`} class="btn icon-only sm" label=${t("More")} items=${more}><${Icon} name="ellipsis" /><//>
  </span>`;
}

/**
 * @param {Message} message
 * @returns {import("../ui/menu.js").Item[]}
 */
function moreItems(message) {
  const raw = () => openDrawer({ title: t("What is stored"), text: JSON.stringify(message, null, 2) });
  const before = message.original_text;
  const takeBack = async () => {
    try {
      await api.cancel(message.id);
    } catch (error) {
      say(failureText(failureOf(error)), { icon: "circle-alert" });
    }
  };
  return [
    ...(before ? [{ label: t("Show what it said before"), icon: "undo-2", act: () => openDrawer({ title: t("Before it was changed"), text: before }) }] : []),
    ...(message.direction === "outbound" && (message.status === "queued" || message.status === "scheduled") ? [{ label: t("Do not send"), icon: "x", act: takeBack }] : []),
    { label: t("Show what is stored"), icon: "file-text", act: raw },
  ];
}
