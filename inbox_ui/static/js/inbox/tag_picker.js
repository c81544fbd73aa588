/** The tags of a conversation: take one away, add one that exists, or make a new one. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { tags } from "../live.js";
import { Icon } from "../ui/icon.js";
import { TagChip } from "../ui/tag.js";
import { addNewTag, setTags } from "./actions.js";
import { openPalette } from "./asking.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */

/**
 * Tags to choose from in the palette.
 * @param {Conversation} one
 * @param {string} typed
 */
export function tagItems(one, typed) {
  const has = new Set(one.tags.map((tag) => tag.id));
  const items = Object.values(tags.value).map((tag) => ({
    label: tag.name,
    icon: "tag",
    checked: has.has(tag.id),
    act: () => setTags(one, has.has(tag.id) ? one.tags.filter((known) => known.id !== tag.id) : [...one.tags, tag]),
  }));
  const name = typed.trim();
  const isNew = name && !Object.values(tags.value).some((tag) => tag.name.toLowerCase() === name.toLowerCase());
  return isNew ? [...items, { label: t("New tag “{name}”", { name }), icon: "plus", checked: undefined, always: true, act: () => addNewTag(one, name) }] : items;
}

/** @param {{ conversation: Conversation }} props */
export function TagPicker({ conversation: one }) {
  return html`<div class="tags" role="group" aria-label=${t("Tags")}>
    ${one.tags.map((tag) => html`<${TagChip} key=${tag.id} tag=${tag}><button type="button" class="untag" aria-label=${t("Take away the tag {name}", { name: tag.name })} onClick=${() => setTags(one, one.tags.filter((known) => known.id !== tag.id))}><${Icon} name="x" size="xs" /></button><//>`)}
    <button type="button" class="tag add-tag" aria-label=${t("Add a tag")} title=${t("Add a tag")} onClick=${() => openPalette("tag")}><${Icon} name="plus" size="xs" /></button>
  </div>`;
}
