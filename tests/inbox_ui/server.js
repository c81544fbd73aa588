/** A small server in memory: it changes, tells events as the real one does, and can be loaded afresh. */

import { isForward } from "../../inbox_ui/static/js/store/messages.js";
import { apply, comparator, EMPTY, belongs, plainFilter, VIEWS } from "../../inbox_ui/static/js/store.js";

const ME = { id: "agent-me", name: "Mei" };
const START = Date.parse("2026-11-19T08:00:00Z");

/** @param {number} seed */
export function chance(seed) {
  let state = seed;
  return (/** @type {number} */ n) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
}

export class Server {
  constructor() {
    this.conversations = new Map();
    this.messages = new Map();
    this.events = [];
    this.clock = START;
    this.written = 0;
  }

  now() {
    this.clock += 1000;
    return new Date(this.clock).toISOString();
  }

  tell(type, conversation_id, data) {
    const event = { id: this.events.length + 1, type, conversation_id, at: this.now(), data: structuredClone(data) };
    this.events.push(event);
    return event;
  }

  open(id, changes = {}) {
    const at = this.now();
    const one = {
      id, channel: "whatsapp", channel_account_id: "account", contact: { id: `contact-${id}`, name: id }, identity: {}, status: "open",
      assignee_id: null, team_id: null, priority: "normal", tags: [], unread_count: 0, last_message: null, last_message_at: at,
      waiting_since: null, reply_window_ends_at: null, reply_windows: [], snoozed_until: null, draft: null, ...changes,
    };
    this.conversations.set(id, one);
    this.messages.set(id, []);
    return this.tell("conversation.created", id, one);
  }

  write(id, direction, changes = {}) {
    const at = this.now();
    const known = this.messages.get(id);
    const message = {
      id: `${id}-${String(this.written++).padStart(4, "0")}`, conversation_id: id, direction, kind: "text", text: `message ${known.length}`, content: {},
      attachments: [], client_id: null, reply_to: null, status: direction === "inbound" ? "received" : "queued", error: null, agent_id: null, position_at: at,
      created_at: at, delivered_at: null, read_at: null, reactions: [], ...changes,
    };
    known.push(message);
    const one = this.conversations.get(id);
    const inbound = direction === "inbound";
    const { text, status, kind } = message;
    Object.assign(one, {
      status: inbound ? "open" : one.status, unread_count: inbound ? one.unread_count + 1 : one.unread_count, last_message_at: at,
      waiting_since: inbound ? one.waiting_since ?? at : null, last_message: { id: message.id, direction, kind, text, status },
    });
    return this.tell("message.created", id, { ...message, conversation: columns(one) });
  }

  advance(id, status) {
    const message = this.messages.get(id).findLast((one) => one.direction === "outbound");
    if (!message || !isForward(message.status, status)) return;
    message.status = status;
    return this.tell("message.updated", id, message);
  }

  react(id, emoji) {
    const message = this.messages.get(id).at(-1);
    if (!message) return;
    message.reactions = emoji ? [{ emoji, by: "contact", agent_id: null, at: this.now() }] : [];
    return this.tell("message.updated", id, message);
  }

  /** Our own message came back as an echo before it was known to be ours: the second line goes again. */
  fold(id) {
    const known = this.messages.get(id);
    const ours = known.findLast((one) => one.direction === "outbound");
    if (!ours) return;
    this.write(id, "outbound");
    const echo = known.pop();
    return this.tell("message.updated", id, { ...echo, folded_into_id: ours.id, conversation: columns(this.conversations.get(id)) });
  }

  change(id, changes) {
    Object.assign(this.conversations.get(id), changes);
    return this.tell("conversation.updated", id, { id, ...changes });
  }

  assign(id, agent_id) {
    Object.assign(this.conversations.get(id), { assignee_id: agent_id });
    return this.tell("assignment.changed", id, { assignment: { agent_id }, conversation: { id, assignee_id: agent_id } });
  }

  remove(id) {
    this.conversations.delete(id);
    this.messages.delete(id);
    return this.tell("conversation.removed", id, { id });
  }

  /** What a page knows that loads everything now. */
  load() {
    const all = [...this.conversations.values()].map((one) => structuredClone(one));
    let state = apply(EMPTY, { type: "me_loaded", me: ME });
    for (const view of VIEWS) {
      const filter = plainFilter(view);
      const items = all.filter((one) => belongs(filter, one, ME.id)).sort(comparator(filter.sort));
      state = apply(state, { type: "list_loaded", filter, items, next_cursor: null, fresh: true });
    }
    for (const [conversation_id, messages] of this.messages) {
      state = apply(state, { type: "thread_loaded", conversation_id, items: structuredClone(messages).reverse(), fresh: true, complete: true });
    }
    state = apply(state, { type: "counts_loaded", counts: this.counts(all) });
    return apply(state, { type: "caught_up", id: this.events.length });
  }

  counts(all) {
    const n = (view) => all.filter((one) => belongs(plainFilter(view), one, ME.id)).length;
    return { mine: n("mine"), unassigned: n("unassigned"), all_open: n("all"), snoozed: n("snoozed"), closed: n("closed"), waiting: n("waiting") };
  }
}

const columns = ({ id, status, unread_count, last_message, last_message_at, waiting_since }) => ({ id, status, unread_count, last_message, last_message_at, waiting_since });

/** What must be equal, whichever way a page came to it. */
export function visible(state) {
  const { conversations, lists, threads, counts, cursor } = state;
  const ids = Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, list.ids]));
  const messages = Object.fromEntries(Object.entries(threads).map(([id, thread]) => [id, thread.messages]));
  return { conversations, ids, messages, counts, cursor };
}

/** Do one random thing. */
export function anything(server, roll) {
  const ids = [...server.conversations.keys()];
  const id = ids[roll(ids.length)];
  const pick = (choices) => choices[roll(choices.length)];
  const acts = [
    () => server.write(id, "inbound"),
    () => server.write(id, "outbound", { agent_id: ME.id }),
    () => server.advance(id, pick(["sending", "sent", "delivered", "read", "failed"])),
    () => server.react(id, pick(["👍", ""])),
    () => server.assign(id, pick([ME.id, "agent-other", null])),
    () => server.change(id, { status: pick(["open", "closed", "snoozed"]) }),
    () => server.fold(id),
    () => server.change(id, { unread_count: 0 }),
    () => server.change(id, { priority: pick(["high", "normal"]) }),
  ];
  pick(acts)();
}
