/** Where something should be: nothing yet, or why not, and one next step. */

import { cls, html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @param {{ icon: string, title: string, text?: string, page?: boolean, children?: import("../dom.js").Children }} props */
export const Empty = ({ icon, title, text, page, children }) =>
  html`<div class=${cls("empty", page && "page-wide")}>
    <span class="quiet"><${Icon} name=${icon} size="l" /></span>
    <div class="medium">${title}</div>
    ${text && html`<p class="small quiet">${text}</p>`}
    ${children}
  </div>`;

/** @param {{ title: string, text?: string, again: () => void, page?: boolean }} props */
export const Trouble = ({ title, text, again, page }) =>
  html`<${Empty} icon="triangle-alert" title=${title} text=${text} page=${page}>
    <button type="button" class="btn sm" onClick=${again}><${Icon} name="rotate-cw" />${t("Try again")}</button>
  <//>`;
