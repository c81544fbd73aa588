/** A labelled field of a page's form: label above, help below, and what is wrong with it in the help's place. */

import { cls, html } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @typedef {{ id: string, label: string, value: string, write: (value: string) => void, help?: string, wrong?: string, optional?: boolean,
 *   secret?: boolean, rows?: number, mono?: boolean, choices?: [string, string][], type?: string, inputmode?: string, autofocus?: boolean }} FieldProps
 */

/** @param {FieldProps & { children?: import("../dom.js").Children }} props `children` stand beside the box */
export function Field(props) {
  const { id, label, help, wrong, optional, children } = props;
  const said = wrong || help;
  return html`<div class=${cls("field", wrong && "bad")}>
    <label for=${id}>${label} ${optional && html`<span class="quiet small">${t("optional")}</span>`}</label>
    <div class="input-wrap"><${Box} ...${props} describedby=${said ? `${id}-help` : undefined} />${children}</div>
    ${said && html`<span class="help" id=${`${id}-help`}>${said}</span>`}
  </div>`;
}

/** @param {FieldProps & { describedby?: string }} props */
function Box({ id, value, write, wrong, secret, rows, mono, choices, type = "text", inputmode, autofocus, describedby }) {
  const input = (/** @type {Event} */ event) => write(/** @type {HTMLInputElement} */ (event.target).value);
  const shared = { id, value, "aria-invalid": !!wrong, "aria-describedby": describedby };
  if (choices) return html`<select class="input" ...${shared} onChange=${input}>${choices.map(([one, name]) => html`<option value=${one} selected=${one === value}>${name}</option>`)}</select>`;
  if (rows) return html`<textarea class=${cls("input", mono && "mono")} rows=${rows} ...${shared} onInput=${input}></textarea>`;
  return html`<input class=${cls("input", mono && "mono")} type=${secret ? "password" : type} ...${shared} onInput=${input} inputmode=${inputmode} autofocus=${autofocus}
    autocomplete=${secret ? "new-password" : "off"} spellcheck=${false} autocapitalize="off" />`;
}
