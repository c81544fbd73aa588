/** One line of a check: what was asked, what was found, and what to do. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";
import { signOf } from "./words.js";

/** @typedef {import("../../types.d.ts").Finding} Finding */

/** @param {{ item: Finding }} props */
export function FindingLine({ item }) {
  const { icon, ink } = signOf(item.state);
  const state = { ok: t("in order"), warning: t("warning"), error: t("not in order") }[item.state];
  const { granted = [], missing = [] } = item.params;
  const pills = granted.length + missing.length > 0;
  return html`<div class="finding small" data-code=${item.code} data-state=${item.state}>
    <span class=${ink} role="img" aria-label=${state}><${Icon} name=${icon} size="s" /></span>
    <div class="grow"><span class="medium">${item.label}</span> ${!pills && html`<span class="mid">${item.text}</span>`}
      ${pills && html`<div class="finding-pills">
        ${granted.map((/** @type {string} */ name) => html`<span class="pill good"><${Icon} name="check" />${name}</span>`)}
        ${missing.map((/** @type {string} */ name) => html`<span class="pill bad"><${Icon} name="x" />${t("{name} is missing", { name })}</span>`)}
      </div>`}
      ${item.detail && html`<div class="quiet">${item.detail}</div>`}
      ${item.mend && html`<div>${item.mend}</div>`}</div>
  </div>`;
}
