/** A code of an authenticator app beside the password: connected, confirmed by a code of it, disconnected. */

import { html, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { me } from "../../live.js";
import { loadMe } from "../../load.js";
import { CopyField } from "../../ui/copy.js";
import { Field } from "../../ui/field.js";
import { Icon } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";
import { useForm } from "../form.js";
import { confirmFactor, dropFactor, enrol } from "../people_api.js";
import { passwordWords } from "./words.js";

/** @typedef {{ secret: string, uri: string, qr: string }} Enrolment */

export function SecondFactor() {
  const enrolled = useSignal(/** @type {Enrolment | null} */ (null));
  const recovery = useSignal(/** @type {string[]} */ ([]));
  const shown = () => {
    if (recovery.value.length) return html`<${Recovery} codes=${recovery.value} done=${() => { recovery.value = []; }} />`;
    if (enrolled.value) return html`<${Confirm} enrolment=${enrolled.value} done=${(/** @type {string[]} */ codes) => { enrolled.value = null; recovery.value = codes; loadMe(); }} />`;
    return html`<${Turn} on=${!!me.value?.has_second_factor} enrolled=${(/** @type {Enrolment} */ made) => { enrolled.value = made; }} />`;
  };
  return html`<section class="card form-card" aria-label=${t("Second proof")}>
    <div class="row"><h2 class="grow">${t("Second proof")}</h2>${me.value?.has_second_factor && html`<span class="pill good"><${Icon} name="shield-check" size="xs" />${t("On")}</span>`}</div>
    ${shown()}
  </section>`;
}

/** @param {{ on: boolean, enrolled: (made: Enrolment) => void }} props */
function Turn({ on, enrolled }) {
  const { values, wrong, busy, write, send } = useForm({ current_password: "" }, passwordWords);
  const act = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(async () => {
      const { current_password } = values.peek();
      if (!on) return enrolled(await enrol(current_password));
      await dropFactor(current_password);
      await loadMe();
      values.value = { current_password: "" };
      say(t("No code is asked for any more."));
    });
  };
  return html`<form class="col" onSubmit=${act}>
    <p class="mid">${on ? t("At log-in a code of your authenticator app is asked for beside the password.") : t("With a code of an authenticator app beside the password, a stolen password alone opens nothing.")}</p>
    <${Field} id="factor_password" label=${t("Password now")} value=${values.value.current_password} write=${write("current_password")} wrong=${wrong.value.current_password} secret />
    <div class="row"><button class=${on ? "btn danger" : "btn primary"} disabled=${busy.value || !values.value.current_password}>${on ? t("Disconnect the app") : t("Connect an app")}</button></div>
  </form>`;
}

/** @param {{ enrolment: Enrolment, done: (codes: string[]) => void }} props */
function Confirm({ enrolment, done }) {
  const { values, wrong, busy, write, send } = useForm({ code: "" }, () => t("This is not the app’s code of now."));
  const act = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(async () => done((await confirmFactor(values.peek().code)).recovery_codes));
  };
  return html`<form class="col" onSubmit=${act}>
    <p class="mid">${t("Scan this with the app, then write the code that it shows.")}</p>
    <img class="qr" src=${enrolment.qr} alt=${t("QR code for the authenticator app")} />
    <${CopyField} label=${t("Or type this secret into the app")} value=${enrolment.secret} />
    <${Field} id="factor_code" label=${t("Code")} value=${values.value.code} write=${write("code")} wrong=${wrong.value.code} inputmode="numeric" mono autofocus />
    <div class="row"><button class="btn primary" disabled=${busy.value || values.value.code.trim().length < 6}>${t("Switch it on")}</button></div>
  </form>`;
}

/** @param {{ codes: string[], done: () => void }} props */
const Recovery = ({ codes, done }) => html`<div class="notice warn"><${Icon} name="key-round" /><span>${t("Keep these recovery codes somewhere safe: each takes the place of one code when the phone is lost. They are shown only now.")}</span></div>
  <${CopyField} label=${t("Recovery codes")} value=${codes.join("\n")} lines />
  <div class="row"><button type="button" class="btn primary" onClick=${done}>${t("I have kept them")}</button></div>`;
