// The drawn phone: head, chat, what is being typed. Elements stay, so that focus and a half-typed word stay.
import { api } from "./api.js";
import { account, app, part } from "./apps.js";
import { bubble, gist } from "./bubble.js";
import { avatar, badge, clock, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { fileWish, showKinds, showLine, showList, showSwitches } from "./menus.js";
import { install, openPerson } from "./person.js";
import { act, edit, goFace, say, send, tap } from "./say.js";
import { changed, isTyping, keyOf, openChat, person, state } from "./store.js";

const SHOWN = 120;
const READ_AFTER_MS = 700;
let drawn = new Map();
let drawnFor = "";
let reading = 0;

export function buildPhone() {
  const input = h("input", { id: "say-input", class: "f", autocomplete: "off", "aria-label": t("message"), placeholder: t("message"), oninput: goFace, onkeydown: keys, onpaste: paste });
  fill(document.getElementById("stage"),
    h("div", { class: "device", id: "device" }, h("div", { class: "screen" },
      h("div", { class: "statusbar" }, h("span", { id: "now" }, clock(Date.now() / 1000)), h("span", {}, icon("signal"), icon("battery"))),
      h("div", { class: "app-head", id: "app-head" }),
      h("div", { class: "chat", id: "chat", role: "log", "aria-label": t("phone"), tabindex: "-1" }),
      h("div", { class: "app-screen", id: "app-screen", hidden: true }),
      h("div", { id: "quote", hidden: true }),
      h("form", { class: "phone-type", id: "phone-type", onsubmit: (event) => { event.preventDefault(); say(); } },
        h("button", { type: "button", class: "plus", "aria-label": t("attach"), title: t("attach"), onclick: () => showKinds(send) }, icon("plus", "l")),
        input, h("button", { type: "submit", class: "go", id: "go", "aria-label": t("voice") }, icon("mic"))),
      h("div", { id: "sheet", hidden: true }))));
  drawn = new Map();
}

export function drawPhone() {
  const one = person();
  document.getElementById("now").textContent = clock(Date.now() / 1000);
  const screen = one && part().screens?.[state.screen];
  document.getElementById("device").className = `device ${state.app ?? ""}`;
  document.getElementById("phone-type").hidden = !one || state.screen !== "chat";
  document.getElementById("chat").hidden = Boolean(screen);
  document.getElementById("app-screen").hidden = !screen;
  if (!one) return state.human ? missing() : nobody();
  if (state.screen === "chats") return chats(one);
  head(screen);
  if (screen) return screen.draw(document.getElementById("app-screen"), tools());
  lines(one);
  quote();
  readSoon();
}

function nobody() {
  fill(document.getElementById("app-head"), h("div", { class: "nm grow" }, t("sandbox")));
  fill(document.getElementById("chat"), h("p", { class: "empty quiet small" }, t("no_people_why")));
}

/** This phone has not the open app. */
function missing() {
  fill(document.getElementById("app-head"), h("div", { class: "nm grow" }, app().label));
  drawn = new Map();
  drawnFor = "";
  const name = [...state.customers.values()].find((one) => one.person === state.human)?.name ?? "";
  fill(document.getElementById("chat"), h("div", { class: "empty" }, badge(state.app, true),
    h("p", { class: "small quiet" }, t("not_installed", { name, app: app().label })),
    h("button", { type: "button", class: "btn", onclick: async () => { await install(); changed("phone", "people", "apps"); } }, t("install"))));
}

/** What the app's own part of the page may use: who and where, what they can do, and how to draw anew. */
const tools = () => ({ customer: person(), account: account(), chat: openChat(), tap, send, act, find: (id) => openChat()?.lines.get(id), go: (screen) => { state.screen = screen; changed("phone"); } });

function head(screen) {
  const chat = openChat();
  const blocked = chat?.state.blocked_by_customer ? t("blocked") : chat?.state.blocked_by_account ? t("blocked_by") : "";
  const back = () => { state.screen = "chats"; changed("phone"); };
  fill(document.getElementById("app-head"),
    h("button", { type: "button", class: "head-btn", "aria-label": t("back"), title: t("back"), onclick: back }, icon("chevron-left")),
    part().face?.(account()) ?? shopFace(),
    h("div", { class: "grow" }, h("div", { class: "nm clip" }, account().name), h("div", { class: "sub clip" }, blocked || (isTyping() ? t("typing") : part().sub?.(account()) ?? t("online")))),
    doors(screen),
    h("button", { type: "button", class: "head-btn", "aria-label": t("more"), title: t("more"), onclick: showSwitches }, icon("ellipsis")));
}

/** The app's other screens: from the chat to each of them, and from there back to the chat. */
function doors(screen) {
  const others = Object.entries(part().screens ?? {}).filter(([, each]) => each !== screen).map(([name, each]) => [name, each.icon]);
  if (screen && !part().screens.chat) others.push(["chat", "message-circle"]);
  return others.map(([name, sign]) => h("button", { type: "button", class: "head-btn", "aria-label": t(`screen_${name}`), title: t(`screen_${name}`), onclick: () => tools().go(name) }, icon(sign)));
}

const shopFace = () => { const face = icon("seal"); face.setAttribute("class", "shop-face"); return face; };

function chats(one) {
  fill(document.getElementById("app-head"), avatar(one), h("div", { class: "grow" }, h("div", { class: "nm" }, t("chats")), h("div", { class: "sub clip" }, one.name)));
  drawn = new Map();
  const rows = state.accounts.filter((each) => each.channel === one.channel).map((each) => {
    const last = [...(state.chats.get(keyOf(each.id, one.id))?.lines.values() ?? [])].at(-1);
    return h("button", { type: "button", class: "menu-item chat-row", onclick: async () => { await openPerson(one.id, each.id); changed("phone", "people"); } },
      part().face?.(each) ?? shopFace(), h("span", { class: "grow" }, h("b", { class: "block clip" }, each.name), h("span", { class: "tiny quiet clip block" }, last ? gist(last) : each.display ?? "")));
  });
  fill(document.getElementById("chat"), rows, h("div", { class: "grow" }));
  document.getElementById("quote").hidden = true;
}

/** Draw only what changed: a bubble is kept while its line, the language and its quote are the same. */
function lines(one) {
  const box = document.getElementById("chat");
  const key = keyOf(state.account, one.id);
  const atEnd = key !== drawnFor || box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  if (key !== drawnFor) drawn = new Map();
  drawnFor = key;
  const chat = openChat();
  const shown = [...(chat?.lines.values() ?? [])].slice(-SHOWN);
  const context = { ...tools(), open: (line) => showLine(line, send, edit), openList: (line) => showList(line, tap), language: one.language, stamp: part().stamp };
  const wanted = shown.map((line) => {
    const looks = JSON.stringify(line) + document.documentElement.lang;
    if (drawn.get(line.id)?.looks !== looks) drawn.set(line.id, { looks, element: part().bubble?.(line, context) ?? bubble(line, context) });
    return drawn.get(line.id).element;
  });
  wanted.push(...(part().foot?.(shown, context) ?? []));
  if (!wanted.length) fill(box, h("p", { class: "empty quiet small" }, t("empty_chat")));
  else {
    for (const child of [...box.children]) if (!wanted.includes(child)) child.remove();
    wanted.forEach((element, index) => { if (box.children[index] !== element) box.insertBefore(element, box.children[index] ?? null); });
  }
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function quote() {
  const box = document.getElementById("quote");
  const line = state.replyTo && openChat()?.lines.get(state.replyTo);
  box.hidden = !line;
  if (line) fill(box, h("div", { class: "row" }, h("span", { class: "grow clip tiny" }, h("b", { class: "block" }, t("replying")), gist(line)), h("button", { type: "button", class: "head-btn", "aria-label": t("cancel"), onclick: () => { state.replyTo = null; changed("phone"); } }, icon("x", "s"))));
}

/** A chat that lies open before someone's eyes is read. */
function readSoon() {
  clearTimeout(reading);
  if (document.visibilityState !== "visible") return;
  const unread = [...(openChat()?.lines.values() ?? [])].some((line) => line.by === "business" && line.status === "delivered" && !line.extra.seen && line.extra.type !== "echo");
  if (unread) reading = setTimeout(() => api.act(state.who, { account: state.account, read: true }), READ_AFTER_MS);
}

/** Enter that ends a composition never sends. */
function keys(event) {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
}

async function paste(event) {
  const file = event.clipboardData.files[0];
  if (file) send(await fileWish(file));
}
