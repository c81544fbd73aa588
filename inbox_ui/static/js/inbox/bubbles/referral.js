/** Where a message came from: an advertisement, a story, a shared post. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";
import { RichText } from "./text.js";

/** @param {{ referral: import("../../types.d.ts").Json }} props */
export function Referral({ referral }) {
  const title = referral.headline || referral.title || referral.body || referral.source_id || "";
  const words = title ? t("From the ad “{title}”", { title }) : t("Came from an ad");
  const url = referral.source_url ?? referral.url;
  return html`<div class="head-mark"><${Icon} name="megaphone" size="xs" />${url?.startsWith("https://") ? html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow">${words}</a>` : html`<span>${words}</span>`}</div>`;
}

/** @param {{ message: import("../../types.d.ts").Message }} props */
export const StoryHead = ({ message }) =>
  html`<div class="head-mark"><${Icon} name="reply" size="xs" />${message.kind === "story_reply" ? t("Replied to your story") : t("Mentioned you in a story")}</div><${RichText} text=${message.text} />`;
