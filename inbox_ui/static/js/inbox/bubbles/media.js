/** Pictures, videos, stickers and files: the real thing when it is here, a box of the right size until then, words when it did not come. */

import { html } from "../../dom.js";
import { size } from "../../format.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";
import { openLightbox } from "../lightbox.js";
import { RichText } from "./text.js";

/** @typedef {import("../../types.d.ts").Message} Message */
/** @typedef {import("../../types.d.ts").Attachment} Attachment */

/** What is shown while a file is being fetched, or did not come. @param {{ attachment: Attachment | undefined, icon: string }} props */
function Missing({ attachment, icon }) {
  const failed = attachment?.state === "failed";
  const words = failed ? t("The file did not arrive.") : t("Fetching the file");
  return html`<div class="frame missing"><${Icon} name=${failed ? "circle-alert" : icon} /><span class="tiny">${words}</span>${attachment?.size_bytes && html`<span class="tiny quiet">${size(attachment.size_bytes)}</span>`}</div>`;
}

/** @param {{ message: Message }} props */
const Caption = ({ message }) => message.text && html`<span class="cap"><${RichText} text=${message.text} /></span>`;

/** @param {{ message: Message }} props */
export function Picture({ message }) {
  const shown = message.attachments.length ? message.attachments : [undefined];
  return html`<div class=${shown.length > 1 ? "gallery" : ""}>${shown.slice(0, 4).map((one, at) => html`<${OnePicture} attachment=${one} message=${message} more=${at === 3 ? shown.length - 4 : 0} />`)}</div><${Caption} message=${message} />`;
}

const WIDTH_PX = 236;
const HIGHEST_PX = 168;
const LOWEST_PX = 90;

/** A frame as high as its picture will be, before it has come. @param {Attachment} attachment */
function frameOf({ width, height }) {
  if (!width || !height) return undefined;
  return { height: `${Math.round(Math.min(HIGHEST_PX, Math.max(LOWEST_PX, (WIDTH_PX * height) / width)))}px` };
}

/** @param {{ attachment: Attachment | undefined, message: Message, more: number }} props */
function OnePicture({ attachment, message, more }) {
  if (attachment?.state !== "ready") return html`<${Missing} attachment=${attachment} icon="image" />`;
  const alt = message.text || t("Picture");
  const style = message.attachments.length === 1 ? frameOf(attachment) : undefined;
  return html`<button type="button" class="frame" style=${style} onClick=${() => openLightbox(message, attachment)} aria-label=${t("Open the picture: {words}", { words: alt })}>
    <img src=${attachment.thumb_url ?? attachment.url} alt="" loading="lazy" />${more > 0 && html`<span class="more">+${more}</span>`}
  </button>`;
}

/** @param {{ message: Message }} props */
export function Video({ message }) {
  const [attachment] = message.attachments;
  const player = attachment?.state === "ready"
    ? html`<video class="frame" src=${attachment.url} poster=${attachment.thumb_url ?? undefined} controls preload="none" aria-label=${message.text || t("Video")}></video>`
    : html`<${Missing} attachment=${attachment} icon="video" />`;
  return html`${player}<${Caption} message=${message} />`;
}

/** @param {{ message: Message }} props */
export function Sticker({ message }) {
  const [attachment] = message.attachments;
  if (attachment?.state !== "ready") return html`<${Missing} attachment=${attachment} icon="sticker" />`;
  return html`<img class="sticker-img" src=${attachment.url} alt=${message.text || t("Sticker")} />`;
}

/** @param {{ message: Message }} props */
export function File({ message }) {
  return html`${message.attachments.map((one) => html`<${OneFile} attachment=${one} />`)}${!message.attachments.length && html`<${Missing} attachment=${undefined} icon="file-text" />`}${message.text && html`<span class="file-cap"><${RichText} text=${message.text} /></span>`}`;
}

/** @param {{ attachment: Attachment }} props */
function OneFile({ attachment }) {
  const { state, url, filename, mime, size_bytes } = attachment;
  const name = filename || mime || t("File");
  const words = { pending: t("Fetching the file"), failed: t("The file did not arrive."), ready: size_bytes ? size(size_bytes) : mime }[state];
  const inside = html`<span class="ic"><${Icon} name=${state === "failed" ? "circle-alert" : "file-text"} /></span><span class="grow"><span class="medium clip">${name}</span><span class="tiny quiet">${words}</span></span>`;
  if (state !== "ready") return html`<span class="file">${inside}</span>`;
  return html`<a class="file" href=${url} download=${filename} target="_blank" rel="noopener">${inside}</a>`;
}
