/** A link with which a person sets a password: on its way by mail, or to be passed on. */

import { html } from "../../dom.js";
import { exact } from "../../format.js";
import { t } from "../../i18n.js";
import { CopyField } from "../../ui/copy.js";
import { Icon } from "../../ui/icon.js";

/** @param {{ link: import("../../types.d.ts").PasswordLink, name: string }} props */
export const LinkCard = ({ link, name }) => link.url
  ? html`<section class="card form-card">
      <p class="mid">${t("Pass this link on to {name}: it leads to a page where the password is chosen. It works once and is shown only now.", { name })}</p>
      <${CopyField} label=${t("Link")} value=${link.url} />
      ${link.expires_at && html`<p class="small quiet">${t("Works until {when}.", { when: exact(link.expires_at) })}</p>`}
    </section>`
  : html`<div class="notice good"><${Icon} name="mail" /><span>${t("The link is on its way to {name} by mail.", { name })}</span></div>`;
