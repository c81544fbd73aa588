/** Settings → Templates: the list of an account, a new template, or one with its languages. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { accounts } from "../../live.js";
import { Empty } from "../../ui/trouble.js";
import { TemplateList } from "./list.js";
import { NewTemplate } from "./new.js";
import { TemplatePage } from "./page.js";

/** @param {{ rest: string[] }} props the rest of the address: nothing, `new/{account}`, or a template's id and a version's */
export function Templates({ rest }) {
  const offered = Object.values(accounts.value).filter((one) => one.state !== "removed" && one.capabilities.templates);
  if (!offered.length) return html`<${Empty} page icon="layout-template" title=${t("No channel with templates")} text=${t("Connect WhatsApp, Messenger or WeChat first.")} />`;
  const [first, second] = rest;
  if (!first) return html`<${TemplateList} accounts=${offered} />`;
  if (first === "new") return html`<${NewTemplate} account=${offered.find((one) => one.id === second) ?? offered[0]} />`;
  return html`<${TemplatePage} key=${first} id=${first} version_id=${second} />`;
}
