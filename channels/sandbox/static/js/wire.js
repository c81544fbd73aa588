// On the wire: the last exchanges; a click shows what was said.
import { showExchange } from "./dialogs.js";
import { clockSeconds, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { state } from "./store.js";

const SHOWN = 24;

export function drawWire() {
  const box = document.getElementById("wire");
  if (!box || box.matches(":hover") && box.dataset.held === String(document.documentElement.lang) && state.lastMinute > 600) return;
  box.dataset.held = document.documentElement.lang;
  fill(
    box,
    h("h2", { class: "row" }, h("span", { class: "grow" }, t("on_the_wire")), h("span", { class: "tiny quiet" }, t("last_minute", { n: state.lastMinute }))),
    state.wire.length ? h("ul", { class: "wire" }, state.wire.slice(0, SHOWN).map(row)) : h("p", { class: "small quiet" }, t("nothing_yet")),
  );
}

function row(entry) {
  const out = entry.way === "webhook";
  const [text, tone] = outcome(entry);
  return h("li", {},
    h("button", { type: "button", class: "exchange", onclick: () => showExchange(entry.n) },
      h("span", { class: "quiet" }, clockSeconds(entry.at)),
      h("span", { class: out ? "accent" : "quiet" }, icon(out ? "arrow-right" : "arrow-left")),
      h("span", { class: "clip" }, entry.label),
      h("span", { class: tone }, text)));
}

/** What came of it, and its tone: a repeat is quiet, a refusal to slow down is a warning, the rest of refusals bad. */
function outcome(entry) {
  if (entry.status === null) return entry.way === "webhook" && !entry.url ? [t("nobody"), "warn"] : [t("no_answer"), "bad"];
  if (entry.code) return [String(entry.code), [130429, 131056, 80007, 4].includes(entry.code) ? "warn" : "bad"];
  if (entry.status >= 300) return [String(entry.status), "bad"];
  return entry.again ? [`${entry.status} ${t("again")}`, "quiet"] : [String(entry.status), "good"];
}
