/** Send, and Send with more; the count of what is written when it comes near the channel's limit. */

import { html } from "../dom.js";
import { number, t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { lengthIn } from "./measure.js";
import { modifier } from "./modifier.js";

/** The count shows from this share of the limit on. */
const SHOWN_FROM = 0.8;

/** @param {{ text: string, able: import("../types.d.ts").Capabilities | undefined }} props */
function Count({ text, able }) {
  if (!able) return html`<span class="count-chars"></span>`;
  const n = lengthIn(text, able.text);
  if (n < able.text.n * SHOWN_FROM) return html`<span class="count-chars"></span>`;
  const over = n > able.text.n;
  const unit = able.text.unit === "utf8_bytes" ? t("bytes") : "";
  return html`<span class=${over ? "count-chars bad" : "count-chars"} role="status">${number(n)} / ${number(able.text.n)} ${unit}${over ? ` · ${t("too long")}` : ""}</span>`;
}

/**
 * @param {{ note: boolean, send: (how?: { andClose?: boolean }) => void, ready: boolean, offline: boolean, text: string,
 *   able: import("../types.d.ts").Capabilities | undefined }} props
 */
export function SendButton({ note, send, ready, offline, text, able }) {
  if (note) return html`<span class="count-chars"></span><button type="button" class="btn primary sm add-note" disabled=${!ready} onClick=${() => send()}>${t("Add note")}</button>`;
  const title = offline ? t("No connection: it waits here and goes out when it is back") : t("Send");
  const items = () => [{ label: t("Send and close"), icon: "check", keys: `${modifier}⇧↵`, act: () => send({ andClose: true }) }];
  return html`<${Count} text=${text} able=${able} /><span class="btn-pair"><button type="button" class="btn primary" disabled=${!ready} title=${title} onClick=${() => send()}>${t("Send")}</button><${Menu} name="send" class="btn primary" label=${t("More ways to send")} items=${items} disabled=${!ready}><${Icon} name="chevron-down" /><//></span>`;
}
