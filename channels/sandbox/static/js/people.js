// The left column: who can be played, and the foot with language and theme.
import { avatar, badge, fill, h, icon } from "./dom.js";
import { drawCrowd } from "./crowd.js";
import { setLanguage, t } from "./i18n.js";
import { showKeys, showNewPerson } from "./dialogs.js";
import { onApp, state } from "./store.js";

const CROWD_SHOWN = 6;

export function drawPeople(select) {
  const everybody = humans();
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

/** One customer for each human: as whom they are on the open app, else on the first that they use. */
function humans() {
  const all = new Map();
  for (const one of state.customers.values()) if (!all.has(one.person)) all.set(one.person, onApp(one.person, state.app) ?? one);
  return [...all.values()];
}

function row(one, select) {
  const isOpen = one.person === state.human;
  const apps = [...state.customers.values()].filter((each) => each.person === one.person);
  const unread = apps.reduce((sum, each) => sum + (state.unread.get(each.id) ?? 0), 0);
  return h("div", {
    class: isOpen ? "person on" : "person", role: "option", tabindex: isOpen || (!state.human && one === state.customers.values().next().value) ? "0" : "-1",
    "aria-selected": String(isOpen), "data-person": one.id, onclick: () => select(one.id),
  },
    avatar(one),
    h("span", { class: "grow" },
      h("span", { class: "medium clip line", lang: one.language || null }, one.name),
      h("span", { class: "tiny quiet clip line" }, [one.username || (one.phone && `+${grouped(one.phone)}`), one.place].filter(Boolean).join(" · "))),
    apps.length > 1 ? h("span", { class: "row also" }, apps.filter((each) => each !== one).map((each) => badge(each.channel))) : null,
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
