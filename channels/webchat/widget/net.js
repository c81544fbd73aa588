/** Talking to the server: requests, the socket that comes back by itself, and waiting requests where sockets are blocked. */

import { state } from "./store.js";

const LONGEST_PAUSE_MS = 30_000;
const PING_MS = 25_000;
const POLL_AFTER_FAILURES = 3;

export const server = { base: "", onFrame: /** @type {(frame: any) => void} */ (() => {}), onChange: () => {}, onEnded: () => {} };

let socket = /** @type {WebSocket|null} */ (null);
let failures = 0;
let timer = 0;
let polling = false;

/** A refusal, by its code; `status` 0 = nobody answered. */
export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {any} [more] */
  constructor(status, code, more) {
    super(code);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** Ask the server. @param {string} method @param {string} path @param {any} [body] @param {Record<string, string>} [headers] */
export async function call(method, path, body, headers) {
  let answer;
  try {
    answer = await fetch(`${server.base}/api/${path}`, {
      method,
      mode: "cors",
      credentials: "omit",
      headers: { ...(state.token && { authorization: `Bearer ${state.token}` }), ...headers },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, "offline");
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Refusal(answer.status, told.error?.code ?? "unknown", { detail: told.error?.detail, wait: Number(answer.headers.get("retry-after")) });
}

/** Say a small word: by the socket if it is open. @param {any} word */
export function tell(word) {
  if (socket?.readyState === 1) socket.send(JSON.stringify(word));
  else if (state.token) call("POST", "words", word).catch(() => {});
}

/** Stay connected from now on. */
export function connect() {
  if (socket || polling || !state.token) return;
  const mine = (socket = new WebSocket(`${server.base.replace(/^http/, "ws")}/ws`));
  const ping = setInterval(() => mine.readyState === 1 && mine.send('{"type":"ping"}'), PING_MS);
  mine.onopen = () => mine.send(JSON.stringify({ type: "hello", token: state.token, after: newestId() }));
  mine.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    if (frame.type === "history") settle(true);
    server.onFrame(frame);
  };
  mine.onclose = (event) => {
    clearInterval(ping);
    if (socket !== mine) return;
    socket = null;
    ended(event.code);
  };
}

/** Let go of the connection. */
export function disconnect() {
  clearTimeout(timer);
  polling = false;
  const old = socket;
  socket = null;
  old?.close();
}

function ended(code) {
  if (code === 4401) return server.onEnded();
  if (code === 4403 || code === 4404) return;
  failures++;
  settle(false);
  if (failures >= POLL_AFTER_FAILURES) return poll();
  again(connect);
}

/** Come back after a pause that grows, and differs from page to page. @param {() => void} act */
function again(act) {
  clearTimeout(timer);
  const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures);
  timer = setTimeout(act, pause * (0.5 + Math.random() / 2));
}

async function poll() {
  if (polling || !state.token) return;
  polling = true;
  while (polling) {
    try {
      const after = newestId();
      const frame = await call("GET", `messages?after=${after}&wait=${after ? 25 : 0}`);
      settle(true);
      server.onFrame(frame);
      if (!after && !frame.messages.length) await new Promise((done) => setTimeout(done, 4000));
    } catch (refusal) {
      if (refusal.status === 401) {
        polling = false;
        return server.onEnded();
      }
      failures++;
      settle(false);
      await new Promise((done) => setTimeout(done, Math.min(LONGEST_PAUSE_MS, 1000 * failures)));
    }
  }
}

/** @param {boolean} online */
function settle(online) {
  if (online) failures = 0;
  if (state.online === online) return;
  state.online = online;
  server.onChange();
}

const newestId = () => state.messages.at(-1)?.id ?? "";

/** Come back at once: the network is there again, or somebody looks. */
export function hurry() {
  if (!state.token || socket || polling) return;
  clearTimeout(timer);
  connect();
}
