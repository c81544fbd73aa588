/** What can be done with a contact: merge, block, erase. What the reader may not do is not there. */

import { t } from "../i18n.js";
import { dispatch, me, state } from "../live.js";
import { failureOf, loadContact } from "../load.js";
import { ask } from "../ui/dialog.js";
import { say } from "../ui/toast.js";
import { failureText } from "../words.js";
import { askOther } from "./find_contact.js";
import { calledBy } from "./person.js";
import * as requests from "./requests.js";

/** @typedef {import("../types.d.ts").Contact} Contact */
/** @typedef {import("../ui/menu.js").Item} Item */

const may = (/** @type {string} */ right) => !!me.value?.permissions.includes(right);

/**
 * @param {string} contact_id
 * @returns {Item[]}
 */
export function mergeItems(contact_id) {
  const contact = state.value.contacts[contact_id];
  return contact && may("contacts.write") ? [{ label: t("Merge with another contact…"), icon: "git-merge", act: () => askOther(contact) }] : [];
}

/**
 * @param {Contact} contact
 * @returns {Item[]}
 */
export function personItems(contact) {
  const items = mergeItems(contact.id);
  if (may("contacts.write")) {
    items.push(contact.blocked_at
      ? { label: t("Unblock"), icon: "user", act: () => change(() => requests.unblockContact(contact.id)) }
      : { label: t("Block"), icon: "user-x", act: () => block(contact) });
  }
  if (may("contacts.erase")) items.push({ label: t("Erase…"), icon: "trash-2", danger: true, act: () => erase(contact) });
  return items;
}

/** @param {Contact} contact */
async function block(contact) {
  await change(() => requests.blockContact(contact.id));
  say(t("{name} is blocked", { name: calledBy(contact) }), { undo: () => change(() => requests.unblockContact(contact.id)) });
}

/** @param {() => Promise<Contact>} act */
async function change(act) {
  try {
    dispatch({ type: "contact_loaded", contact: await act() });
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}

/** @param {Contact} contact */
const erase = (contact) =>
  ask({
    title: t("Erase {name}?", { name: calledBy(contact) }),
    text: t("Name, numbers, messages and files of this person are deleted in all conversations. This cannot be undone."),
    verb: t("Erase this person"),
    danger: true,
    act: async () => {
      try {
        await requests.eraseContact(contact.id);
        await loadContact(contact.id);
        say(t("The person was erased"));
      } catch (error) {
        say(failureText(failureOf(error)), { icon: "circle-alert" });
      }
    },
  });
