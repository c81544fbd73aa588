/** The head of a settings page: the way back, its name, and what can be done on it. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { Link } from "../ui/link.js";

/**
 * @param {{ title: import("../dom.js").Children, back?: { to: string, name: string }, picture?: import("../dom.js").VNode,
 *   note?: import("../dom.js").Children, children?: import("../dom.js").Children }} props
 */
export function PageHead({ title, back, picture, note, children }) {
  const up = back ?? { to: "/settings", name: t("Settings") };
  return html`<div class=${back ? "crumb" : "crumb only-phone"}><${Link} to=${up.to}><${Icon} name="arrow-left" size="xs" />${up.name}<//></div>
    <header class="page-head">${picture}<div class="grow">${typeof title === "string" ? html`<h1>${title}</h1>` : title}${note && html`<div class="small quiet">${note}</div>`}</div>${children}</header>`;
}
