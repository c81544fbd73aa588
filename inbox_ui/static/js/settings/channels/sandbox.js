/** Where an account's requests go: to the platform, or to a laboratory that stands in for it. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Field } from "../../ui/field.js";
import { Icon } from "../../ui/icon.js";
import { isLoopback } from "./words.js";

/**
 * @param {{ guide: import("../../types.d.ts").Guide, value: string, write: (value: string) => void, wrong?: string, known: string[] }} props
 *   `known`: addresses that other accounts use
 */
export function SandboxHint({ guide, value, write, wrong, known }) {
  return html`<details class="advanced" open=${!!value || !!wrong}>
    <summary class="small">${t("Try it in the sandbox, or through a proxy")}</summary>
    <div class="col">
      <p class="small mid">${t("The sandbox stands in for {name} and costs nothing: its page “Numbers and keys” has all that is asked for above.", { name: guide.label })}</p>
      <${Field} id="f-api_base_url" label=${t("Address of the API")} value=${value} write=${write} wrong=${wrong} mono optional help=${t("Empty: the platform’s own.")} />
      ${known.map((address) => address !== value && html`<button type="button" class="btn sm" onClick=${() => write(address)}>${isLoopback(address) ? t("Use the sandbox at {address}", { address }) : t("Use {address}", { address })}</button>`)}
    </div>
  </details>`;
}

/** @param {{ address: string, label: string }} props */
export const InSandbox = ({ address, label }) =>
  html`<div class="notice" role="note"><${Icon} name="ticket" size="s" /><span class="grow">${t("This account speaks to the sandbox at {address}, not to {label}.", { address, label })}</span></div>`;
