/** Settings → Your log-in: password, second proof, and where one is logged in. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { PageHead } from "../page_head.js";
import { PasswordForm } from "./password_form.js";
import { SecondFactor } from "./second_factor.js";
import { Sessions } from "./sessions.js";

export const Own = () => html`<${PageHead} title=${t("Your log-in")} />
  <div class="stack narrow"><${PasswordForm} /><${SecondFactor} /><${Sessions} /></div>`;
