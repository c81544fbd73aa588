/** The JSON API: one function per request, answers as they come, refusals as ApiError. */

/** @typedef {import("./types.d.ts").Json} Json */

const BASE = "/api/v1";

/** Sent with everything that changes something; comes with GET /me. */
let csrfToken = "";

/** @param {string} token */
export const useCsrf = (token) => {
  csrfToken = token;
};

/** A request that was not answered with success. `status` 0: it never reached the server, or no answer came back. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {Record<string, string>} [fields]
   */
  constructor(status, code, message, fields = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  /** May the same request succeed when it is made again? */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  const body = await answer.json().catch(() => ({}));
  const { code = "server_error", message = "", fields } = body.error ?? {};
  return new ApiError(answer.status, code, message, fields);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ body?: Json, query?: Record<string, string>, key?: string, signal?: AbortSignal, keepalive?: boolean }} [given] `keepalive`: it goes out though the page is left
 * @returns {Promise<any>}
 */
export async function request(method, path, { body, query, key, signal, keepalive } = {}) {
  const search = query ? `?${new URLSearchParams(query)}` : "";
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-csrf-token"] = csrfToken;
  if (body) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  const asked = { method, headers, body: body && JSON.stringify(body), signal, keepalive };
  const answer = await fetch(BASE + path + search, asked).catch((error) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "offline", "");
  });
  if (answer.status === 401 && path !== "/login") location.assign("/login");
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? null : answer.json();
}

/**
 * @param {string} path
 * @param {Record<string, string>} [query]
 * @param {AbortSignal} [signal]
 */
export const get = (path, query, signal) => request("GET", path, { query, signal });
export const post = (/** @type {string} */ path, /** @type {Json} */ body, /** @type {string} */ key) =>
  request("POST", path, { body, key });
export const patch = (/** @type {string} */ path, /** @type {Json} */ body) => request("PATCH", path, { body });
export const put = (/** @type {string} */ path, /** @type {Json} */ body) => request("PUT", path, { body });
export const remove = (/** @type {string} */ path) => request("DELETE", path);

export const logout = () => post("/logout", {}, "");
export const me = () => get("/me");
export const changeMe = (/** @type {Json} */ changes) => patch("/me", changes);
export const setPresence = (/** @type {string} */ state) => put("/me/presence", { state });

export const agents = () => get("/agents", { limit: "200" });
export const teams = () => get("/teams", { limit: "200" });
export const tags = () => get("/tags", { limit: "200" });
export const channelAccounts = () => get("/channel-accounts", { limit: "200" });

/**
 * @param {Record<string, string>} query
 * @param {AbortSignal} [signal]
 */
export const conversations = (query, signal) => get("/conversations", query, signal);
export const counts = () => get("/conversations/counts");
export const conversation = (/** @type {string} */ id) => get(`/conversations/${id}`);
export const messages = (/** @type {string} */ id, /** @type {Record<string, string>} */ query) => get(`/conversations/${id}/messages`, query);
export const changeConversation = (/** @type {string} */ id, /** @type {Json} */ changes) => patch(`/conversations/${id}`, changes);
export const assign = (/** @type {string} */ id, /** @type {Json} */ to) => put(`/conversations/${id}/assignment`, to);
export const actOnMany = (/** @type {Json} */ body, /** @type {string} */ key) => post("/conversations/bulk", body, key);
export const actOf = (/** @type {string} */ id) => get(`/conversations/bulk/${id}`);
export const undoMany = (/** @type {string} */ undo_token) => post("/conversations/bulk/undo", { undo_token }, "");
export const markRead = (/** @type {string} */ id, /** @type {string} */ message_id) => put(`/conversations/${id}/read`, { message_id });
export const visit = (/** @type {string} */ id) => get(`/conversations/${id}/visit`);
export const sayTyping = (/** @type {string} */ id) => post(`/conversations/${id}/typing`, {}, "");
export const saveDraft = (/** @type {string} */ id, /** @type {string} */ text, leaving = false) =>
  request("PUT", `/conversations/${id}/draft`, { body: { text }, keepalive: leaving });

export const send = (/** @type {string} */ id, /** @type {Json} */ body) => post(`/conversations/${id}/messages`, body, body.client_id ?? "");
export const resend = (/** @type {string} */ message_id, /** @type {string} */ client_id) => post(`/messages/${message_id}/resend`, { client_id }, client_id);
export const cancel = (/** @type {string} */ message_id) => post(`/messages/${message_id}/cancel`, {}, "");

export const contacts = (/** @type {string} */ q) => get("/contacts", { q, limit: "8" });
export const contact = (/** @type {string} */ id) => get(`/contacts/${id}`);
export const changeContact = (/** @type {string} */ id, /** @type {Json} */ changes) => patch(`/contacts/${id}`, changes);

/**
 * Upload a file. fetch() tells nothing of progress, so this is the one XMLHttpRequest.
 * @param {Blob} file
 * @param {string} filename
 * @param {(share: number) => void} progress from 0 to 1
 * @returns {{ done: Promise<any>, abort: () => void }}
 */
export function upload(file, filename, progress) {
  const asked = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file, filename);
  const done = new Promise((resolve, reject) => {
    asked.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
    asked.onerror = () => reject(new ApiError(0, "offline", ""));
    asked.onload = () => {
      const body = asked.response ?? {};
      if (asked.status < 300) resolve(body);
      else reject(new ApiError(asked.status, body.error?.code ?? "server_error", body.error?.message ?? "", body.error?.fields));
    };
  });
  asked.responseType = "json";
  asked.open("POST", `${BASE}/media`);
  asked.setRequestHeader("x-csrf-token", csrfToken);
  asked.send(form);
  return { done, abort: () => asked.abort() };
}
