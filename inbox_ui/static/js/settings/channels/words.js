/** How an account is, in a word and a shape; and what its platform lets it do. */

import { html } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */

/**
 * @param {ChannelAccount} account
 * @returns {{ kind: string, icon: string, text: string }}
 */
export function healthOf(account) {
  if (account.state === "paused") return { kind: "", icon: "pause", text: t("Paused") };
  const states = {
    ok: { kind: "good", icon: "check", text: t("Works") },
    warning: { kind: "warn", icon: "triangle-alert", text: t("Works, with a warning") },
    error: { kind: "bad", icon: "circle-alert", text: t("Does not work") },
    unchecked: { kind: "", icon: "hourglass", text: t("Not checked yet") },
  };
  return states[account.health.state];
}

/** @param {{ account: ChannelAccount }} props */
export function HealthPill({ account }) {
  const { kind, icon, text } = healthOf(account);
  return html`<span class=${`pill ${kind}`}><${Icon} name=${icon} />${text}</span>`;
}

/** @param {import("../../types.d.ts").FindingState} state */
export const signOf = (state) => ({ ok: { icon: "circle-check", ink: "good" }, warning: { icon: "triangle-alert", ink: "warn" }, error: { icon: "circle-alert", ink: "bad" } })[state];

/**
 * Is the account connected to a laboratory instead of the platform?
 * @param {string} address of the API, "" = the platform's own
 */
export const isLoopback = (address) => /^https?:\/\/(localhost|127\.|\[::1\])/.test(address);

/** @param {number} share from 0 to 1 */
export const percent = (share) => number(Math.round(share * 10_000) / 100) + "%";

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds % 86_400 === 0 && seconds > 172_800) return t("{n} days", { n: number(seconds / 86_400) });
  if (seconds >= 3600) return t("{n} hours", { n: number(Math.round(seconds / 3600)) });
  if (seconds >= 60) return t("{n} min", { n: number(Math.round(seconds / 60)) });
  return t("{n} s", { n: number(seconds) });
}

/** @param {import("../../types.d.ts").Limit} limit */
export function length({ n, unit }) {
  const names = { characters: t("{n} characters", { n: number(n) }), utf8_bytes: t("{n} bytes", { n: number(n) }), utf16_units: t("{n} characters", { n: number(n) }) };
  return names[unit];
}
