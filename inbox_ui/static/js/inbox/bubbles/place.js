/** A place: a drawing of a map, its name, and a way to a real one. Nothing is loaded from outside until a person asks. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";

const STREETS = "M-10 70C60 50 90 100 150 74S240 40 280 56M40-10C60 40 50 70 66 120M180-10c-10 50 20 60 14 120";

/** @param {{ message: import("../../types.d.ts").Message }} props */
export function Place({ message }) {
  const { latitude, longitude, name, address, url } = message.content;
  const where = latitude === undefined ? t("Place") : `${latitude}, ${longitude}`;
  const map = url?.startsWith("https://") ? url : `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return html`<svg class="map" viewBox="0 0 260 104" aria-hidden="true"><rect width="260" height="104" fill="var(--sunken)" /><path d=${STREETS} stroke="var(--surface)" stroke-width="9" fill="none" /><path d="M130 58s-14-13-14-23a14 14 0 0 1 28 0c0 10-14 23-14 23z" fill="var(--bad)" /><circle cx="130" cy="35" r="5" fill="#fff" /></svg>
    <div class="place-words"><span class="medium small">${name || address || where}</span>${name && address && html`<span class="tiny quiet">${address}</span>`}
    ${latitude !== undefined && html`<a class="tiny" href=${map} target="_blank" rel="noopener noreferrer">${t("Open map")}</a>`}</div>`;
}
