/** What the palette offers without searching: the conversations opened last, and every action with its key. */

import { effect, signal } from "../dom.js";
import { t } from "../i18n.js";
import { conversationOf, me } from "../live.js";
import { go, goTo, openId } from "../router.js";
import { langOf } from "../script.js";
import { visiblePages } from "../settings/pages.js";
import { assign, close, reopen } from "./actions.js";
import { openHelp } from "./help.js";
import { changeMe } from "./me_menu.js";
import { openPalette } from "./asking.js";
import { open } from "./row.js";
import { viewList, viewName } from "./views.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("./palette.js").Item} Item */

const MOST = 5;

/** Ids of the conversations opened last, newest first. */
const recent = signal(/** @type {string[]} */ ([]));

effect(() => {
  const id = openId.value;
  if (id) recent.value = [id, ...recent.peek().filter((one) => one !== id)].slice(0, MOST + 1);
});

/** @returns {Item[]} */
export const recentItems = () =>
  recent.value.filter((id) => id !== openId.value).flatMap((id) => {
    const one = conversationOf(id);
    return one ? [{ label: one.contact.name, icon: "message-circle", lang: langOf(one.contact.name, one.contact.language), act: () => open(id) }] : [];
  });

/**
 * @param {Conversation | undefined} one the open conversation
 * @returns {Item[]}
 */
export function actionItems(one) {
  const mine = me.value;
  const open = one && [
    { label: t("Assign to…"), icon: "user-plus", keys: "A", act: () => openPalette("assign") },
    { label: t("Assign to me"), icon: "user", keys: "I", act: () => mine && assign(one, { agent_id: mine.id }) },
    { label: t("Snooze…"), icon: "alarm-clock", keys: "Z", act: () => openPalette("snooze") },
    { label: t("Tag…"), icon: "tag", keys: "T", act: () => openPalette("tag") },
    { label: t("Priority…"), icon: "flag", keys: "L", act: () => openPalette("priority") },
    one.status === "closed"
      ? { label: t("Reopen"), icon: "undo-2", keys: "E", act: () => reopen(one) }
      : { label: t("Close"), icon: "check", keys: "E", act: () => close(one) },
  ];
  const themes = /** @type {const} */ ([["light", t("Light look"), "sun"], ["dark", t("Dark look"), "moon"], ["system", t("Look as the device"), "monitor"]]);
  return [
    ...(open ?? []),
    ...viewList().map((row) => ({ label: t("Go to {name}", { name: viewName(row.view) }), icon: row.icon, act: () => go({ view: row.view, conversation: null }) })),
    ...visiblePages().map((page) => ({ label: t("Settings: {name}", { name: page.label() }), icon: page.icon, act: () => goTo(`/settings/${page.name}`) })),
    ...themes.map(([theme, label, icon]) => ({ label, icon, act: () => changeMe({ theme }) })),
    { label: t("Keys"), icon: "command", keys: "?", act: openHelp },
  ];
}

