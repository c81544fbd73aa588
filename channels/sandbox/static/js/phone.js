// The drawn phone: head, chat, what is being typed. Elements stay, so that focus and a half-typed word stay.
import { api } from "./api.js";
import { bubble, gist } from "./bubble.js";
import { avatar, clock, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { fileWish, showKinds, showLine, showList, showSwitches } from "./menus.js";
import { openPerson } from "./people.js";
import { edit, goFace, say, send, tap } from "./say.js";
import { changed, isTyping, keyOf, openChat, person, state } from "./store.js";

const SHOWN = 120;
const READ_AFTER_MS = 700;
let drawn = new Map();
let drawnFor = "";
let reading = 0;

export function buildPhone() {
  const input = h("input", { id: "say-input", class: "f", autocomplete: "off", "aria-label": t("message"), placeholder: t("message"), oninput: goFace, onkeydown: keys, onpaste: paste });
  fill(document.getElementById("stage"),
    h("div", { class: "device whatsapp", id: "device" }, h("div", { class: "screen" },
      h("div", { class: "statusbar" }, h("span", { id: "now" }, clock(Date.now() / 1000)), h("span", {}, icon("signal"), icon("battery"))),
      h("div", { class: "app-head", id: "app-head" }),
      h("div", { class: "chat", id: "chat", role: "log", "aria-label": t("phone"), tabindex: "-1" }),
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
  document.getElementById("phone-type").hidden = !one || state.screen !== "chat";
  if (!one) return nobody();
  document.getElementById("device").className = `device ${one.channel}`;
  if (state.screen === "chats") return chats(one);
  head();
  lines(one);
  quote();
  readSoon();
}

function nobody() {
  fill(document.getElementById("app-head"), h("div", { class: "nm grow" }, t("sandbox")));
  fill(document.getElementById("chat"), h("p", { class: "empty quiet small" }, t("no_people_why")));
}

const account = () => state.accounts.find((each) => each.id === state.account);

function head() {
  const chat = openChat();
  const blocked = chat?.state.blocked_by_customer ? t("blocked") : chat?.state.blocked_by_account ? t("blocked_by") : "";
  const back = () => { state.screen = "chats"; changed("phone"); };
  fill(document.getElementById("app-head"),
    h("button", { type: "button", class: "head-btn", "aria-label": t("back"), title: t("back"), onclick: back }, icon("chevron-left")),
    shopFace(),
    h("div", { class: "grow" }, h("div", { class: "nm clip" }, account().name), h("div", { class: "sub" }, blocked || (isTyping() ? t("typing") : t("online")))),
    icon("phone"),
    h("button", { type: "button", class: "head-btn", "aria-label": t("more"), title: t("more"), onclick: showSwitches }, icon("ellipsis")));
}

const shopFace = () => { const face = icon("seal"); face.setAttribute("class", "shop-face"); return face; };

function chats(one) {
  fill(document.getElementById("app-head"), avatar(one), h("div", { class: "grow" }, h("div", { class: "nm" }, t("chats")), h("div", { class: "sub clip" }, one.name)));
  drawn = new Map();
  const rows = state.accounts.filter((each) => each.channel === one.channel).map((each) => {
    const last = [...(state.chats.get(keyOf(each.id, one.id))?.lines.values() ?? [])].at(-1);
    return h("button", { type: "button", class: "menu-item chat-row", onclick: async () => { await openPerson(one.id, each.id); changed("phone", "people"); } },
      shopFace(), h("span", { class: "grow" }, h("b", { class: "block clip" }, each.name), h("span", { class: "tiny quiet clip block" }, last ? gist(last) : each.display_phone ?? "")));
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
  const context = { tap, open: (line) => showLine(line, send, edit), openList: (line) => showList(line, tap), find: (id) => chat.lines.get(id), language: one.language };
  const wanted = shown.map((line) => {
    const looks = JSON.stringify(line) + document.documentElement.lang;
    if (drawn.get(line.id)?.looks !== looks) drawn.set(line.id, { looks, element: bubble(line, context) });
    return drawn.get(line.id).element;
  });
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
