/** A tag of a conversation or contact. */

import { html } from "../dom.js";
import { langOf } from "../script.js";

/** @param {{ tag: import("../types.d.ts").Tag, children?: import("../dom.js").Children }} props */
export const TagChip = ({ tag, children }) =>
  html`<span class=${`tag t${tag.hue}`} lang=${langOf(tag.name, null)}>${tag.name}${children}</span>`;
