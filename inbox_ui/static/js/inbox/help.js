/** The map of keys. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { ask } from "../ui/dialog.js";
import { modifier } from "./modifier.js";

/** @returns {[string, string][]} */
const rows = () => [
  [`${modifier}K`, t("Search and act")],
  ["J K / ↓ ↑", t("Next and previous conversation")],
  ["O / ↵", t("Open the conversation")],
  ["X · ⇧X", t("Choose a conversation, choose up to here")],
  ["R", t("Reply")],
  ["N", t("Note")],
  ["↵", t("Send")],
  [`${modifier}⇧↵`, t("Send and close")],
  ["⇧↵", t("New line")],
  ["E", t("Close or reopen")],
  ["A", t("Assign to…")],
  ["I", t("Assign to me")],
  ["Z", t("Snooze…")],
  ["H", t("Snooze until tomorrow at 9:00")],
  ["T", t("Tag…")],
  ["L", t("Priority…")],
  ["Alt ↑ ↓", t("Move through messages")],
  ["G M / U / A", t("Go to Mine, Unassigned, All open")],
  ["G S", t("Go to the settings")],
  ["[ · ]", t("Fold the list, fold the panel")],
  ["U", t("Undo")],
  ["F6", t("Next part of the page")],
  ["Esc", t("Back one layer")],
  ["?", t("This map")],
];

export const openHelp = () =>
  ask({
    title: t("Keys"),
    wide: true,
    body: html`<dl class="keymap">${rows().map(([keys, words]) => html`<dt>${keys.split(" ").map((key) => (key === "/" || key === "·" ? ` ${key} ` : html`<span class="kbd">${key}</span>`))}</dt><dd>${words}</dd>`)}</dl>`,
    verb: t("Close"),
  });
