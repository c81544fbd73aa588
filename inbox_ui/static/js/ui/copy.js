/** Something to copy elsewhere: shown in full, with a button that says when it is done. */

import { html, useEffect, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

const SAYS_SO_MS = 2000;

/** @param {{ label: string, value: string, help?: string, lines?: boolean }} props `lines`: it is long and wraps */
export function CopyField({ label, value, help, lines }) {
  const copied = useSignal(false);
  useEffect(() => {
    if (!copied.value) return;
    const timer = setTimeout(() => { copied.value = false; }, SAYS_SO_MS);
    return () => clearTimeout(timer);
  }, [copied.value]);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    copied.value = true;
  };
  return html`<div class="field">
    <span class="label">${label}</span>
    <div class=${lines ? "copy lines" : "copy"}><span class=${lines ? "grow wrap" : "grow clip"} title=${value}>${value}</span>
      <button type="button" class="btn ghost sm" onClick=${copy} aria-label=${t("Copy {name}", { name: label })}><${Icon} name=${copied.value ? "check" : "copy"} />${copied.value ? t("Copied") : t("Copy")}</button></div>
    ${help && html`<span class="help">${help}</span>`}
    <span class="sr" role="status">${copied.value ? t("Copied") : ""}</span>
  </div>`;
}
