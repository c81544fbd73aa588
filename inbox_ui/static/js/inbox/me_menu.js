/** The reader: availability and load, and how the pages look and speak. */

import * as api from "../api.js";
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { counts, dispatch, me } from "../live.js";
import { failureOf } from "../load.js";
import { goTo } from "../router.js";
import { mayAny } from "../settings/pages.js";
import { Avatar, Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { say } from "../ui/toast.js";
import { failureText, presenceNames } from "../words.js";
import { openHelp } from "./help.js";

/** @typedef {import("../types.d.ts").PresenceState} PresenceState */

/** @param {() => Promise<any>} ask */
async function attempt(ask) {
  try {
    return await ask();
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}

/** @param {PresenceState} state */
function setPresence(state) {
  if (!me.value) return;
  dispatch({ type: "me_loaded", me: { presence: { ...me.value.presence, state } } });
  attempt(() => api.setPresence(state));
}

/** @param {import("../types.d.ts").Json} changes */
export async function changeMe(changes) {
  dispatch({ type: "me_loaded", me: changes });
  const done = await attempt(() => api.changeMe(changes));
  if (done && changes.language) location.reload();
}

async function logOut() {
  await attempt(() => api.logout());
  location.assign("/login");
}

/** @returns {import("../ui/menu.js").Item[]} */
export function meItems() {
  const { presence, theme, density, language } = me.value ?? {};
  const states = /** @type {[PresenceState, string][]} */ (Object.entries(presenceNames()));
  const themes = /** @type {const} */ ([["system", t("As the device")], ["light", t("Light")], ["dark", t("Dark")]]);
  const densities = /** @type {const} */ ([["comfortable", t("Comfortable")], ["compact", t("Compact")]]);
  const languages = [["en", "English"], ["zh-Hant", "繁體中文"], ["zh-Hans", "简体中文"]];
  return [
    { label: t("Availability"), heading: true },
    ...states.map(([state, label]) => ({ label, checked: presence?.state === state, act: () => setPresence(state), picture: html`<span class=${`dot presence-${state}`}></span>` })),
    { label: t("Language"), heading: true },
    ...languages.map(([tag, label]) => ({ label, lang: tag, checked: language === tag, act: () => changeMe({ language: tag }) })),
    { label: t("Look"), heading: true },
    ...themes.map(([value, label]) => ({ label, checked: theme === value, act: () => changeMe({ theme: value }) })),
    ...densities.map(([value, label]) => ({ label, checked: density === value, act: () => changeMe({ density: value }) })),
    { label: t("Contacts"), icon: "users", act: () => goTo("/contacts") },
    ...(mayAny() ? [{ label: t("Settings"), icon: "settings-2", keys: "G S", act: () => goTo("/settings") }] : []),
    { label: t("Keys"), icon: "command", keys: "?", act: openHelp },
    { label: t("Log out"), icon: "log-out", act: logOut },
  ];
}

export function MeMenu() {
  const one = me.value;
  if (!one) return null;
  const state = presenceNames()[one.presence.state];
  return html`<div class="me">
    <${Menu} name="me" class="me-button" label=${t("{name}, {state}", { name: one.name, state })} items=${meItems} align="start" text>
      <${Avatar} id=${one.id} name=${one.name} presence=${{ ...one.presence, online: true }} />
      <span class="t grow"><span class="medium clip">${one.name}</span><span class="tiny quiet clip">${state} · ${counts.value?.mine ?? one.open_load} / ${one.capacity}</span></span>
      <span class="t"><${Icon} name="chevron-down" size="s" /></span>
    <//>
  </div>`;
}
