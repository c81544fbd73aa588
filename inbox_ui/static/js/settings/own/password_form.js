/** One's own password, changed by who knows the old one. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Field } from "../../ui/field.js";
import { say } from "../../ui/toast.js";
import { useForm } from "../form.js";
import { changePassword } from "../people_api.js";
import { passwordWords } from "./words.js";

const EMPTY = { current_password: "", password: "" };

export function PasswordForm() {
  const { values, wrong, busy, write, send } = useForm(EMPTY, passwordWords);
  const { current_password, password } = values.value;
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(async () => {
      await changePassword(values.peek());
      values.value = EMPTY;
      say(t("The password is changed. Other browsers are logged out."));
    });
  };
  return html`<section class="card form-card" aria-label=${t("Password")}><form class="col" onSubmit=${save}>
    <h2>${t("Password")}</h2>
    <${Field} id="current_password" label=${t("Password now")} value=${current_password} write=${write("current_password")} wrong=${wrong.value.current_password} secret />
    <${Field} id="password" label=${t("New password")} value=${password} write=${write("password")} wrong=${wrong.value.password} secret help=${t("At least 10 characters. Several words are good.")} />
    <div class="row"><button class="btn primary" disabled=${busy.value || !current_password || !password}>${t("Change the password")}</button></div>
  </form></section>`;
}
