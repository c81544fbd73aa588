/** The store: however events come, what it holds is what a fresh load would hold. */

import assert from "node:assert/strict";
import { apply, EMPTY, keyOf, listOf, plainFilter } from "../../inbox_ui/static/js/store.js";
import { mergeMessages, RANK } from "../../inbox_ui/static/js/store/messages.js";
import { anything, chance, Server, visible } from "./server.js";

/** @param {any} state @param {any[]} events */
const applyAll = (state, events) => events.reduce(apply, state);

/** A shop with a past, of which one page knows the first part. */
function story(seed) {
  const server = new Server();
  const roll = chance(seed);
  for (let at = 0; at < 6; at++) server.open(`c${at}`, { assignee_id: at % 2 ? "agent-me" : null });
  for (let at = 0; at < 30; at++) anything(server, roll);
  const known = server.load();
  const from = server.events.length;
  for (let at = 0; at < 60; at++) anything(server, roll);
  return { server, known, missed: server.events.slice(from) };
}

for (const seed of [1, 7, 42, 1888]) {
  Deno.test(`old state and missed events make a fresh load (${seed})`, () => {
    const { server, known, missed } = story(seed);
    assert.deepEqual(visible(applyAll(known, missed)), visible(server.load()));
  });

  Deno.test(`events applied twice change nothing (${seed})`, () => {
    const { known, missed } = story(seed);
    const once = applyAll(known, missed);
    assert.deepEqual(visible(applyAll(once, missed)), visible(once));
    assert.deepEqual(visible(applyAll(known, missed.flatMap((event) => [event, event]))), visible(once));
  });

  Deno.test(`events that a load already holds change nothing in the end (${seed})`, () => {
    const { server, missed } = story(seed);
    const fresh = server.load();
    assert.deepEqual(visible(applyAll(fresh, missed)).messages, visible(fresh).messages);
    assert.deepEqual(visible(applyAll(fresh, missed)).ids, visible(fresh).ids);
  });
}

Deno.test("the statuses of a message end the same in any order", () => {
  const base = { id: "m", conversation_id: "c", direction: "outbound", text: "hi", position_at: "1", client_id: null, reply_to: null, attachments: [] };
  const statuses = ["queued", "sending", "unknown", "sent", "failed", "delivered", "read"];
  const roll = chance(3);
  for (let at = 0; at < 50; at++) {
    const mixed = statuses.toSorted(() => roll(3) - 1);
    const [only] = mixed.reduce((known, status) => mergeMessages(known, [/** @type {any} */ ({ ...base, status })]), /** @type {any[]} */ ([]));
    assert.equal(only.status, "read", mixed.join(" "));
  }
  assert.ok(RANK.cancelled < RANK.sending);
});

Deno.test("a line that was folded into ours goes, also when its first event comes again", () => {
  const server = new Server();
  server.open("c0");
  server.write("c0", "outbound");
  const known = server.load();
  const before = server.events.length;
  server.fold("c0");
  const missed = server.events.slice(before);
  assert.equal(missed.length, 2);
  const once = applyAll(known, missed);
  assert.deepEqual(once.threads.c0.messages.map((/** @type {any} */ one) => one.id), ["c0-0000"]);
  assert.deepEqual(applyAll(once, missed).threads, once.threads);
});

Deno.test("a thread that was opened further up takes what is newer when it is come to, and no live message before", () => {
  const server = new Server();
  server.open("c0");
  for (let at = 0; at < 9; at++) server.write("c0", "inbound");
  const all = server.messages.get("c0");
  const page = (/** @type {number} */ from, /** @type {number} */ to) => structuredClone(all.slice(from, to)).reverse();
  const loaded = (/** @type {any} */ state, /** @type {any} */ given) => apply(state, { type: "thread_loaded", conversation_id: "c0", ...given });
  const ids = (/** @type {any} */ state) => state.threads.c0.messages.map((/** @type {any} */ one) => one.id.slice(-1)).join("");

  const newest = loaded(server.load(), { items: page(6, 9), fresh: true, newer: null, complete: false });
  const around = loaded(newest, { items: page(2, 5), fresh: true, newer: all[4].id, complete: false });
  assert.equal(ids(around), "234");
  const told = apply(around, server.write("c0", "inbound"));
  assert.equal(ids(told), "234");
  const further = loaded(told, { items: page(5, 10), fresh: false, newer: null });
  assert.equal(ids(further), "23456789");
  assert.equal(ids(apply(further, server.write("c0", "inbound"))), "234567890");
  const sent = apply(around, { type: "message_submitted", client_id: "x", conversation_id: "c0", body: { kind: "text", text: "hi" }, at: server.now() });
  assert.deepEqual([sent.threads.c0.messages.length, sent.threads.c0.stale], [1, true]);
});

Deno.test("what a search found stays with its list, and a conversation is in it once", () => {
  const server = new Server();
  for (const id of ["c0", "c1"]) server.open(id);
  const [c0, c1] = [...server.conversations.values()];
  const filter = { ...plainFilter("all"), q: "tea" };
  const match = (/** @type {string} */ text) => ({ message_id: text, text, marks: [], at: "2026" });
  const first = { type: "list_loaded", filter, items: [{ ...c0, match: match("newer") }], next_cursor: "n", fresh: true, searched_since: "2026-09-01" };
  const one = apply(server.load(), first);
  const two = apply(one, { ...first, items: [{ ...c0, match: match("older") }, { ...c1, match: null }], fresh: false, next_cursor: null });
  const list = listOf(two, keyOf(filter));
  assert.deepEqual(list.ids, ["c0", "c1"]);
  assert.deepEqual(list.matches, { c0: match("newer") });
  assert.deepEqual([listOf(one, keyOf(filter)).searched, list.searched, list.complete], ["2026-09-01", null, true]);
  assert.ok(!("match" in two.conversations.c0));
});

Deno.test("a message shows at once, and the server's row takes its place by client id", () => {
  const server = new Server();
  server.open("c0");
  const known = server.load();
  const sent = apply(known, { type: "message_submitted", client_id: "x1", conversation_id: "c0", body: { kind: "text", text: "hello" }, at: server.now() });
  assert.deepEqual(sent.threads.c0.messages.map((one) => [one.text, one.status]), [["hello", "waiting"]]);
  assert.equal(sent.outbox.length, 1);
  const event = server.write("c0", "outbound", { client_id: "x1", text: "hello" });
  const by_event = apply(sent, event);
  const { conversation: _, ...message } = event.data;
  const by_answer = apply(sent, { type: "message_taken", client_id: "x1", message });
  for (const state of [by_event, by_answer, apply(by_answer, event), apply(by_event, { type: "message_taken", client_id: "x1", message })]) {
    assert.deepEqual(state.threads.c0.messages.map((one) => [one.id, one.status]), [["c0-0000", "queued"]]);
    assert.equal(state.outbox.length, 0);
  }
});

Deno.test("an answer that comes after a later status does not move it back", () => {
  const server = new Server();
  server.open("c0");
  const known = apply(server.load(), { type: "message_submitted", client_id: "x1", conversation_id: "c0", body: { kind: "text", text: "hi" }, at: server.now() });
  const created = server.write("c0", "outbound", { client_id: "x1", text: "hi" });
  const { conversation: _, ...message } = structuredClone(created.data);
  const delivered = server.advance("c0", "delivered");
  const state = applyAll(known, [created, delivered, { type: "message_taken", client_id: "x1", message }]);
  assert.equal(state.threads.c0.messages[0].status, "delivered");
});

Deno.test("a refused message stays, with the reason", () => {
  const server = new Server();
  server.open("c0");
  const sent = apply(server.load(), { type: "message_submitted", client_id: "x1", conversation_id: "c0", body: { kind: "text", text: "hi" }, at: server.now() });
  const state = apply(sent, { type: "message_refused", client_id: "x1", conversation_id: "c0", error: { code: "window_closed" } });
  assert.deepEqual(state.threads.c0.messages.map((one) => [one.status, one.error?.code]), [["failed", "window_closed"]]);
  assert.equal(state.outbox.length, 0);
});

Deno.test("a conversation that goes out of sight is gone from lists, threads and counts", () => {
  const server = new Server();
  server.open("c0");
  server.open("c1");
  const known = server.load();
  const state = apply(known, server.remove("c0"));
  assert.deepEqual(visible(state), visible({ ...server.load(), cursor: state.cursor }));
});

Deno.test("the list below the loaded part stays unknown", () => {
  const server = new Server();
  for (const id of ["c0", "c1", "c2", "c3"]) server.open(id);
  const filter = plainFilter("all");
  const all = [...server.conversations.values()].reverse();
  const first = apply(apply(EMPTY, { type: "me_loaded", me: { id: "agent-me" } }), { type: "list_loaded", filter, items: all.slice(0, 2), next_cursor: "more", fresh: true });
  const ids = (/** @type {any} */ state) => listOf(state, keyOf(filter)).ids;
  const whole = (/** @type {string} */ id) => ({ ...server.conversations.get(id) });
  assert.deepEqual(ids(apply(first, { id: 90, type: "conversation.updated", conversation_id: "c0", data: whole("c0") })), ["c3", "c2"]);
  assert.deepEqual(ids(apply(first, { id: 91, type: "conversation.updated", conversation_id: "c0", data: { ...whole("c0"), last_message_at: server.now() } })), ["c0", "c3", "c2"]);
});

Deno.test("a reset keeps what is shown until it is loaded anew, and unsent messages after that", () => {
  const { server, known } = story(5);
  const id = [...server.conversations.keys()][0];
  const sent = apply(known, { type: "message_submitted", client_id: "x9", conversation_id: id, body: { kind: "text", text: "wait" }, at: server.now() });
  const after = apply(sent, { type: "reset", id: server.events.length });
  assert.equal(after.threads[id].messages.length, sent.threads[id].messages.length);
  const items = structuredClone(server.messages.get(id)).reverse();
  const loaded = apply(after, { type: "thread_loaded", conversation_id: id, items, fresh: true, complete: true });
  assert.deepEqual(loaded.threads[id].messages.map((one) => one.id), [...server.messages.get(id).map((/** @type {any} */ one) => one.id), "local:x9"]);
});

Deno.test("files and quotes are not taken away by an event that leaves them out", () => {
  const server = new Server();
  server.open("c0");
  server.write("c0", "inbound", { attachments: [{ id: "a1" }], reply_to: { id: "q" } });
  const known = server.load();
  const bare = { ...known.threads.c0.messages[0], attachments: [], reply_to: null, reactions: [{ emoji: "👍" }] };
  const [message] = apply(known, { id: 99, type: "message.updated", conversation_id: "c0", data: bare }).threads.c0.messages;
  assert.deepEqual([message.attachments, message.reply_to, message.reactions.length], [[{ id: "a1" }], { id: "q" }, 1]);
  const gone = { ...bare, deleted_at: server.now() };
  assert.deepEqual(apply(known, { id: 100, type: "message.updated", conversation_id: "c0", data: gone }).threads.c0.messages[0].attachments, []);
});

Deno.test("signs of typing fade", () => {
  const at = "2026-11-19T08:00:00Z";
  const state = apply(EMPTY, { type: "typing", conversation_id: "c0", at, data: { contact: true } });
  assert.ok(state.typing.c0.contact);
  assert.deepEqual(apply(state, { type: "typing_expired", now: Date.parse(at) + 7000 }).typing, {});
});

Deno.test("who has written is not typing any more", () => {
  const server = new Server();
  server.open("c0");
  const typing = apply(server.load(), { type: "typing", conversation_id: "c0", at: server.now(), data: { contact: true } });
  assert.deepEqual(apply(typing, server.write("c0", "inbound")).typing, { c0: {} });
});

Deno.test("kinds of events that nobody knows change only the cursor", () => {
  assert.deepEqual(apply(EMPTY, { id: 5, type: "campaign.updated", data: {} }), { ...EMPTY, cursor: 5 });
});
