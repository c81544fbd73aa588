/** The second line of a row: what was said last, in few words. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { openId } from "../router.js";
import { state } from "../live.js";
import { langOf } from "../script.js";
import { Icon } from "../ui/icon.js";
import { activityText } from "../activity_words.js";

/** @typedef {import("../types.d.ts").LastMessage} LastMessage */

/** Icon and words of each kind that is more than its text. @type {Record<string, () => [string, string]>} */
const KINDS = {
  image: () => ["image", t("Picture")],
  video: () => ["video", t("Video")],
  audio: () => ["mic", t("Voice message")],
  document: () => ["file-text", t("File")],
  sticker: () => ["sticker", t("Sticker")],
  location: () => ["map-pin", t("Place")],
  contacts: () => ["user", t("Contact card")],
  order: () => ["shopping-cart", t("Cart")],
  buttons: () => ["list-checks", t("Question with buttons")],
  list: () => ["list-checks", t("Question with a list")],
  form_reply: () => ["list-checks", t("Filled-in form")],
  reaction: () => ["smile", t("Reaction")],
  template: () => ["layout-template", t("Template")],
  note: () => ["lock", t("Internal note")],
  story_reply: () => ["reply", t("Replied to your story")],
  story_mention: () => ["at-sign", t("Mentioned you in a story")],
  referral: () => ["megaphone", t("Came from an ad")],
  system: () => ["info", t("System message")],
  unsupported: () => ["circle-help", t("Unknown kind of message")],
};

/**
 * The words of a message of any kind, on one line.
 * @param {{ kind: string, text: string, content?: any, direction: string }} message
 */
export function brief(message) {
  if (message.direction === "activity") return activityText(/** @type {any} */ (message));
  const name = message.content?.name || message.content?.title;
  return message.text || name || KINDS[message.kind]?.()[1] || message.kind;
}

/** @type {Record<string, string>} */
const TICKS = { failed: "circle-alert", unknown: "circle-help", sent: "check", delivered: "check-check", read: "check-check" };

/** @param {LastMessage} message */
function icons(message) {
  const ours = message.direction === "outbound" && (TICKS[message.status] ?? "clock");
  const kind = KINDS[message.kind]?.()[0];
  const tick = { failed: "bad", unknown: "warn", read: "read" }[/** @type {string} */ (message.status)] ?? "";
  return html`${ours && html`<span class=${`tick ${tick}`}><${Icon} name=${ours} /></span>`}${kind && html`<${Icon} name=${kind} />`}`;
}

/** @param {import("../types.d.ts").Conversation} one */
export function preview(one) {
  const typing = state.value.typing[one.id]?.contact;
  if (typing) return html`<span class="pre clip accent"><span class="typing-dots"><i></i><i></i><i></i></span> ${t("typing")}</span>`;
  const draft = (state.value.drafts[one.id] ?? one.draft)?.text;
  if (draft && openId.value !== one.id) return html`<span class="pre clip" lang=${langOf(draft, null)}><span class="warn">${t("Draft:")}</span> ${draft}</span>`;
  const last = one.last_message;
  if (!last) return html`<span class="pre clip quiet">${t("No messages yet")}</span>`;
  const words = brief(last);
  return html`<span class="pre clip" lang=${langOf(words, one.contact.language)}>${icons(last)}${words}</span>`;
}
