/** What roles and visibility are called. */

import { t } from "../../i18n.js";

/** @type {Record<string, () => [string, string]>} */
const ROLES = {
  admin: () => [t("Administrator"), t("May do everything, also channels, people and tokens.")],
  supervisor: () => [t("Supervisor"), t("Sees all conversations, answers, and sends campaigns.")],
  agent: () => [t("Agent"), t("Answers customers.")],
  marketer: () => [t("Marketer"), t("Sends campaigns; reads conversations.")],
};

/** @param {string} role */
export const roleName = (role) => ROLES[role]?.()[0] ?? role;

/** @param {string} role */
export const roleText = (role) => ROLES[role]?.()[1] ?? "";

/** @returns {[string, string][]} */
export const roleChoices = () => Object.keys(ROLES).map((role) => [role, roleName(role)]);

/** @returns {[string, string][]} */
export const visibilityChoices = () => [
  ["all", t("All conversations")],
  ["team", t("Those of the own teams, and unassigned ones")],
  ["own", t("Only the own ones")],
];
