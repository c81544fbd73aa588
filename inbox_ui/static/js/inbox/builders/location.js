/** Send a place, by its coordinates. */

import { html, useState } from "../../dom.js";
import { t } from "../../i18n.js";
import { submit } from "../../outbox.js";
import { ask, closeDialog } from "../../ui/dialog.js";
import { Field } from "./field.js";

/** @param {import("../../types.d.ts").Conversation} conversation */
export const askLocation = (conversation) => ask({ title: t("Send a place"), body: html`<${Form} id=${conversation.id} />` });

/**
 * Read "22.2855, 114.1577", or the part of a map's address that holds it.
 * @param {string} text
 */
export function coordinatesOf(text) {
  const found = text.match(/(-?\d{1,2}(?:\.\d+)?)\s*[,/ ]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/) ?? text.match(/[@=](-?\d{1,2}\.\d+),(-?\d{1,3}\.\d+)/);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

/** @param {{ id: string }} props */
function Form({ id }) {
  const [where, setWhere] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const coordinates = coordinatesOf(where.trim());
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!coordinates) return;
    submit(id, { kind: "location", ...coordinates, ...(name.trim() ? { name: name.trim() } : {}), ...(address.trim() ? { address: address.trim() } : {}) });
    closeDialog();
  };
  return html`<form class="builder" onSubmit=${send}>
    <${Field} label=${t("Latitude and longitude")} value=${where} write=${setWhere} />
    <p class="help">${t("As in 22.2855, 114.1577. The address of a map page works too.")}</p>
    <${Field} label=${t("Name")} value=${name} write=${setName} optional />
    <${Field} label=${t("Address")} value=${address} write=${setAddress} optional />
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button><button class="btn primary" disabled=${!coordinates}>${t("Send")}</button></div>
  </form>`;
}
