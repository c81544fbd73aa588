/** A template as the customer will see it: in the picker, in the editor, and in the thread once it was sent. */

import { html } from "../dom.js";
import { exact } from "../format.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { filledText, part, pieces } from "./filled.js";

/** @typedef {import("../types.d.ts").Json} Json */

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** @type {Record<string, string>} */
const BUTTON_ICONS = {
  quick_reply: "reply",
  url: "external-link",
  phone_number: "phone",
  copy_code: "copy",
  otp: "copy",
  catalog: "shopping-bag",
  mpm: "shopping-bag",
  spm: "shopping-bag",
  flow: "list-checks",
  voice_call: "phone",
  request_contact_info: "user",
};

/** @type {Record<string, string>} */
const FILE_ICONS = { image: "image", gif: "image", video: "video", document: "file-text", product: "shopping-bag", location: "map-pin" };

/**
 * `prefix` is that of the variables within a card.
 * @param {{ components: Json[], values: Record<string, any>, prefix?: string }} props
 */
export function TemplateView({ components, values, prefix = "" }) {
  const [header, offer, body, footer, buttons, carousel] = ["header", "limited_time_offer", "body", "footer", "buttons", "carousel"].map((type) => part(components, type));
  return html`<div class="tpl">
    ${header && html`<${Header} header=${header} values=${values} prefix=${prefix} />`}
    ${offer && html`<div class="tpl-offer"><${Icon} name="gift" size="s" /><span class="grow"><span class="medium">${offer.text}</span>${offer.expires && html`<small>${values[`${prefix}offer`] ? t("Until {when}", { when: exact(values[`${prefix}offer`]) }) : t("Ends at a time you choose")}</small>`}</span></div>`}
    ${body && html`<div class="tpl-text">${body.text !== undefined ? html`<${Words} words=${body.text} values=${values} prefix=${prefix} />` : t("{code} is your verification code.", { code: values[`${prefix}1`] || "••••••" })}${body.security && html` ${t("For your security, do not share this code.")}`}</div>`}
    ${footer && html`<div class="tpl-foot">${footer.text ?? t("This code expires in {n} minutes.", { n: footer.expires_minutes })}</div>`}
    ${buttons && html`<div class="tpl-buttons">${buttons.buttons.map((/** @type {Json} */ one, /** @type {number} */ n) => html`<${Button} button=${one} value=${values[`${prefix}button.${n}`]} />`)}</div>`}
    ${carousel && html`<div class="tpl-cards">${carousel.cards.map((/** @type {Json} */ card, /** @type {number} */ n) => html`<${TemplateView} components=${card.components} values=${values} prefix=${`${prefix}card.${n}.`} />`)}</div>`}
  </div>`;
}

/** @param {{ words: string, values: Record<string, any>, prefix: string }} props */
const Words = ({ words, values, prefix }) => pieces(words, values, prefix).map((one) => (one.key ? html`<span class=${one.open ? "tpl-open" : "tpl-filled"}>${one.text}</span>` : one.text));

/** @param {{ header: Json, values: Record<string, any>, prefix: string }} props */
function Header({ header, values, prefix }) {
  const value = values[`${prefix}header`];
  if (header.format === "text") return html`<div class="tpl-head"><${Words} words=${header.text ?? ""} values=${values} prefix=${`${prefix}header.`} /></div>`;
  const src = typeof value === "string" && ID.test(value) ? `/media/${value}` : "";
  if (src && (header.format === "image" || header.format === "gif")) return html`<img class="tpl-media" src=${src} alt="" />`;
  if (src && header.format === "video") return html`<video class="tpl-media" src=${src} controls preload="metadata"></video>`;
  const words = header.format === "location" && value ? [value.name, value.address].filter(Boolean).join(" · ") : "";
  return html`<div class="tpl-media none"><${Icon} name=${FILE_ICONS[header.format] ?? "file-text"} />${words && html`<span class="tiny">${words}</span>`}</div>`;
}

/** @param {{ button: Json, value: any }} props */
function Button({ button, value }) {
  const words = button.text || buttonName(button.kind);
  const target = button.kind === "url" ? filledText(button.url ?? "", { 1: value }) : button.kind === "copy_code" ? value || button.example : button.phone_number;
  return html`<div class="tpl-button" title=${target}><${Icon} name=${BUTTON_ICONS[button.kind] ?? "arrow-right"} size="s" />${words}</div>`;
}

/** What a button of a kind says where the platform words it, and what it is called in the editor. @param {string} kind */
export function buttonName(kind) {
  const names = {
    quick_reply: t("Quick reply"),
    url: t("Link"),
    phone_number: t("Call"),
    copy_code: t("Copy the code"),
    otp: t("Copy the code"),
    catalog: t("Catalogue"),
    mpm: t("Products"),
    spm: t("Product"),
    flow: t("Form"),
    voice_call: t("Call on the app"),
    request_contact_info: t("Share the phone number"),
  };
  return /** @type {Record<string, string>} */ (names)[kind] ?? kind;
}
