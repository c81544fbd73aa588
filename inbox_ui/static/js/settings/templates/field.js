/** A labelled field of the template editor, with its limit and what is wrong. */

import { html } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { isTooLong, lengthIn } from "../../inbox/measure.js";

/**
 * @param {{ label: string, value: string, write: (value: string) => void, limit?: import("../../types.d.ts").Limit | null, rows?: number,
 *   problem?: string, hint?: string, optional?: boolean, inputmode?: string }} props
 */
export function Box({ label, value, write, limit, rows, problem, hint, optional, inputmode }) {
  const long = isTooLong(value, limit);
  const wrong = long && limit ? t("{n} of at most {most}", { n: number(lengthIn(value, limit)), most: number(limit.n) }) : problem;
  const input = (/** @type {InputEvent} */ event) => write(/** @type {HTMLInputElement} */ (event.target).value);
  const box = rows
    ? html`<textarea class="input" rows=${rows} value=${value} onInput=${input} aria-invalid=${!!wrong}></textarea>`
    : html`<input class="input" value=${value} onInput=${input} aria-invalid=${!!wrong} inputmode=${inputmode} />`;
  return html`<label class=${wrong ? "field bad" : "field"}><span class="label">${label} ${optional && html`<span class="quiet">${t("optional")}</span>`}</span>${box}${wrong ? html`<span class="help">${wrong}</span>` : hint && html`<span class="help">${hint}</span>`}</label>`;
}
