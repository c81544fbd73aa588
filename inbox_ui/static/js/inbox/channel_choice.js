/** On which channel the answer goes out, where a person has several: choosing one goes on in that thread, and takes the draft along. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { accountOf, accounts } from "../live.js";
import { go } from "../router.js";
import { ChannelBadge, Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { channelName } from "../words.js";
import { draftOf, setDraft } from "./drafts.js";
import { showTogether, threadsOf } from "./together.js";
import { isClosedWindow } from "./window_line.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */

/** @param {Conversation} one */
const where = (one) => [channelName(one.channel), accountOf(one)?.name].filter(Boolean).join(" · ");

/**
 * @param {Conversation} here
 * @returns {import("../ui/menu.js").Item[]}
 */
const choices = (here) =>
  threadsOf(here.contact.id).filter((one) => accounts.value[one.channel_account_id]?.state !== "removed").map((one) => ({
    label: where(one),
    picture: html`<${ChannelBadge} channel=${one.channel} />`,
    checked: one.id === here.id,
    note: isClosedWindow(one, accountOf(one)?.capabilities) ? t("The time to answer freely is over.") : undefined,
    act: () => answerIn(here, one),
  }));

/**
 * @param {Conversation} here
 * @param {Conversation} there
 */
function answerIn(here, there) {
  if (here.id === there.id) return;
  const text = draftOf(here.id);
  if (text && !draftOf(there.id)) {
    setDraft(there.id, text);
    setDraft(here.id, "");
  }
  showTogether(here.contact.id, true);
  go({ conversation: there.id });
}

/** @param {{ conversation: Conversation }} props */
export function ChannelChoice({ conversation }) {
  if (threadsOf(conversation.contact.id).length < 2) return null;
  return html`<div class="answer-on"><span class="tiny quiet">${t("Answer on")}</span><${Menu} name="answer-on" class="btn ghost sm" label=${t("Answer on")} align="start" items=${() => choices(conversation)} text>
    <${ChannelBadge} channel=${conversation.channel} /><span class="clip">${where(conversation)}</span><${Icon} name="chevron-down" size="s" /><//></div>`;
}
