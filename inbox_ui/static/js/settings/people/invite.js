/** A new colleague: fields, then the invitation, by mail or as a link to pass on. */

import { html, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { loadDirectory } from "../../load.js";
import { goTo } from "../../router.js";
import { Field } from "../../ui/field.js";
import { useForm } from "../form.js";
import { PageHead } from "../page_head.js";
import { addAgent } from "../people_api.js";
import { LinkCard } from "./link_card.js";
import { PersonFields, sent } from "./person_fields.js";

const EMPTY = { email: "", name: "", role: "agent", visibility: "all", capacity: "15", team_ids: /** @type {string[]} */ ([]), languages: "", skills: "" };

export function Invite() {
  const { values, wrong, busy, write, send } = useForm(EMPTY);
  const link = useSignal(/** @type {import("../../types.d.ts").PasswordLink | null} */ (null));
  const { name, email } = values.value;
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(async () => {
      link.value = (await addAgent(sent(values.peek()))).invitation;
      await loadDirectory();
    });
  };
  const another = () => {
    link.value = null;
    values.value = EMPTY;
  };
  const back = { to: "/settings/people", name: t("People") };
  if (link.value) {
    return html`<${PageHead} title=${t("{name} is invited", { name })} back=${back} />
      <${LinkCard} link=${link.value} name=${name} />
      <div class="row"><button type="button" class="btn" onClick=${another}>${t("Invite another")}</button><button type="button" class="btn ghost" onClick=${() => goTo("/settings/people")}>${t("Done")}</button></div>`;
  }
  return html`<${PageHead} title=${t("Invite a colleague")} back=${back} />
    <section class="card form-card" aria-label=${t("Invite a colleague")}><form class="col" onSubmit=${save} novalidate>
      <${Field} id="p-email" label=${t("Email")} value=${email} write=${write("email")} wrong=${wrong.value.email} type="email" autofocus />
      <${PersonFields} values=${values.value} wrong=${wrong.value} write=${write} />
      <div class="row"><button class="btn primary" disabled=${busy.value || !email || !name}>${t("Invite")}</button></div>
    </form></section>`;
}
