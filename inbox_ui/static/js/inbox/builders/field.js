/** A labelled field of the small forms. */

import { html } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { isTooLong, lengthIn } from "../measure.js";

/**
 * @param {{ label: string, value: string, write: (value: string) => void, limit?: import("../../types.d.ts").Limit | null, optional?: boolean,
 *   rows?: number, inputmode?: string }} props
 */
export function Field({ label, value, write, limit, optional, rows, inputmode }) {
  const long = isTooLong(value, limit);
  const input = (/** @type {InputEvent} */ event) => write(/** @type {HTMLInputElement} */ (event.target).value);
  const box = rows
    ? html`<textarea class="input" rows=${rows} value=${value} onInput=${input} aria-invalid=${long}></textarea>`
    : html`<input class="input" value=${value} onInput=${input} aria-invalid=${long} inputmode=${inputmode} />`;
  const help = long && limit ? t("{n} of at most {most}", { n: number(lengthIn(value, limit)), most: number(limit.n) }) : "";
  return html`<label class=${long ? "field bad" : "field"}><span class="label">${label} ${optional && html`<span class="quiet">${t("optional")}</span>`}</span>${box}${help && html`<span class="help">${help}</span>`}</label>`;
}
