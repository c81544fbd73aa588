/** The pages of the settings: the one list that a new page is added to. Shown to those who have its right ("": to all), under /settings/{name}. */

import { t } from "../i18n.js";
import { me } from "../live.js";

/**
 * `view` is loaded when the page is opened, and gets the rest of the address.
 * @typedef {{ name: string, icon: string, label: () => string, may: string, section: "" | "sell" | "system" | "own",
 *   view: () => Promise<(props: { rest: string[] }) => import("../dom.js").VNode | null> }} SettingsPage
 */

/** @type {SettingsPage[]} */
export const PAGES = [
  {
    name: "channels",
    icon: "plug",
    label: () => t("Channels"),
    may: "accounts.manage",
    section: "",
    view: async () => (await import("./channels/channels.js")).Channels,
  },
  {
    name: "templates",
    icon: "layout-template",
    label: () => t("Templates"),
    may: "templates.manage",
    section: "",
    view: async () => (await import("./templates/templates.js")).Templates,
  },
  {
    name: "people",
    icon: "users",
    label: () => t("People"),
    may: "people.manage",
    section: "",
    view: async () => (await import("./people/people.js")).People,
  },
  {
    name: "tokens",
    icon: "key-round",
    label: () => t("API tokens"),
    may: "tokens.manage",
    section: "system",
    view: async () => (await import("./tokens.js")).Tokens,
  },
  {
    name: "audit",
    icon: "shield-check",
    label: () => t("Audit log"),
    may: "audit.read",
    section: "system",
    view: async () => (await import("./audit.js")).Audit,
  },
  {
    name: "own",
    icon: "user",
    label: () => t("Your log-in"),
    may: "",
    section: "own",
    view: async () => (await import("./own/own.js")).Own,
  },
];

/** Headings of the sections, in their order. @returns {[SettingsPage["section"], string][]} */
export const sections = () => [["", ""], ["sell", t("Selling")], ["system", t("System")], ["own", t("You")]];

export const visiblePages = () => PAGES.filter((page) => !page.may || me.value?.permissions.includes(page.may));

/** May the reader open any page of the settings? */
export const mayAny = () => visiblePages().length > 0;
