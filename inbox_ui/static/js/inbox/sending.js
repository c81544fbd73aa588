/** From what is in the composer to messages: files first, each a message of its own, the text with the last of them where it fits. */

import { submit } from "../outbox.js";
import { isTooLong } from "./measure.js";

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("./uploads.js").Upload} Upload */

/**
 * Return the bodies to send, in order.
 * @param {{ text: string, tray: Upload[], able: import("../types.d.ts").Capabilities, reply_to_id?: string }} given
 * @returns {{ body: import("../types.d.ts").Json, file?: Upload }[]}
 */
export function bodiesOf({ text, tray, able, reply_to_id }) {
  const first = reply_to_id ? { reply_to_id } : {};
  const files = tray.map((file) => ({ file, body: /** @type {import("../types.d.ts").Json} */ ({ kind: file.kind, media_id: file.media_id, ...(file.voice ? { voice: true } : {}) }) }));
  const last = files.at(-1);
  const caption = last && able.media[last.file.kind]?.caption;
  if (last && text && caption && !isTooLong(text, caption)) last.body.caption = text;
  else if (text) return withFirst([...files, { body: { kind: "text", text } }], first);
  return withFirst(files, first);
}

/**
 * @param {{ body: import("../types.d.ts").Json, file?: Upload }[]} bodies
 * @param {import("../types.d.ts").Json} first
 */
const withFirst = (bodies, first) => bodies.map((one, at) => (at ? one : { ...one, body: { ...one.body, ...first } }));

/**
 * How a file looks in the thread before the server knows its message.
 * @param {Upload} file
 * @returns {import("../types.d.ts").Attachment}
 */
const attachmentOf = ({ media_id, name, mime, size_bytes, preview, voice }) => ({
  id: media_id ?? "",
  url: preview || `/media/${media_id}`,
  thumb_url: preview || null,
  mime,
  filename: name,
  size_bytes,
  state: "ready",
  voice,
  animated: false,
});

/**
 * Send what the composer holds.
 * @param {string} conversation_id
 * @param {{ text: string, tray: Upload[], able: import("../types.d.ts").Capabilities, answered?: Message }} given
 */
export function sendReply(conversation_id, { text, tray, able, answered }) {
  const reply_to = answered ? { id: answered.id, direction: answered.direction, kind: answered.kind, text: answered.text, agent_id: answered.agent_id } : null;
  const bodies = bodiesOf({ text: text.trim(), tray, able, reply_to_id: answered?.id });
  for (const [at, { body, file }] of bodies.entries()) {
    submit(conversation_id, body, { attachments: file ? [attachmentOf(file)] : [], reply_to: at ? null : reply_to });
  }
}

/**
 * @param {string} conversation_id
 * @param {string} text
 * @param {string[]} mentions agent ids
 */
export const addNote = (conversation_id, text, mentions) => submit(conversation_id, { kind: "note", text: text.trim(), mentions });
