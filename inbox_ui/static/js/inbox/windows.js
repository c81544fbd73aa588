/** What may be written to a customer now: the server's reply windows, read by the channel's rules. Pure. */

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../types.d.ts").Capabilities} Capabilities */

/**
 * `free`: anything may be written. `tagged`: only what a person writes, since the free time is over. `private`: one answer to a comment.
 * `used`: the time goes on, but all messages it allows were sent. `closed`: only what needs no window.
 * @typedef {"none" | "free" | "tagged" | "private" | "used" | "closed"} WindowState
 */

/**
 * @param {Conversation} conversation
 * @param {Capabilities | undefined} able
 * @param {number} now
 * @returns {{ state: WindowState, kind: string, ends_at: string, lasts_s: number, left: number | null }}
 */
export function windowOf(conversation, able, now) {
  const nothing = { kind: "", ends_at: "", lasts_s: 0, left: null };
  if (!able?.windows.length) return { state: "none", ...nothing };
  const open = able.windows.flatMap((rule) => {
    const told = conversation.reply_windows?.find((one) => one.kind === rule.kind && Date.parse(one.ends_at) > now);
    return told ? [{ rule, told }] : [];
  });
  const usable = open.filter(({ told }) => told.messages_left !== 0);
  if (!usable.length) return { state: open.length ? "used" : "closed", ...nothing };
  const { rule, told } = usable[0];
  const state = rule.by === "agent" ? "tagged" : rule.opened_by.length === 1 && rule.opened_by[0] === "comment" ? "private" : "free";
  return { state, kind: rule.kind, ends_at: told.ends_at, lasts_s: rule.lasts_s, left: told.messages_left };
}
