/** The codes that lead into a chat with an account, and making another one. */

import * as api from "../../api.js";
import { html, useEffect, useSignal } from "../../dom.js";
import { t, tn } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { Field } from "../../ui/field.js";
import { Icon } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";
import { failureText } from "../../words.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").QrCode} QrCode */

const pathOf = (/** @type {string} */ id) => `/channel-accounts/${id}/qr-codes`;

/** What may stand in a code, from any name: "Store 12, 2/F" is store-12-2-f. @param {string} name @param {number} most */
export const sceneOf = (name, most) => name.toLowerCase().replace(/[^0-9a-z]+/g, "-").replace(/^-|-$/g, "").slice(0, most);

/** @param {{ account: ChannelAccount }} props */
export function QrCodes({ account }) {
  const codes = useSignal(/** @type {QrCode[]} */ ([]));
  const load = () => api.get(pathOf(account.id)).then(({ items }) => { codes.value = items; }).catch(console.warn);
  useEffect(() => { load(); }, [account.id]);
  return html`<section class="card form-card" aria-label=${t("QR codes")}><div class="col">
    <h2>${t("QR codes")}</h2>
    <p class="quiet small">${t("Who scans a code comes into this chat, and the contact keeps which one it was.")}</p>
    ${codes.value.length > 0 && html`<ul class="plain col">${codes.value.map((code) => html`<${Code} key=${code.id} code=${code} />`)}</ul>`}
    <${NewCode} account=${account} made=${load} />
  </div></section>`;
}

/** @param {{ code: QrCode }} props */
const Code = ({ code }) => html`<li class="row"><span class="grow"><b>${code.name || code.scene}</b> <span class="quiet small">${code.scene} · ${tn("{n} person", "{n} people", code.people)}</span></span>
  <a class="btn sm" href=${code.image_url || code.url} target="_blank" rel="noreferrer"><${Icon} name="external-link" />${t("Open")}</a></li>`;

/** @param {{ account: ChannelAccount, made: () => void }} props */
function NewCode({ account, made }) {
  const name = useSignal("");
  const busy = useSignal(false);
  const scene = sceneOf(name.value, account.capabilities.qr_scene?.n ?? 0);
  const make = async (/** @type {Event} */ event) => {
    event.preventDefault();
    busy.value = true;
    try {
      await api.post(pathOf(account.id), { scene: scene || `code-${Date.now().toString(36)}`, name: name.value.trim() }, "");
      name.value = "";
      made();
    } catch (error) {
      say(failureText(failureOf(error)), { icon: "circle-alert" });
    } finally {
      busy.value = false;
    }
  };
  return html`<form class="col" onSubmit=${make} novalidate>
    <${Field} id="qr-name" label=${t("Name of a new code")} value=${name.value} write=${(/** @type {string} */ text) => { name.value = text; }} help=${t("Where it will hang: a shop, a fair, a leaflet.")} />
    <div class="row"><button type="submit" class="btn" disabled=${busy.value || !name.value.trim()}><${Icon} name="plus" />${t("Make a code")}</button></div>
  </form>`;
}
