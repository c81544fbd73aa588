// Scripted customers: the switch, their pace, and the rush.
import { api } from "./api.js";
import { fill, h, switchOf } from "./dom.js";
import { t } from "./i18n.js";
import { state } from "./store.js";
import { paint } from "./trouble.js";

export function drawCrowd() {
  const box = document.getElementById("crowd");
  const scripts = state.scripts;
  if (!box || !scripts || box.contains(document.activeElement) && document.activeElement.type === "range") return;
  const change = async (wish) => { state.scripts = await api.changeScripts(wish); drawCrowd(); };
  const label = h("span", { class: "tiny medium val-text" }, t("per_minute", { n: scripts.per_minute }));
  fill(
    box,
    h("div", { class: "side-h" }, t("scripted")),
    h("div", { class: "chaos" },
      h("span", {}, h("span", { class: "medium" }, t("browsers")), h("small", {}, t("browsers_why"))),
      switchOf(scripts.running, t("browsers"), (running) => change({ running })),
      h("span", { class: "val" },
        h("input", {
          type: "range", min: "0", max: "30", step: "1", value: String(scripts.per_minute), "aria-label": t("browsers"), disabled: !scripts.running,
          oninput: (event) => { paint(event.target); label.textContent = t("per_minute", { n: event.target.value }); },
          onchange: (event) => change({ per_minute: Number(event.target.value) }),
        }),
        label)),
    h("div", { class: "chaos" },
      h("span", {}, h("span", { class: "medium" }, t("rush")), h("small", {}, t("rush_why"))),
      h("button", { type: "button", class: "btn sm", onclick: () => change({ rush: true }) }, t("rush_go"))),
  );
  paint(box.querySelector("input"));
}
