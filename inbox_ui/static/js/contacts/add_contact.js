/** A contact that has not written yet, added by hand. */

import { html, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { dispatch } from "../live.js";
import { failureOf } from "../load.js";
import { ApiError } from "../api.js";
import { goTo } from "../router.js";
import { ask, closeDialog } from "../ui/dialog.js";
import { Field } from "../ui/field.js";
import { failureText } from "../words.js";
import { filter, narrow } from "./filter.js";
import { addContact } from "./requests.js";

export const askNew = () => ask({ title: t("New contact"), body: html`<${NewContact} />` });

function NewContact() {
  const given = useSignal(/** @type {Record<string, string>} */ ({}));
  const wrong = useSignal(/** @type {Record<string, string>} */ ({}));
  const key = useSignal(crypto.randomUUID());
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {any} */ more = {}) =>
    html`<${Field} id=${`new-${name}`} label=${label} value=${given.value[name] ?? ""} wrong=${wrong.value[name]} write=${(/** @type {string} */ value) => { given.value = { ...given.value, [name]: value }; }} ...${more} />`;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const filled = Object.fromEntries(Object.entries(given.value).filter(([, value]) => value.trim()));
      const contact = await addContact({ name: "", ...filled }, key.value);
      dispatch({ type: "contact_loaded", contact });
      closeDialog();
      narrow({ ...filter.value });
      goTo(`/contacts/${contact.id}`);
    } catch (error) {
      key.value = crypto.randomUUID();
      wrong.value = error instanceof ApiError && Object.keys(error.fields).length ? error.fields : { name: failureText(failureOf(error)) };
      document.getElementById(`new-${Object.keys(wrong.value)[0]}`)?.focus();
    }
  };
  return html`<form class="col form" onSubmit=${save} noValidate>
    ${field("name", t("Name"), { autofocus: true })}${field("phone", t("Phone"), { type: "tel", optional: true, help: t("With country code, such as +852 9123 4567") })}${field("email", t("Email"), { type: "email", optional: true })}
    <div class="dialog-foot"><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button><button type="submit" class="btn primary">${t("Add contact")}</button></div></form>`;
}
