/** The chat window of a shop's page: <script src="https://…/chat/ID/widget.js" async></script> */

import { bubble, kindName } from "./bubbles.js";
import { h, icon } from "./dom.js";
import { dress } from "./look.js";
import { call, hurry, server } from "./net.js";
import { formPage, whatsappPage } from "./pages.js";
import { recall, remember, state, takeMessages, unread } from "./store.js";
import { enter, flush, left, logOut, place, say, sendFile, tellPage, tick, typed, who } from "./talk.js";

const TYPING_LASTS_MS = 8000;
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const parts = /** @type {Record<string, any>} */ ({});
const frame = { host: h("hawker-chat"), drawn: "", atEnd: true, peeked: "" };

/** Begin: looks first, a session only for who opens the window, was here before, or is logged in. */
async function begin() {
  const { dataset } = script;
  server.base = script.src.replace(/\/widget\.js.*$/, "");
  who.language = dataset.language || document.documentElement.lang || navigator.language;
  Object.assign(who, { identity: dataset.identity ?? "", user: dataset.user ?? "", userHash: dataset.userHash ?? "" });
  if (dataset.product) place.product = JSON.parse(dataset.product);
  recall(server.base.split("/").at(-1));
  try {
    state.looks = await call("GET", `looks?language=${encodeURIComponent(who.language)}`);
  } catch (refusal) {
    console.warn(`Hawker chat: not shown (${refusal.code}). Is ${location.origin} among the account's web addresses?`);
    return;
  }
  build(dataset);
  Object.assign(server, { onFrame: hear, onChange: draw, onEnded: left });
  if (state.token || who.identity || who.user) enter().catch(() => {});
  if (dataset.open !== undefined) show(true);
  watch();
}

function watch() {
  addEventListener("online", () => (hurry(), flush()));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && (hurry(), tick(), draw()));
  addEventListener("popstate", tellPage);
  setInterval(tellPage, 2000);
  setInterval(() => state.typingUntil && state.typingUntil < Date.now() && ((state.typingUntil = 0), draw()), 1000);
}

/** What the page may do: window.HawkerChat. */
const api = {
  open: () => show(true),
  close: () => show(false),
  /** Say who is logged in. @param {{ identity?: string, user?: string, userHash?: string }} proof */
  identify: (proof) => (Object.assign(who, { identity: "", user: "", userHash: "" }, proof), enter()),
  logOut,
  /** Say which product is looked at; null = none. @param {any} product */
  product: (product) => ((place.product = product), tellPage()),
};

const isPhone = () => matchMedia("(max-width: 480px)").matches;

function build(dataset) {
  const { words, title, colour, theme, position, uploads, whatsapp } = state.looks;
  const root = frame.host.attachShadow({ mode: "open" });
  dress(root, colour);
  frame.host.className = `${dataset.theme || theme} ${dataset.position || position}`;
  frame.host.lang = state.looks.language;
  const button = (name, glyph, act, props) => h("button", { type: "button", class: "round", "aria-label": words[name], title: words[name], onclick: act, ...props }, icon(glyph));
  parts.text = h("textarea", { rows: 1, maxlength: 4000, placeholder: words.write, "aria-label": words.write, enterkeyhint: "send", oninput: grow, onkeydown: keyed, onpaste: pasted });
  parts.go = button("send", "send", submit, { class: "round go" });
  const attach = uploads && h("label", { class: "round file", title: words.attach }, icon("clip"), h("input", { type: "file", class: "sr", accept: uploads.accept.join(","), multiple: true, "aria-label": words.attach, onchange: (event) => (sendAll(event.target.files), (event.target.value = "")) }));
  parts.log = h("div", { class: "log", role: "log", "aria-label": words.messages, tabindex: "0", onscroll: scrolled });
  parts.log.addEventListener("grown", () => frame.atEnd && toEnd());
  parts.newest = h("button", { type: "button", class: "newest", hidden: true, onclick: toEnd }, icon("down"), words.to_newest);
  parts.answering = h("div", { class: "answering", hidden: true });
  parts.write = h("div", { class: "write" }, attach, parts.text, parts.go);
  parts.chat = h("div", { class: "body" }, parts.log, parts.newest, parts.answering, parts.write);
  parts.other = h("div", { class: "body", hidden: true });
  parts.note = h("div", { class: "note", role: "status", hidden: true });
  parts.back = button("cancel", "back", () => go("chat"), { hidden: true });
  parts.sub = h("p", {});
  const head = h("header", {}, parts.back, h("div", {}, h("h2", {}, title), parts.sub), whatsapp && button("whatsapp", "phone", () => go("whatsapp")), button("close", "down", () => show(false)));
  parts.panel = h("section", { class: "panel", role: "dialog", "aria-label": title, hidden: true, onkeydown: trapped }, head, parts.note, parts.chat, parts.other);
  parts.peek = h("button", { type: "button", class: "peek", hidden: true, onclick: () => show(true) });
  parts.badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  parts.launch = h("button", { type: "button", class: "launch", "aria-expanded": "false", onclick: () => show(!state.open) });
  parts.live = h("div", { class: "sr", role: "status" });
  root.append(parts.panel, parts.peek, parts.launch, parts.badge, parts.live);
  document.body.append(frame.host);
  draw();
}

/** Open or close the window; the keyboard follows. @param {boolean} open */
function show(open) {
  if (!parts.panel || state.open === open) return;
  state.open = open;
  frame.host.classList.toggle("open", open);
  parts.panel.hidden = !open;
  parts.panel.setAttribute("aria-modal", String(open && isPhone()));
  if (open && !state.token) enter().catch(() => draw());
  draw();
  if (open) {
    toEnd();
    (state.view === "chat" ? parts.text : parts.other.querySelector("input") ?? parts.back).focus();
  } else parts.launch.focus();
  tick();
}

/** @param {typeof state.view} view */
function go(view) {
  state.view = view === "chat" && state.asked ? "form" : view;
  draw();
  if (state.view === "chat") parts.text.focus();
}

/** Escape closes; Tab stays inside. @param {KeyboardEvent} event */
function trapped(event) {
  if (event.key === "Escape") return event.stopPropagation(), show(false);
  if (event.key !== "Tab") return;
  const stops = [...parts.panel.querySelectorAll("button,a[href],input,textarea,summary,audio,video,[tabindex='0']")].filter((one) => !one.disabled && one.getClientRects().length);
  const now = frame.host.shadowRoot.activeElement;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (now === edge) {
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}

/** @param {KeyboardEvent} event */
function keyed(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
}

function submit() {
  const text = parts.text.value.trim();
  if (!text) return;
  parts.text.value = "";
  grow();
  say({ kind: "text", text }, { text });
  frame.atEnd = true;
  draw();
  if (!state.token) enter().catch(() => {});
}

function grow() {
  parts.text.rows = 1;
  parts.text.rows = Math.min(5, Math.round((parts.text.scrollHeight - 16) / 22));
  parts.go.disabled = !parts.text.value.trim();
  if (parts.text.value) typed();
}

/** @param {ClipboardEvent} event */
function pasted(event) {
  const files = event.clipboardData?.files ?? [];
  if (!files.length || !state.looks.uploads) return;
  event.preventDefault();
  sendAll(files);
}

/** @param {Iterable<File>} files */
function sendAll(files) {
  frame.atEnd = true;
  for (const file of files) sendFile(file);
}

/** @param {any} one */
function answer(one) {
  state.answering = one;
  draw();
  parts.text.focus();
}

function scrolled() {
  const { scrollTop, scrollHeight, clientHeight } = parts.log;
  frame.atEnd = scrollHeight - scrollTop - clientHeight < 60;
  parts.newest.hidden = frame.atEnd;
}

function toEnd() {
  parts.log.scrollTop = parts.log.scrollHeight;
}

/** Take what the server tells. @param {any} told */
function hear(told) {
  if (told.type === "history") {
    takeMessages(told.messages, told.reset);
    state.read = told.read || state.read;
  } else if (told.type === "message") {
    takeMessages([told.message], false);
    if (!told.message.mine && !told.message.deleted) announce(told.message);
  } else if (told.type === "typing") state.typingUntil = Date.now() + TYPING_LASTS_MS;
  else if (told.type === "read") state.read = told.id;
  else return;
  remember();
  tick();
  draw();
}

/** Say a new message to a screen reader while the log is not shown. @param {any} one */
function announce(one) {
  const text = one.text || state.looks.words[kindName(one.kind)];
  if (!state.open && frame.peeked !== one.id) parts.live.textContent = `${state.looks.words.new_message}: ${text}`;
}

function draw() {
  if (!parts.panel) return;
  const { words, away } = state.looks;
  const waiting = unread();
  const label = waiting ? (waiting > 1 ? words.new_messages.replace("{n}", String(waiting)) : words.new_message) : words.chat;
  parts.launch.setAttribute("aria-label", state.open ? words.close : label);
  parts.launch.setAttribute("aria-expanded", String(state.open));
  parts.launch.replaceChildren(icon(state.open ? "close" : "chat"));
  Object.assign(parts.badge, { textContent: waiting > 99 ? "99+" : String(waiting), hidden: !waiting || state.open });
  drawPeek(waiting);
  if (!state.open) return;
  parts.sub.textContent = away ? "" : words.online;
  const note = state.hint ? words[state.hint] : state.online ? away : words.offline;
  Object.assign(parts.note, { textContent: note, hidden: !note });
  drawView();
  parts.go.disabled = !parts.text.value.trim();
}

/** A word of the newest message beside the closed window. @param {number} waiting */
function drawPeek(waiting) {
  const newest = waiting ? state.messages.findLast((one) => !one.mine && !one.deleted) : null;
  parts.peek.hidden = state.open || !newest;
  if (newest) parts.peek.replaceChildren(h("span", {}, newest.text || state.looks.words[kindName(newest.kind)]));
}

function drawView() {
  const { view, looks } = state;
  parts.chat.hidden = view !== "chat";
  parts.other.hidden = view === "chat";
  parts.back.hidden = view !== "whatsapp";
  if (view === "chat") {
    frame.drawn = "";
    return drawLog();
  }
  if (frame.drawn === view) return;
  frame.drawn = view;
  parts.other.replaceChildren(view === "form" ? formPage(looks.words) : whatsappPage(looks.words));
}

/** What stands in the log: the greeting, messages, words on their way, dots; kept elements stay, so that nothing jumps or plays anew. */
function drawLog() {
  const { words, greeting, language } = state.looks;
  const waiting = state.outbox.map((one) => ({ ...one.shown, mine: true, kind: "text", id: one.cid, at: one.at, failed: one.failed, word: one, text: one.shown?.text ?? one.word.text ?? "", reply: one.quote && { mine: one.quote.mine, kind: one.quote.kind, text: one.quote.text }, files: one.shown?.file ? [{ url: one.shown.url, mime: one.shown.url ? "image/" : "", name: one.shown.file.name, size: one.shown.file.size }] : [] }));
  const all = [...state.messages, ...waiting];
  const rows = [["greeting", () => h("div", { class: "m first last" }, h("div", { class: "b" }, greeting))]];
  let day = "";
  const newestTap = all.findLastIndex((one) => one.buttons || one.sections || one.cards);
  const answered = all.findLastIndex((one) => one.mine);
  all.forEach((one, n) => {
    const today = dayOf(one.at, words, language);
    if (today !== day) rows.push([`day ${today}`, () => h("div", { class: "day" }, today)]);
    const first = today !== day || all[n - 1]?.mine !== one.mine;
    const last = all[n + 1]?.mine !== one.mine || dayOf(all[n + 1].at, words, language) !== today;
    const newest = n === newestTap && n > answered;
    day = today;
    const look = JSON.stringify([one.id, first, last, newest, one.text, one.edited, one.deleted, one.reactions, one.failed, one.word?.safe, one.files?.length, one.mine && last && state.read]);
    rows.push([look, () => bubble(one, { first, last, newest, answer })]);
  });
  if (state.typingUntil) rows.push(["dots", () => h("div", { class: "m first" }, h("div", { class: "b dots", role: "img", "aria-label": words.typing }, h("i"), h("i"), h("i")))]);
  placeRows(rows);
  parts.answering.hidden = !state.answering;
  if (state.answering) parts.answering.replaceChildren(icon("reply"), h("span", { class: "clip" }, state.answering.text || words[kindName(state.answering.kind)]), h("button", { type: "button", class: "round", "aria-label": words.cancel, onclick: () => ((state.answering = null), draw()) }, icon("close")));
}

/** @param {[string, () => HTMLElement][]} rows */
function placeRows(rows) {
  const known = new Map([...parts.log.children].map((one) => [one.look, one]));
  const wanted = rows.map(([look, make]) => known.get(look) ?? Object.assign(make(), { look }));
  const keep = new Set(wanted);
  for (const one of [...parts.log.children]) if (!keep.has(one)) one.remove();
  wanted.forEach((one, n) => parts.log.children[n] !== one && parts.log.insertBefore(one, parts.log.children[n] ?? null));
  if (frame.atEnd) toEnd();
}

/** @param {string} at @param {Record<string, string>} words @param {string} language */
function dayOf(at, words, language) {
  const day = new Date(at).toDateString();
  if (day === new Date().toDateString()) return words.today;
  if (day === new Date(Date.now() - 864e5).toDateString()) return words.yesterday;
  return new Date(at).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
}

if (!Object.hasOwn(globalThis, "HawkerChat")) {
  Object.assign(globalThis, { HawkerChat: api });
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
}
