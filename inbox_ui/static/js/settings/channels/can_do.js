/** What a channel account can do, from its capabilities. */

import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { duration, length } from "./words.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */

/**
 * @param {import("../../types.d.ts").Capabilities & Record<string, any>} can
 * @returns {[string, string][]}
 */
function rows(can) {
  const yes = (/** @type {boolean} */ is) => (is ? t("yes") : t("no"));
  const window = can.windows.find((/** @type {Record<string, any>} */ one) => one.by === "anybody" && one.opened_by.includes("message"));
  return [
    [t("Free reply for"), window ? duration(window.lasts_s) : t("ever")],
    [t("Text"), length(can.text)],
    [t("Buttons"), can.buttons ? t("up to {n}", { n: can.buttons.most }) : t("as numbered text")],
    [t("Cards"), can.cards ? t("up to {n}", { n: can.cards.most }) : t("as picture and text")],
    [t("Templates"), yes(!!can.templates)],
    [t("Reactions"), yes(can.reactions)],
    [t("Read ticks"), yes(can.statuses.includes("read"))],
  ];
}

/** @param {{ account: ChannelAccount }} props */
export const CanDo = ({ account }) =>
  html`<section class="card" aria-label=${t("What it can do")}><div class="card-head"><h2>${t("What it can do")}</h2></div>
    <div class="card-body"><dl class="kv">${rows(account.capabilities).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div></section>`;
