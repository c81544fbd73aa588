/** A link to another page of ours: followed here, opened beside with the keys that the browser has for it. */

import { html } from "../dom.js";
import { goTo } from "../router.js";

/** @param {{ to: string, class?: string, title?: string, current?: boolean, children?: import("../dom.js").Children }} props */
export function Link({ to, class: className, title, current, children }) {
  const follow = (/** @type {MouseEvent} */ event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(to);
  };
  return html`<a class=${className} href=${to} title=${title} aria-current=${current ? "page" : undefined} onClick=${follow}>${children}</a>`;
}
