/** Settings → API tokens: keys for programs, revoked at once. */

import { html, useEffect, useSignal } from "../dom.js";
import { rowTime } from "../format.js";
import { t } from "../i18n.js";
import { now } from "../live.js";
import { ask } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { Empty } from "../ui/trouble.js";
import { attempt } from "./form.js";
import { NewToken } from "./new_token.js";
import { PageHead } from "./page_head.js";
import { revokeToken, tokens } from "./people_api.js";
import { roleName } from "./people/words.js";

/** @typedef {import("../types.d.ts").Token} Token */

export function Tokens() {
  const listed = useSignal(/** @type {Token[] | null} */ (null));
  const load = () => attempt(tokens().then((found) => { listed.value = found.items; }));
  useEffect(() => {
    load();
  }, []);
  const docs = html`<a href="/api/docs" target="_blank" rel="noopener">${t("What the API can do")}</a>`;
  return html`<${PageHead} title=${t("API tokens")} note=${docs} />
    <div class="stack"><${NewToken} made=${load} />${listed.value && html`<${Listed} tokens=${listed.value} load=${load} />`}</div>`;
}

/** @param {{ tokens: Token[], load: () => void }} props */
function Listed({ tokens: listed, load }) {
  if (!listed.length) {
    return html`<section class="card"><${Empty} icon="key-round" title=${t("No program has a key yet")} text=${t("A token lets a till, a shop or a script use the API.")} /></section>`;
  }
  const revoke = (/** @type {Token} */ { id, name }) => ask({
    title: t("Revoke {name}?", { name }),
    text: t("The program that uses it is refused from now on. This cannot be undone."),
    verb: t("Revoke {name}", { name }),
    danger: true,
    act: () => attempt(revokeToken(id), load),
  });
  return html`<ul class="accounts card" aria-label=${t("API tokens")}>${listed.map((token) => html`<li class="account-row" key=${token.id}>
    <span class="quiet"><${Icon} name="key-round" /></span>
    <div class="grow"><div class="medium clip">${token.name}</div><div class="small quiet clip">${[roleName(token.role), token.permissions?.join(", ")].filter(Boolean).join(" · ")}</div></div>
    <div class="account-facts small quiet">${token.last_used_at ? t("last used {when}", { when: rowTime(token.last_used_at, now.value) }) : t("never used")}</div>
    <button type="button" class="btn ghost sm" onClick=${() => revoke(token)}>${t("Revoke")}</button></li>`)}</ul>`;
}
