// The left column: who can be played, and the foot with language and theme.
import { api } from "./api.js";
import { avatar, fill, h, icon } from "./dom.js";
import { drawCrowd } from "./crowd.js";
import { setLanguage, t } from "./i18n.js";
import { showKeys, showNewPerson } from "./dialogs.js";
import { keyOf, setChat, state } from "./store.js";

const CROWD_SHOWN = 6;

export function drawPeople(select) {
  const everybody = [...state.customers.values()];
  const crowd = everybody.filter((one) => one.crowd);
  const shown = [...everybody.filter((one) => !one.crowd), ...crowd.slice(-CROWD_SHOWN)];
  const side = document.getElementById("side");
  const at = side.querySelector("[role=listbox]")?.scrollTop ?? 0;
  const focused = document.activeElement?.dataset?.person;
  fill(
    side,
    h("div", { class: "brand" }, seal(), h("span", { class: "grow" }, t("sandbox")), h("span", { class: "tag t4" }, t("not_real"))),
    h("p", { class: "tiny quiet intro" }, t("intro")),
    h("button", { type: "button", class: "btn ghost sm keys", onclick: () => showKeys() }, icon("key-round"), t("keys")),
    h("div", { class: "side-h" }, t("people"),
      h("button", { type: "button", class: "btn icon-only sm", "aria-label": t("new_person"), title: t("new_person"), onclick: () => showNewPerson(select) }, icon("user-plus"))),
    h("div", { role: "listbox", "aria-label": t("people"), onkeydown: move }, shown.map((one) => row(one, select))),
    shown.length ? null : empty(),
    crowd.length > CROWD_SHOWN ? h("p", { class: "tiny quiet intro" }, t("crowd_more", { n: crowd.length - CROWD_SHOWN })) : null,
    h("div", { id: "crowd" }),
    h("div", { class: "grow" }),
    foot(),
  );
  drawCrowd();
  side.querySelector("[role=listbox]").scrollTop = at;
  if (focused) side.querySelector(`[data-person="${focused}"]`)?.focus();
}

const empty = () => h("div", { class: "nobody" }, icon("users"), h("b", {}, t("no_people")), h("span", { class: "tiny quiet" }, t("no_people_why")));

function seal() {
  const svg = icon("seal");
  svg.setAttribute("class", "seal");
  return svg;
}

function row(one, select) {
  const isOpen = one.id === state.who;
  const unread = state.unread.get(one.id);
  return h("div", {
    class: isOpen ? "person on" : "person", role: "option", tabindex: isOpen || (!state.who && one === state.customers.values().next().value) ? "0" : "-1",
    "aria-selected": String(isOpen), "data-person": one.id, onclick: () => select(one.id),
  },
    avatar(one),
    h("span", { class: "grow" },
      h("span", { class: "medium clip line", lang: one.language || null }, one.name),
      h("span", { class: "tiny quiet clip line" }, one.phone ? `+${grouped(one.phone)}${one.place ? ` · ${one.place}` : ""}` : one.username)),
    unread ? h("span", { class: "count" }, String(unread)) : null,
    one.online ? null : h("span", { class: "quiet" }, icon("wifi-off", "xs")));
}

/** Arrow keys walk the list, Enter plays the person. */
function move(event) {
  const rows = [...event.currentTarget.children];
  const at = rows.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
  else if (event.key === "Enter" || event.key === " ") document.activeElement.click();
  else return;
  event.preventDefault();
}

const GROUPS = { 852: [4, 4], 853: [4, 4], 886: [3, 3, 3], 86: [3, 4, 4], 44: [4, 6], 63: [3, 3, 4], 1: [3, 3, 4] };

/** Digits as people write them, by country: 852 5550 1847. */
function grouped(phone) {
  const code = [3, 2, 1].map((length) => phone.slice(0, length)).find((start) => GROUPS[start]);
  if (!code) return phone;
  let at = code.length;
  return [code, ...GROUPS[code].map((size) => phone.slice(at, (at += size))), phone.slice(at)].filter(Boolean).join(" ");
}

function foot() {
  const lang = document.documentElement.lang;
  const language = (code, label) =>
    h("button", { type: "button", role: "tab", "aria-selected": String(lang === code), lang: code, onclick: () => { setLanguage(code); dispatchEvent(new Event("redraw")); } }, label);
  return h("div", { class: "foot" },
    h("div", { class: "seg", role: "tablist", "aria-label": t("language") }, language("en", "EN"), language("zh-Hant", "繁"), language("zh-Hans", "简")),
    h("button", { type: "button", class: "btn icon-only sm", "aria-label": t("theme"), title: t("theme"), onclick: flipTheme }, icon(isDark() ? "sun" : "moon")));
}

const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function flipTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("sandbox.theme", document.documentElement.dataset.theme);
  dispatchEvent(new Event("redraw"));
}

/** Open a person's phone, on the account they talked with last or the first of their app. */
export async function openPerson(id, account) {
  const one = state.customers.get(id);
  const fitting = state.accounts.filter((each) => each.channel === one.channel);
  state.who = id;
  state.account = account ?? (fitting.find((each) => each.id === one.lastAccount) ?? fitting[0]).id;
  state.replyTo = null;
  state.screen = "chat";
  state.unread.delete(id);
  localStorage.setItem("sandbox.who", id);
  if (!state.chats.has(keyOf(state.account, id))) setChat(state.account, id, await api.chat(id, state.account));
}
