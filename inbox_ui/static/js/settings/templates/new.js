/** A new template, or another language of one. */

import { ApiError } from "../../api.js";
import * as api from "../../templates/calls.js";
import { html, useRef, useState } from "../../dom.js";
import { t } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { goTo } from "../../router.js";
import { keep } from "../../templates/store.js";
import { say } from "../../ui/toast.js";
import { failureText } from "../../words.js";
import { PageHead } from "../page_head.js";
import { BLANK, componentsOf } from "./draft.js";
import { Editor } from "./editor.js";

/** @param {{ account: import("../../types.d.ts").ChannelAccount, from?: import("./draft.js").Draft, done?: (id: string) => void }} props */
export function NewTemplate({ account, from, done }) {
  const rules = /** @type {import("../../types.d.ts").TemplateRules} */ (account.capabilities.templates);
  const [draft, setDraft] = useState(from ?? { ...BLANK, category: rules.categories[0] });
  const [problems, setProblems] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState(false);
  const key = useRef(crypto.randomUUID());
  const save = async (/** @type {boolean} */ submit) => {
    setBusy(true);
    try {
      const body = { channel_account_id: account.id, name: draft.name, language: draft.language, category: draft.category, parameter_format: draft.named ? "named" : "positional", components: componentsOf(draft), submit };
      const made = await api.createTemplate(body, key.current);
      keep([made]);
      say(submit ? t("Handed in. The platform looks at it now.") : t("Kept as a draft."), { icon: "check" });
      if (done) done(made.id);
      else goTo(`/settings/templates/${made.id}`, { replace: true });
    } catch (error) {
      key.current = crypto.randomUUID();
      const failure = failureOf(error);
      if (error instanceof ApiError && Object.keys(error.fields).length) setProblems(error.fields);
      else say(failureText(failure), { icon: "circle-alert" });
    }
    setBusy(false);
  };
  return html`${!from && html`<${PageHead} title=${t("New template")} back=${{ to: "/settings/templates", name: t("Templates") }} note=${account.name} />`}
    <${Editor} account=${account} rules=${rules} draft=${draft} change=${(/** @type {any} */ part) => setDraft({ ...draft, ...part })} problems=${problems} tell=${setProblems}>
      <div class="dialog-foot"><button type="button" class="btn" disabled=${busy} onClick=${() => save(false)}>${t("Keep as a draft")}</button><button type="button" class="btn primary" disabled=${busy} onClick=${() => save(true)}>${t("Hand in")}</button></div>
    <//>`;
}
