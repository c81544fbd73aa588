/** One numbered step of a guide: its number becomes a tick when it has proven itself. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";

/** @typedef {"open" | "now" | "done" | "trouble"} StepState */

/** @param {{ step: import("../../types.d.ts").GuideStep, state: StepState, children?: import("../../dom.js").Children }} props */
export function StepFrame({ step, state, children }) {
  const said = { open: t("to do"), now: t("next"), done: t("done"), trouble: t("needs mending") }[state];
  return html`<li class=${`gstep ${state}`} aria-current=${state === "now" ? "step" : undefined}><div>
    <h2>${step.title} <span class="sr">(${said})</span>
      ${step.link && html`<a class="guide-link" href=${step.link} target="_blank" rel="noreferrer noopener" aria-label=${t("Open the platform’s page about: {title}", { title: step.title })} title=${step.link}><${Icon} name="external-link" size="xs" /></a>`}</h2>
    <div class="body">${step.lines.map((line) => html`<p class="small mid">${line}</p>`)}${children}</div>
  </div></li>`;
}
