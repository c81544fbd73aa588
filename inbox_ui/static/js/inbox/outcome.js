/** How far a message of ours came, in a sign and in words; and the one next step where it went wrong. */

import * as api from "../api.js";
import { html } from "../dom.js";
import { exact } from "../format.js";
import { t } from "../i18n.js";
import { dispatch } from "../live.js";
import { failureOf } from "../load.js";
import { submit } from "../outbox.js";
import { sendFailure } from "../send_words.js";
import { ask } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { say } from "../ui/toast.js";
import { channelName, failureText, statusName } from "../words.js";

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").Conversation} Conversation */

/** @type {Record<string, string>} */
const SIGNS = { sent: "check", delivered: "check-check", read: "check-check" };

/** @param {{ message: Message, conversation: Conversation }} props */
export function Outcome({ message, conversation }) {
  const channel = channelName(conversation.channel);
  const { status } = message;
  if (status === "failed") return html`<${Failed} message=${message} channel=${channel} />`;
  if (status === "unknown") return html`<${Unknown} message=${message} channel=${channel} />`;
  if (status === "waiting") return html`<span class="row waiting"><${Icon} name="clock" />${t("Waiting to send")}</span>`;
  if (status === "scheduled" || status === "cancelled") return html`<span>${statusName(status)}</span>`;
  const read = status === "read" || !!message.played_at;
  const at = message.read_at ?? message.delivered_at;
  const words = at ? t("{status}, {time}", { status: statusName(status), time: exact(at) }) : statusName(status);
  return html`<span class=${read ? "ticks read" : "ticks"} role="img" aria-label=${statusName(status)} title=${words}><${Icon} name=${SIGNS[status] ?? "clock"} /></span>`;
}

/** @param {{ message: Message, channel: string }} props */
function Failed({ message, channel }) {
  const { error } = message;
  const details = error?.external_code || error?.external_text;
  return html`<div class="by failed"><${Icon} name="circle-alert" /><span>${sendFailure(error, channel)}</span>
    ${details && html`<button type="button" onClick=${() => showDetails(message, channel)}>${t("Failure details")}</button>`}
    ${!message.resent_as_id && html`<button type="button" onClick=${() => again(message)}>${t("Send again")}</button>`}
  </div>`;
}

/** @param {{ message: Message, channel: string }} props */
function Unknown({ message, channel }) {
  const confirm = () => ask({ title: t("Send it again?"), text: t("The customer may get it twice."), verb: t("Send again"), act: () => again(message) });
  return html`<div class="by unknown"><${Icon} name="circle-help" /><span>${t("{channel} did not answer. It may have arrived.", { channel })}</span>
    ${!message.resent_as_id && html`<button type="button" onClick=${confirm}>${t("Send again")}</button>`}
  </div>`;
}

/**
 * @param {Message} message
 * @param {string} channel
 */
function showDetails(message, channel) {
  const { code = "", external_code = "", external_text = "" } = message.error ?? {};
  const body = html`<dl class="facts"><dt>${t("What happened")}</dt><dd>${sendFailure(message.error, channel)}</dd>
    ${external_code && html`<dt>${t("Code of {channel}", { channel })}</dt><dd class="mono">${external_code}</dd>`}
    ${external_text && html`<dt>${t("Words of {channel}", { channel })}</dt><dd class="wrap">${external_text}</dd>`}
    <dt>${t("Our code")}</dt><dd class="mono">${code}</dd><dt>${t("Time")}</dt><dd>${exact(message.created_at)}</dd></dl>`;
  ask({ title: t("Why it was not sent"), body, verb: t("Close") });
}

/**
 * Send anew: a message the server never took is simply submitted again.
 * @param {Message} message
 */
async function again(message) {
  const { id, conversation_id, kind, text, content, reply_to_id, reply_to, attachments } = message;
  if (id.startsWith("local:")) {
    dispatch({ type: "message_dropped", conversation_id, message_id: id });
    const media = attachments[0] && { media_id: attachments[0].id, caption: text };
    return submit(conversation_id, { kind, ...(media ?? { text }), ...content, ...(reply_to_id ? { reply_to_id } : {}) }, { reply_to, attachments });
  }
  const client_id = crypto.randomUUID();
  try {
    dispatch({ type: "message_taken", client_id, message: await api.resend(id, client_id) });
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}
