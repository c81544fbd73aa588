// What the apps of the Messenger Platform draw alike: chips below the last message, how far it got, stories.
import { badge, clock, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { mediaOf } from "./media.js";

/** Chips belong to the last message of the chat and go away with the next. */
function chips(lines, { tap }) {
  const last = lines.at(-1);
  const offered = last?.by === "business" ? last.view.chips ?? [] : [];
  return offered.length ? [h("div", { class: "chips" }, offered.map((chip) => h("button", { type: "button", class: "chip", onclick: () => tap(last, { id: chip.id || chip.title }) }, chip.title)))] : [];
}

/** Ice breakers of a chat in which nobody has written yet. */
function icebreakers(lines, { chat, send }) {
  const offered = lines.length ? [] : chat?.state.ice_breakers?.flatMap((each) => each.call_to_actions ?? [each]) ?? [];
  return offered.length ? [h("div", { class: "chips" }, offered.map((one) => h("button", { type: "button", class: "chip", onclick: () => send({ kind: "postback", title: one.question, id: one.payload }) }, one.question)))] : [];
}

const spoken = (lines) => lines.filter((line) => line.view.kind !== "notice");
const last = (lines) => spoken(lines).at(-1);

/** Messenger: the time above, and how far one's own last message got: a ring, a check, the shop's face. */
export function messengerFoot(lines, tools) {
  const line = last(lines);
  const seen = line?.by === "customer" && line.status === "read";
  const mark = line?.by === "customer" ? h("span", { class: seen ? "got seen" : "got", title: t(seen ? "seen" : "sent_mark") }, icon(seen ? "seal" : "check", "xs")) : null;
  return [mark, line ? h("span", { class: "when tiny quiet" }, clock(line.at)) : null, ...icebreakers(lines, tools), ...chips(lines, tools)].filter(Boolean);
}

/** Instagram: the word "Seen" below one's own last message, once the shop has looked. */
export function instagramFoot(lines, tools) {
  const line = last(lines);
  const seen = line?.by === "customer" && line.status === "read" ? [h("span", { class: "seen-word tiny quiet" }, t("seen"))] : [];
  return [...seen, ...icebreakers(lines, tools), ...chips(lines, tools)];
}

/** A story in the chat: the one that was answered, or the one in which the shop is named. Null for any other line. */
export function story(line, { open }) {
  const picture = line.view.story;
  if (!picture || line.deleted) return null;
  const mine = line.by === "customer";
  return h("div", { class: mine ? "story mine" : "story", tabindex: "0", role: "article", onclick: () => open(line) },
    h("span", { class: "tiny quiet" }, badge("instagram"), ` ${t(`story_${line.view.kind}`)}`),
    h("div", { class: "story-card" }, mediaOf(picture)),
    line.view.text ? h("div", { class: "pb mine" }, h("span", { class: "words" }, line.view.text)) : null);
}
