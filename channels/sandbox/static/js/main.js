// Boot: load what is, listen to what changes, draw.
import { api } from "./api.js";
import { loadParts, part } from "./apps.js";
import { badge, fill, h, icon } from "./dom.js";
import { drawCrowd } from "./crowd.js";
import { speak, t } from "./i18n.js";
import { listen } from "./live.js";
import { drawPeople } from "./people.js";
import { openPerson } from "./person.js";
import { buildPhone, drawPhone } from "./phone.js";
import { closeSheet } from "./sheet.js";
import { apply, changed, draws, onApp, state } from "./store.js";
import { drawTrouble } from "./trouble.js";
import { drawWire } from "./wire.js";

const TABS = [["people", "users"], ["phone", "phone"], ["trouble", "zap"]];

async function load() {
  const [apps, accounts, customers, faults, wire, scripts] = await Promise.all([api.apps(), api.accounts(), api.customers(), api.faults(), api.wire(), api.scripts()]);
  Object.assign(state, { apps, accounts, faults, scripts, wire: wire.items, lastMinute: wire.last_minute });
  state.customers = new Map(customers.map((one) => [one.id, one]));
  state.chats.clear();
  state.app ??= apps[0]?.name;
  await loadParts();
  const again = Boolean(state.human);
  const wanted = again ? state.who : new URLSearchParams(location.search).get("customer") ?? localStorage.getItem("sandbox.who");
  const first = state.customers.get(wanted) ?? (again ? null : customers[0]);
  if (first) await openPerson(first.id, first.id === state.who ? state.account : undefined);
}

async function select(id) {
  closeSheet();
  await openPerson(id);
  showTab("phone");
  changed("people", "phone", "apps", "trouble");
}

/** Take up another app of the same phone; somebody who does not use it yet is asked to install it. */
async function choose(app) {
  const one = onApp(state.human, app.name);
  if (one) return await select(one.id);
  closeSheet();
  Object.assign(state, { app: app.name, who: null, account: null, screen: part().home ?? "chat" });
  speak(app.name);
  showTab("phone");
  changed("people", "phone", "apps", "trouble");
}

function drawApps() {
  fill(document.getElementById("apps"), state.apps.map((app) => {
    const unread = state.unread.get(onApp(state.human, app.name)?.id);
    return h("button", { type: "button", role: "tab", "aria-selected": String(app.name === state.app), onclick: () => choose(app) },
      h("span", { class: "app-icon" }, badge(app.name, true), unread ? h("span", { class: "count" }, String(unread)) : null), app.label);
  }));
}

function drawTabs() {
  const now = document.body.dataset.tab;
  fill(document.getElementById("tabs"), TABS.map(([name, sign]) => h("button", { type: "button", "aria-current": name === now ? "page" : null, onclick: () => showTab(name) }, icon(sign), t(name))));
}

function showTab(name) {
  document.body.dataset.tab = name;
  drawTabs();
}

function drawAll() {
  document.title = `${t("sandbox")} · Hawker`;
  fill(document.getElementById("right"), h("div", { class: "sect", id: "trouble" }), h("div", { class: "sect wire-box", id: "wire" }));
  buildPhone();
  drawTabs();
  for (const draw of [drawApps, () => drawPeople(select), drawPhone, drawTrouble, drawWire]) draw();
}

/** What the app refused is said at the foot of the page for six seconds. */
function showRefusal({ detail }) {
  const toast = h("div", { class: "toast lab-toast", role: "status" }, detail);
  document.body.append(toast);
  setTimeout(() => toast.remove(), 6000);
}

async function reload() {
  await load();
  changed("apps", "people", "phone", "trouble", "wire", "crowd");
}

draws("apps", drawApps);
draws("people", () => drawPeople(select));
draws("phone", drawPhone);
draws("trouble", drawTrouble);
draws("wire", drawWire);
draws("crowd", drawCrowd);
addEventListener("redraw", drawAll);
addEventListener("refused", showRefusal);
addEventListener("visibilitychange", () => changed("phone"));
setInterval(() => changed("phone"), 20_000);

await load();
drawAll();
listen((frame) => {
  if (frame.type === "reset") reload();
  else if (frame.type === "accounts") api.accounts().then((accounts) => { state.accounts = accounts; changed("phone", "trouble"); });
  else if (frame.type === "customer" && !state.human) { apply(frame); select(frame.customer.id); }
  else apply(frame);
}, reload);
