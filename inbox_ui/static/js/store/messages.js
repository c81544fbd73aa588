/** Messages: how two versions of one become one, and where each stands in its thread. */

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").Status} Status */

/** @type {Record<string, number>} */
export const RANK = {
  waiting: -1,
  scheduled: 0,
  queued: 0,
  cancelled: 0.5,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
  received: 7,
};

/**
 * Say which status stands when two are known: the further one. Cancelled is possible only before sending.
 * @param {Status} known
 * @param {Status} told
 */
export const isForward = (known, told) => (RANK[told] ?? 0) >= (RANK[known] ?? 0);

/**
 * Merge what is known of a message with what is told now: the newest words, the furthest status.
 * @param {Message} known
 * @param {Message} told
 * @returns {Message}
 */
export function mergeMessage(known, told) {
  const merged = { ...known, ...told, ...lasting(known, told) };
  if (isForward(known.status, told.status)) return merged;
  const { status, error, delivered_at, read_at } = known;
  return { ...merged, status, error, delivered_at: delivered_at ?? told.delivered_at, read_at: read_at ?? told.read_at };
}

/**
 * What is never taken away by leaving it out: files and quotes, and the line of an activity, which events carry only as a code.
 * @param {Message} known
 * @param {Message} told
 * @returns {Partial<Message>}
 */
function lasting(known, told) {
  if (told.deleted_at) return {};
  return {
    attachments: told.attachments?.length ? told.attachments : known.attachments,
    reply_to: told.reply_to ?? known.reply_to,
    text: told.text || (told.direction === "activity" ? known.text : told.text),
  };
}

/**
 * Order of a thread: place, then id. Messages of ours that are still here come last.
 * @param {Message} a
 * @param {Message} b
 */
export function inOrder(a, b) {
  if (a.status === "waiting" || b.status === "waiting") {
    if (a.status !== b.status) return a.status === "waiting" ? 1 : -1;
  }
  if (a.position_at !== b.position_at) return a.position_at < b.position_at ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * Say whether two rows are one message: by id, or by the id this side gave it before the server knew it.
 * @param {Message} a
 * @param {Message} b
 */
const isSame = (a, b) => a.id === b.id || (!!a.client_id && a.client_id === b.client_id);

/**
 * Put messages into a thread. Doing it twice changes nothing.
 * @param {Message[]} messages ascending
 * @param {Message[]} told in any order
 * @returns {Message[]}
 */
export function mergeMessages(messages, told) {
  let merged = messages;
  for (const message of told) {
    const at = merged.findLastIndex((known) => isSame(known, message));
    if (at < 0) merged = [...merged, message];
    else merged = merged.with(at, mergeMessage(merged[at], message));
  }
  return merged.toSorted(inOrder);
}

/**
 * Return a message of ours as it looks before the server has answered.
 * @param {{ client_id: string, conversation_id: string, agent_id: string | null, at: string, body: import("../types.d.ts").Json,
 *   attachments?: import("../types.d.ts").Attachment[], reply_to?: import("../types.d.ts").Quoted | null,
 *   shown?: { text?: string, content?: import("../types.d.ts").Json } }} given
 * @returns {Message}
 */
export function optimistic({ client_id, conversation_id, agent_id, at, body, attachments = [], reply_to = null, shown = {} }) {
  const { kind, text, caption, client_id: _, reply_to_id, media_id: __, voice: ___, ...said } = body;
  return {
    id: `local:${client_id}`,
    conversation_id,
    direction: kind === "note" ? "note" : "outbound",
    kind,
    text: shown.text ?? text ?? caption ?? "",
    content: { ...said, ...shown.content },
    attachments,
    external_id: null,
    client_id,
    reply_to_id: reply_to_id ?? null,
    reply_to,
    status: "waiting",
    error: null,
    agent_id,
    campaign_id: null,
    sent_at: null,
    created_at: at,
    position_at: at,
    delivered_at: null,
    read_at: null,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    arrived_late: false,
    resent_as_id: null,
    group_id: null,
  };
}
