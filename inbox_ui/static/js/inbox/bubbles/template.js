/** A template as the customer saw it. Those that were sent elsewhere have only their text. */

import { html } from "../../dom.js";
import { TemplateView } from "../../templates/view.js";
import { RichText } from "./text.js";

/** @param {{ message: import("../../types.d.ts").Message }} props */
export function Template({ message }) {
  const { shown, values } = message.content;
  if (!shown) return html`<${RichText} text=${message.text} />`;
  return html`<${TemplateView} components=${shown} values=${values ?? {}} />`;
}
