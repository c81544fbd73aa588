/** One template: its languages, how each stands with the platform, changing and deleting them, and where variables are filled from. */

import { ApiError } from "../../api.js";
import * as api from "../../templates/calls.js";
import { cls, html, useEffect, useState } from "../../dom.js";
import { exact } from "../../format.js";
import { t } from "../../i18n.js";
import { accounts } from "../../live.js";
import { failureOf } from "../../load.js";
import { goTo } from "../../router.js";
import { sendFailure } from "../../send_words.js";
import { samples } from "../../templates/filled.js";
import { labelOf } from "../../templates/inputs.js";
import { keep, templates, titleOf } from "../../templates/store.js";
import { TemplateView } from "../../templates/view.js";
import { categoryName, qualityName, qualityTone, rejectionText, statusTone, templateLanguage, templateStatus } from "../../templates/words.js";
import { ask } from "../../ui/dialog.js";
import { Icon } from "../../ui/icon.js";
import { Link } from "../../ui/link.js";
import { say } from "../../ui/toast.js";
import { Empty } from "../../ui/trouble.js";
import { channelName, failureText } from "../../words.js";
import { PageHead } from "../page_head.js";
import { Skeleton } from "../skeleton.js";
import { componentsOf, draftOf } from "./draft.js";
import { Editor } from "./editor.js";
import { NewTemplate } from "./new.js";

/** @typedef {import("../../types.d.ts").Template} Template */
/** @typedef {import("../../types.d.ts").TemplateVersion} TemplateVersion */

/** @param {{ id: string, version_id?: string }} props `version_id`: also "new" for another language */
export function TemplatePage({ id, version_id }) {
  const [missing, setMissing] = useState(false);
  const template = templates.value[id];
  useEffect(() => {
    if (!template) api.template(id).then((found) => keep([found])).catch(() => setMissing(true));
  }, [id]);
  if (missing) return html`<${Empty} page icon="layout-template" title=${t("This template is not there any more")} />`;
  if (!template) return html`<${Skeleton} />`;
  const account = accounts.value[template.channel_account_ids[0]];
  const rules = account?.capabilities.templates;
  const version = template.versions.find((one) => one.id === version_id) ?? template.versions.find((one) => one.language === template.default_language) ?? template.versions[0];
  const adding = version_id === "new";
  const remove = () =>
    ask({ title: t("Delete this template?"), text: t("It is deleted at the platform too, in all its languages. What was sent stays readable."), verb: t("Delete"), danger: true, act: () => act(() => api.deleteTemplate(id), t("Deleted."), "/settings/templates") });
  return html`<${PageHead} title=${titleOf(template)} back=${{ to: "/settings/templates", name: t("Templates") }} note=${html`<span class="mono">${template.name}</span> · ${channelName(template.channel)}`}>
      ${rules?.makes && html`<button type="button" class="btn" onClick=${remove}>${t("Delete")}</button>`}
    <//>
    <div class="tpl-langs" role="tablist">${template.versions.map((one) => html`<${Link} class=${cls("btn sm", one === version && !adding && "primary")} to=${`/settings/templates/${id}/${one.id}`}>${templateLanguage(one.language)}<//>`)}
      ${rules?.makes && html`<${Link} class=${cls("btn sm", adding && "primary")} to=${`/settings/templates/${id}/new`}><${Icon} name="plus" size="s" />${t("Language")}<//>`}</div>
    ${adding && account ? html`<${NewTemplate} account=${account} from=${{ ...draftOf(version, template.name), language: "zh_HK" }} done=${() => goTo(`/settings/templates/${id}`)} />`
    : html`<${Version} key=${version.id} template=${template} version=${version} account=${account} />`}`;
}

/**
 * @param {() => Promise<any>} call
 * @param {string} done
 * @param {string} [then]
 */
async function act(call, done, then) {
  try {
    const answer = await call();
    if (answer?.versions) keep([answer]);
    say(done, { icon: "check" });
    if (then) goTo(then, { replace: true });
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}

/** @param {{ template: Template, version: TemplateVersion, account: import("../../types.d.ts").ChannelAccount | undefined }} props */
function Version({ template, version, account }) {
  const [editing, edit] = useState(false);
  const rules = account?.capabilities.templates;
  const editable = !!rules?.makes && ["draft", ...rules.edits].includes(version.status);
  if (editing && account && rules) return html`<${Change} template=${template} version=${version} account=${account} rules=${rules} done=${() => edit(false)} />`;
  const drop = () =>
    ask({ title: t("Delete this language?"), verb: t("Delete"), danger: true, act: () => act(() => api.deleteVersion(template.id, version.id), t("Deleted."), "/settings/templates") });
  return html`<div class="tpl-editor">
    <div class="card">
      <dl class="kv"><div><dt>${t("Status")}</dt><dd><span class=${`pill ${statusTone(version.status)}`}>${templateStatus(version.status)}</span></dd></div>
        <div><dt>${t("Category")}</dt><dd>${categoryName(version.category)}</dd></div>
        ${qualityName(version.quality) && html`<div><dt>${t("Quality")}</dt><dd><span class=${`pill ${qualityTone(version.quality)}`}>${qualityName(version.quality)}</span></dd></div>`}
        ${version.submitted_at && html`<div><dt>${t("Handed in")}</dt><dd>${exact(version.submitted_at)}</dd></div>`}</dl>
      ${version.rejected_reason && html`<div class="notice bad"><${Icon} name="circle-alert" /><span class="grow">${t("The platform refused it: {reason}", { reason: rejectionText(version.rejected_reason) })}</span></div>`}
      ${version.error && html`<div class="notice bad"><${Icon} name="circle-alert" /><span class="grow">${sendFailure(version.error, channelName(template.channel))} ${version.error.external_text}</span></div>`}
      <${Defaults} template=${template} version=${version} />
      <div class="dialog-foot">
        ${template.versions.length > 1 && rules?.makes && html`<button type="button" class="btn" onClick=${drop}>${t("Delete this language")}</button>`}
        ${editable && html`<button type="button" class="btn" onClick=${() => edit(true)}><${Icon} name="pencil" size="s" />${t("Change")}</button>`}
        ${version.status === "draft" && html`<button type="button" class="btn primary" onClick=${() => act(() => api.submitVersion(template.id, version.id), t("Handed in. The platform looks at it now."))}>${t("Hand in")}</button>`}
      </div>
    </div>
    <div class="tpl-shown"><div class="tiny quiet">${t("What the customer sees")}</div><${TemplateView} components=${version.components} values=${samples(version.components)} /></div>
  </div>`;
}

/** @param {{ template: Template, version: TemplateVersion }} props */
function Defaults({ template, version }) {
  const texts = version.variables.filter((one) => ["text", "link", "code"].includes(one.kind));
  if (!texts.length) return null;
  /** @type {[string, string][]} */
  const sources = [["", t("Ask each time")], ["contact.first_name", t("Customer’s first name")], ["contact.name", t("Customer’s name")], ["contact.phone", t("Customer’s phone")], ["contact.email", t("Customer’s e-mail")], ["agent.name", t("Agent’s name")], ["business.name", t("Business’s name")]];
  const set = (/** @type {string} */ key, /** @type {string} */ source) => {
    const { [key]: _, ...others } = template.defaults;
    return act(() => api.changeTemplate(template.id, { defaults: source ? { ...others, [key]: source } : others }), t("Kept."));
  };
  return html`<fieldset class="field-group"><legend class="label">${t("Filled in from")}</legend><div class="tpl-pair">${texts.map((one) => {
    const now = template.defaults[one.key] ?? "";
    const own = now && !sources.some(([source]) => source === now) ? [[now, now.replace(/^text:/, "").replace(/^contact\.attribute\./, "")]] : [];
    return html`<label class="field"><span class="label small">${labelOf(one)}</span><select class="input" onChange=${(/** @type {Event} */ event) => set(one.key, /** @type {HTMLSelectElement} */ (event.target).value)}>${[...sources, ...own].map(([source, words]) => html`<option value=${source} selected=${source === now}>${words}</option>`)}</select></label>`;
  })}</div></fieldset>`;
}

/**
 * @param {{ template: Template, version: TemplateVersion, account: import("../../types.d.ts").ChannelAccount,
 *   rules: import("../../types.d.ts").TemplateRules, done: () => void }} props
 */
function Change({ template, version, account, rules, done }) {
  const [draft, setDraft] = useState(draftOf(version, template.name));
  const [problems, setProblems] = useState(/** @type {Record<string, string>} */ ({}));
  const isDraft = version.status === "draft";
  const save = async (/** @type {boolean} */ submit) => {
    try {
      const changes = { category: draft.category, parameter_format: draft.named ? "named" : "positional", components: componentsOf(draft), submit };
      keep([await api.changeVersion(template.id, version.id, changes)]);
      say(submit ? t("Handed in. The platform looks at it now.") : t("Kept as a draft."), { icon: "check" });
      done();
    } catch (error) {
      if (error instanceof ApiError && Object.keys(error.fields).length) setProblems(error.fields);
      else say(failureText(failureOf(error)), { icon: "circle-alert" });
    }
  };
  return html`<${Editor} account=${account} rules=${rules} draft=${draft} change=${(/** @type {any} */ part) => setDraft({ ...draft, ...part })} problems=${problems} tell=${setProblems} fixed>
    <div class="dialog-foot"><button type="button" class="btn" onClick=${done}>${t("Cancel")}</button>${isDraft && html`<button type="button" class="btn" onClick=${() => save(false)}>${t("Keep as a draft")}</button>`}<button type="button" class="btn primary" onClick=${() => save(true)}>${t("Hand in")}</button></div>
  <//>`;
}
