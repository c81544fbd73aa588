/** The conversation: sessions, words on their way until they are safe, files, ticks, and what is being looked at. */

import { call, connect, disconnect, server, tell } from "./net.js";
import { forget, newestTheirs, remember, state } from "./store.js";

const TYPING_EVERY_MS = 3000;

export const who = { language: "", identity: "", user: "", userHash: "" };
export const place = { product: /** @type {any} */ (null) };

let entering = /** @type {Promise<void>|null} */ (null);
let sending = false;
let typedAt = 0;
let toldPage = "";

/** Have a session: go on with the browser's, or begin one. */
export function enter() {
  return (entering ??= open().finally(() => (entering = null)));
}

async function open() {
  const wish = { language: who.language, identity: who.identity, user: who.user, user_hash: who.userHash };
  let told;
  try {
    told = await call("POST", "session", wish);
  } catch (refusal) {
    if (refusal.code !== "identity_invalid") throw refusal;
    console.warn(`Hawker chat: nobody is logged in, ${refusal.more.detail}`);
    Object.assign(who, { identity: "", user: "", userHash: "" });
    return open();
  }
  if (told.token) {
    const { outbox } = state;
    const fresh = !state.token;
    disconnect();
    forget();
    Object.assign(state, { token: told.token, outbox: fresh ? outbox : [] });
  }
  Object.assign(state, { asked: told.asked, user: told.user });
  if (told.asked) state.view = "form";
  remember();
  connect();
  tellPage();
  flush();
  server.onChange();
}

/** The session is over: forget what it showed; whoever looks begins anew. */
export function left() {
  disconnect();
  forget();
  remember();
  if (state.open) enter().catch(() => {});
  server.onChange();
}

/** Log out: nothing of this visitor stays on this browser. */
export async function logOut() {
  Object.assign(who, { identity: "", user: "", userHash: "" });
  if (state.token) await call("DELETE", "session").catch(() => {});
  left();
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Put a word on its way. @param {any} word @param {any} [shown] what the window shows of it meanwhile @param {any} [more] its file, or why it fails */
export function say(word, shown, more) {
  const cid = newId();
  const reply_to = word.reply_to ?? state.answering?.ref ?? "";
  state.outbox.push({ cid, at: new Date().toISOString(), word: { type: "message", client_id: cid, page: page(), ...word, reply_to }, shown, quote: state.answering, ...more });
  state.answering = null;
  remember();
  server.onChange();
  flush();
}

/** Send what waits, in its order, again and again until it is safe or refused. */
export async function flush() {
  if (sending || !state.token) return;
  sending = true;
  let pause = 1000;
  for (let next; (next = state.outbox.find((one) => !one.failed && !one.safe)); ) {
    try {
      if (next.file) await upload(next);
      await call("POST", "words", next.word);
      next.safe = true;
    } catch (refusal) {
      if (refusal.status === 401) break;
      if (refusal.status === 0 || refusal.status === 503 || refusal.status === 429) {
        state.hint = refusal.status === 429 ? "too_fast" : "";
        await new Promise((done) => setTimeout(done, (refusal.more?.wait || 0) * 1000 || (pause = Math.min(pause * 2, 20_000))));
        state.hint = "";
      } else next.failed = refusal.code;
    }
    remember();
    server.onChange();
  }
  sending = false;
}

/** @param {any} next */
async function upload(next) {
  const told = await call("POST", "files", next.file, { "content-type": next.file.type || "application/octet-stream", "x-file-name": encodeURIComponent(next.file.name) });
  next.word.file = told.file;
  delete next.file;
}

/** @param {File} file */
export function sendFile(file) {
  const most = state.looks.uploads.max_mib;
  const failed = file.size > most * 1024 * 1024 && "file_too_large";
  say({ kind: "file" }, { file, url: file.type.startsWith("image/") ? URL.createObjectURL(file) : "" }, { file, failed });
}

/** Try a failed word again. @param {any} word */
export function retry(word) {
  delete word.failed;
  server.onChange();
  flush();
}

/** Tell how far the shop's messages have come; read = somebody has the window before the eyes. */
export function tick() {
  const newest = newestTheirs();
  if (!newest || newest.read) return;
  const status = state.open && state.view === "chat" && document.visibilityState === "visible" ? "read" : "delivered";
  if (state.seen[status] === newest.id || state.seen.read === newest.id) return;
  state.seen[status] = newest.id;
  tell({ type: "seen", status, id: newest.id });
}

export function typed() {
  if (Date.now() - typedAt < TYPING_EVERY_MS || !state.messages.length) return;
  typedAt = Date.now();
  tell({ type: "typing" });
}

/** The page and the product that are looked at: what the shop told, else what the page says of itself. */
export function page() {
  return { url: location.href, title: document.title, product: place.product ?? described() };
}

function described() {
  const meta = (name) => /** @type {HTMLMetaElement|null} */ (document.querySelector(`meta[property="${name}"]`))?.content ?? "";
  if (meta("og:type") !== "product") return undefined;
  return { name: meta("og:title"), image_url: meta("og:image"), url: meta("og:url"), price: [meta("product:price:currency"), meta("product:price:amount")].join(" ").trim() };
}

/** Tell which page is looked at, once for each. */
export function tellPage() {
  const now = page();
  const name = JSON.stringify([now.url, now.product]);
  if (!state.token || name === toldPage) return;
  toldPage = name;
  tell({ type: "page", page: now });
}

/** Answer the form before the chat. @param {Record<string, string>} values @param {boolean} agreed */
export async function answerForm(values, agreed) {
  await call("POST", "words", { type: "form", client_id: newId(), values, agreed, page: page() });
  Object.assign(state, { asked: false, view: "chat" });
  server.onChange();
}

export const handOver = () => call("POST", "hand-over", {});
