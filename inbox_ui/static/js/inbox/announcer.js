/** For screen readers: what the customer just wrote, in one sentence, after a second of silence. */

import { html, useEffect, useRef, useState } from "../dom.js";
import { t } from "../i18n.js";
import { brief } from "./preview.js";

const SILENCE_MS = 1000;

/** @param {{ conversation: import("../types.d.ts").Conversation, messages: import("../types.d.ts").Message[] }} props */
export function Announcer({ conversation, messages }) {
  const [sentence, say] = useState("");
  const known = useRef(/** @type {string | undefined} */ (undefined));
  const last = messages.findLast((one) => one.direction === "inbound");
  useEffect(() => {
    const first = known.current === undefined;
    known.current = last?.id ?? "";
    if (first || !last) return;
    const timer = setTimeout(() => say(t("{name}: {words}", { name: conversation.contact.name, words: brief(last) })), SILENCE_MS);
    return () => clearTimeout(timer);
  }, [last?.id]);
  return html`<div class="sr" role="status" aria-live="polite">${sentence}</div>`;
}
