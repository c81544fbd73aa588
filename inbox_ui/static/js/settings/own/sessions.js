/** Where one is logged in, and the way to log a browser out. */

import { html, useEffect, useSignal } from "../../dom.js";
import { rowTime } from "../../format.js";
import { t } from "../../i18n.js";
import { now } from "../../live.js";
import { Icon } from "../../ui/icon.js";
import { say } from "../../ui/toast.js";
import { attempt } from "../form.js";
import { endOtherSessions, endSession, sessions } from "../people_api.js";

/** @typedef {import("../../types.d.ts").OpenSession} OpenSession */

const BROWSERS = ["Edg", "OPR", "Firefox", "Chrome", "Safari"];
const NAMES = /** @type {Record<string, string>} */ ({ Edg: "Edge", OPR: "Opera" });
const SYSTEMS = ["iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux"];

/** Say in a few words what browser that is. @param {string} userAgent */
function browserOf(userAgent) {
  const browser = BROWSERS.find((one) => userAgent.includes(`${one}/`));
  const system = SYSTEMS.find((one) => userAgent.includes(one));
  const name = browser && (NAMES[browser] ?? browser);
  if (name && system) return t("{browser} on {system}", { browser: name, system: system === "Macintosh" ? "macOS" : system });
  return name ?? system ?? t("Another program");
}

export function Sessions() {
  const listed = useSignal(/** @type {OpenSession[]} */ ([]));
  const load = () => attempt(sessions().then((found) => { listed.value = found.items; }));
  useEffect(() => {
    load();
  }, []);
  const end = (/** @type {OpenSession} */ one) => attempt(endSession(one.id), () => {
    load();
    say(t("That browser is logged out."));
  });
  const endOthers = () => attempt(endOtherSessions(), () => {
    load();
    say(t("Every other browser is logged out."));
  });
  return html`<section class="card form-card" aria-label=${t("Where you are logged in")}>
    <div class="row"><h2 class="grow">${t("Where you are logged in")}</h2>${listed.value.length > 1 && html`<button type="button" class="btn sm" onClick=${endOthers}>${t("Log out everywhere else")}</button>`}</div>
    <ul class="lines">${listed.value.map((one) => html`<li class="line-row" key=${one.id}>
      <span class="quiet"><${Icon} name="monitor" /></span>
      <div class="grow"><div>${browserOf(one.user_agent)} ${one.is_this && html`<span class="pill good">${t("this one")}</span>`}</div>
        <div class="small quiet clip">${[one.address, t("last used {when}", { when: rowTime(one.last_seen_at, now.value) })].filter(Boolean).join(" · ")}</div></div>
      ${!one.is_this && html`<button type="button" class="btn ghost sm" onClick=${() => end(one)}>${t("Log out")}</button>`}
    </li>`)}</ul>
  </section>`;
}
