/** A kind of message that nobody here knows: said plainly, with what came one click away. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";
import { channelName } from "../../words.js";
import { openDrawer } from "../drawer.js";

/** @param {{ message: import("../../types.d.ts").Message, conversation: import("../../types.d.ts").Conversation }} props */
export function Unsupported({ message, conversation }) {
  const { kind = message.kind, raw = message.content } = message.content ?? {};
  const words = t("{channel} sent a kind of message that Hawker does not know yet:", { channel: channelName(conversation.channel) });
  const show = () => openDrawer({ title: t("What came"), text: JSON.stringify(raw, null, 2) });
  return html`<${Icon} name="circle-help" size="s" /><span>${words} <span class="mono">${kind}</span>. <button type="button" class="linkish" onClick=${show}>${t("Show what came")}</button></span>`;
}
