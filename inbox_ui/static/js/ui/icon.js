/** Pictures without words: icons of the sprite, channel glyphs, avatars. */

import { cls, html } from "../dom.js";
import { channelName } from "../words.js";

/** @param {{ name: string, size?: "xs" | "s" | "l" | "" }} props */
export const Icon = ({ name, size = "" }) =>
  html`<svg class=${cls("icon", size)} aria-hidden="true"><use href=${`#i-${name}`} /></svg>`;

/** @param {{ channel: string, large?: boolean }} props */
export const ChannelBadge = ({ channel, large = false }) =>
  html`<span class=${cls("ch", channel, large && "l")} role="img" aria-label=${channelName(channel)}><${Icon} name=${`ch-${channel}`} /></span>`;

/**
 * One of the eight hues, always the same for the same id.
 * @param {string} id
 */
export function hueOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return (sum % 8) + 1;
}

/**
 * One Han character, or the first letters of two words.
 * @param {string} name
 */
export function initialsOf(name) {
  const han = name.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u);
  if (han) return han[0];
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  const letters = words.length > 1 ? words[0].slice(0, 1) + words[words.length - 1].slice(0, 1) : words[0].slice(0, 2);
  return letters.toUpperCase();
}

/** A picture that is not there shows the letters below it. @param {Event} event */
const hide = ({ currentTarget }) => {
  /** @type {HTMLElement} */ (currentTarget).hidden = true;
};

/**
 * @param {{ id: string, name: string, url?: string | null, channel?: string, presence?: import("../types.d.ts").Presence, lang?: string }} props
 */
export function Avatar({ id, name, url, channel, presence, lang }) {
  const dot = presence && (presence.online && presence.state !== "offline" ? presence.state : "off");
  return html`<span class=${`avatar t${hueOf(id)}`} aria-hidden=${!channel} lang=${lang}>
    ${initialsOf(name)}${url && html`<img src=${url} alt="" class="avatar-img" onError=${hide} />`}
    ${channel && html`<${ChannelBadge} channel=${channel} />`}
    ${dot && html`<i class=${cls("on", dot === "off" && "off", (dot === "away" || dot === "busy") && "away")}></i>`}
  </span>`;
}
