/** What an administrator can do for a colleague's log-in: links to a password, the second proof, sessions, and its end. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { loadDirectory } from "../../load.js";
import { ask } from "../../ui/dialog.js";
import { Icon } from "../../ui/icon.js";
import { Menu } from "../../ui/menu.js";
import { say } from "../../ui/toast.js";
import { attempt } from "../form.js";
import { changeAgent, dropFactorOf, logOutEverywhere, passwordLink } from "../people_api.js";

/** @typedef {import("../../types.d.ts").Agent} Agent */
/** @typedef {import("../../types.d.ts").PasswordLink} PasswordLink */

/** @param {{ person: Agent, self: boolean, linked: (made: PasswordLink) => void }} props */
export function PersonMenu({ person, self, linked }) {
  const items = () => [...entrance(person, linked), ...proof(person), ...(self ? [] : end(person))];
  return html`<${Menu} name="person" label=${t("More about this person")} items=${items}><${Icon} name="ellipsis" /><//>`;
}

/**
 * @param {Agent} person
 * @param {(made: PasswordLink) => void} linked
 */
function entrance(person, linked) {
  if (person.disabled_at) return [];
  const make = (/** @type {boolean} */ mail) => () => attempt(passwordLink(person.id, mail).then(linked));
  return [
    { label: person.invited ? t("Invite again") : t("Send a link to a new password"), icon: "mail", act: make(true) },
    { label: t("Show a link to pass on"), icon: "link", act: make(false) },
  ];
}

/** @param {Agent} person */
function proof({ id, name, has_second_factor }) {
  if (!has_second_factor) return [];
  const act = () => ask({
    title: t("Ask {name} for no second proof?", { name }),
    text: t("For who lost the phone. The password alone opens the inbox then, until an app is connected again."),
    verb: t("Ask for none"),
    danger: true,
    act: () => attempt(dropFactorOf(id), loadDirectory),
  });
  return [{ label: t("Ask for no second proof"), icon: "key-round", act }];
}

/** @param {Agent} person */
function end({ id, name, disabled_at }) {
  const turn = (/** @type {boolean} */ off) => attempt(changeAgent(id, { disabled: off }), () => {
    loadDirectory();
    say(off ? t("{name} can no longer log in.", { name }) : t("{name} can log in again.", { name }), { undo: () => turn(!off) });
  });
  if (disabled_at) return [{ label: t("Enable the log-in"), icon: "user", act: () => turn(false) }];
  const out = () => attempt(logOutEverywhere(id), () => say(t("{name} is logged out everywhere.", { name })));
  return [
    { label: t("Log out everywhere"), icon: "log-out", act: out },
    { label: t("Disable the log-in"), icon: "user-x", danger: true, act: () => turn(true) },
  ];
}
