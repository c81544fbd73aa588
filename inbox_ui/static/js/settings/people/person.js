/** One colleague: what the person may do and takes, and what an administrator can do for a log-in that is in trouble. */

import { html, useSignal } from "../../dom.js";
import { t } from "../../i18n.js";
import { me } from "../../live.js";
import { loadDirectory } from "../../load.js";
import { Avatar, Icon } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";
import { useForm } from "../form.js";
import { PageHead } from "../page_head.js";
import { changeAgent } from "../people_api.js";
import { LinkCard } from "./link_card.js";
import { PersonFields, sent } from "./person_fields.js";
import { PersonMenu } from "./person_menu.js";

/** @typedef {import("../../types.d.ts").Agent} Agent */

/** @param {Agent} person */
const shownOf = (person) => ({
  name: person.name,
  role: person.role,
  visibility: person.visibility ?? "all",
  capacity: String(person.capacity),
  team_ids: person.team_ids,
  languages: (person.languages ?? []).join(", "),
  skills: (person.skills ?? []).join(", "),
});

/** @param {{ person: Agent }} props */
export function PersonPage({ person }) {
  const { values, wrong, busy, write, send } = useForm(shownOf(person));
  const link = useSignal(/** @type {import("../../types.d.ts").PasswordLink | null} */ (null));
  const self = person.id === me.value?.id;
  const linked = (/** @type {import("../../types.d.ts").PasswordLink} */ made) => {
    link.value = made;
  };
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    const { role, ...rest } = sent(values.peek());
    send(async () => {
      await changeAgent(person.id, self ? rest : { ...rest, role });
      await loadDirectory();
      say(t("Saved"));
    });
  };
  const picture = html`<${Avatar} name=${person.name} id=${person.id} />`;
  return html`<${PageHead} title=${person.name} note=${person.email} picture=${picture} back=${{ to: "/settings/people", name: t("People") }}>
      <${PersonMenu} person=${person} self=${self} linked=${linked} /><//>
    ${person.disabled_at && html`<div class="notice warn"><${Icon} name="user-x" /><span>${t("This log-in is disabled. What the person wrote stays.")}</span></div>`}
    ${link.value && html`<${LinkCard} link=${link.value} name=${person.name} />`}
    <section class="card form-card" aria-label=${person.name}><form class="col" onSubmit=${save} novalidate>
      <${PersonFields} values=${values.value} wrong=${wrong.value} write=${write} self=${self} />
      <div class="row"><button class="btn primary" disabled=${busy.value}>${t("Save")}</button></div>
    </form></section>`;
}
