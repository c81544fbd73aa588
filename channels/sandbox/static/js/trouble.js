// Faults: a switch and at most one slider each, the effect in words. Sliders act when they are let go.
import { api } from "./api.js";
import { app, appOf } from "./apps.js";
import { fill, h, icon, switchOf } from "./dom.js";
import { t, tOf } from "./i18n.js";
import { state } from "./store.js";

const DELAYS = [100, 200, 400, 800, 1500, 3000, 6000, 12000, 30000];
const BATCHES = [2, 5, 10, 50, 100, 500, 1000];
const RATES = [1, 2, 5, 10, 20, 40, 80, 200, 1000];

/** name, value when switched on, steps of the slider, how a value reads */
const FAULTS = [
  ["delay", "delay_ms", 800, DELAYS, (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`)],
  ["repeat", "repeat", 0.6, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], (share) => `${Math.round(share * 100)} %`],
  ["reorder", "reorder", true],
  ["batch", "batch", 50, BATCHES, (many) => String(many)],
  ["throttle", "throttle_per_second", 10, RATES, (rate) => `${rate} / s`],
  ["fail_code", "fail_code", null],
  ["lose_answer", "lose_answer", "cut"],
  ["dark", "dark", true],
];

export function drawTrouble() {
  const box = document.getElementById("trouble");
  if (!box || box.contains(document.activeElement) && ["range", "select-one"].includes(document.activeElement.type)) return;
  const focused = document.activeElement?.getAttribute?.("aria-label");
  const now = state.faults[state.faultsFor || state.accounts[0]?.id];
  if (!now) return;
  fill(
    box,
    h("h2", { class: "row trouble-head" }, h("span", { class: "grow" }, t("make_trouble")),
      h("button", { type: "button", class: "btn ghost sm", onclick: () => api.calmDown() }, icon("rotate-cw"), t("calm_down"))),
    chooser(),
    FAULTS.map(([name, field, on, steps, words]) => row(name, field, on, steps, words, now)),
  );
  if (focused) box.querySelector(`[aria-label="${focused}"]`)?.focus();
}

const set = (wish) => api.setFaults({ account: state.faultsFor || undefined, ...wish });

function chooser() {
  const choose = (event) => { state.faultsFor = event.target.value; event.target.blur(); drawTrouble(); };
  return h("select", { class: "input quiet-select", "aria-label": t("make_trouble"), onchange: choose, value: state.faultsFor },
    h("option", { value: "", selected: !state.faultsFor }, t("all_numbers")),
    state.accounts.map((account) => h("option", { value: account.id, selected: account.id === state.faultsFor }, `${account.name} · ${account.display ?? ""}`)));
}

function row(name, field, on, steps, words, now) {
  const value = now[field];
  const flip = (wanted) => set({ [field]: wanted ? on ?? troubled().fail_codes[0] : OFF[field] });
  return h("div", { class: "chaos" },
    h("span", {}, h("span", { class: "medium" }, t(name)), h("small", {}, name === "fail_code" && value ? coded(value) : t(`${name}_why`))),
    switchOf(Boolean(value), t(name), flip),
    value && steps ? slider(field, value, steps, words, name) : null,
    value && name === "fail_code" ? codes(value) : null);
}

/** The app whose account is in trouble: the chosen one's, else the open one. */
const troubled = () => appOf(state.accounts.find((each) => each.id === state.faultsFor)?.channel) ?? app();

const coded = (code) => `${code} · ${tOf(troubled().name, `code_${code}`)}`;

const OFF = { delay_ms: 0, repeat: 0, reorder: false, batch: 0, throttle_per_second: null, fail_code: null, lose_answer: false, dark: false };

function slider(field, value, steps, words, name) {
  const at = Math.max(0, steps.findIndex((step) => step >= value));
  const label = h("span", { class: "tiny medium val-text" }, words(value));
  const input = h("input", {
    type: "range", min: "0", max: String(steps.length - 1), value: String(at), "aria-label": `${t(name)}: ${words(value)}`,
    oninput: () => { label.textContent = words(steps[input.value]); paint(input); },
    onchange: () => set({ [field]: steps[input.value] }),
  });
  paint(input);
  return h("span", { class: "val" }, input, label);
}

/** The filled part of the track, for browsers without ::range-progress. */
export function paint(input) {
  input.style.setProperty("--at", `${(100 * (input.value - input.min)) / (input.max - input.min)}%`);
}

function codes(value) {
  const change = (event) => { set({ fail_code: Number(event.target.value) }); event.target.blur(); };
  const offered = troubled().fail_codes;
  const known = offered.includes(value) ? offered : [value, ...offered];
  return h("span", { class: "val" },
    h("select", { class: "input quiet-select", "aria-label": t("fail_code"), onchange: change },
      known.map((code) => h("option", { value: String(code), selected: code === value }, coded(code)))));
}
