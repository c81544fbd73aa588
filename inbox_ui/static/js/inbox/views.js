/** The views of the sidebar: their names, pictures and counts. */

import { t } from "../i18n.js";

/** @typedef {import("../types.d.ts").View} View */

/** @returns {{ view: View, icon: string, name: string, count?: keyof import("../types.d.ts").Counts }[]} */
export const viewList = () => [
  { view: "mine", icon: "user", name: t("Mine"), count: "mine" },
  { view: "unassigned", icon: "inbox", name: t("Unassigned"), count: "unassigned" },
  { view: "waiting", icon: "hourglass", name: t("Waiting longest") },
  { view: "snoozed", icon: "alarm-clock", name: t("Snoozed"), count: "snoozed" },
  { view: "all", icon: "layers", name: t("All open"), count: "all_open" },
  { view: "closed", icon: "archive", name: t("Closed") },
];

/** @param {View} one */
export const viewName = (one) => viewList().find((row) => row.view === one)?.name ?? "";
