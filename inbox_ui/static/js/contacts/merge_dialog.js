/** Merging two contacts: what each field becomes, whose conversations move, what is to be chosen; then the toast with Undo. */

import { cls, html, useEffect, useSignal } from "../dom.js";
import { longDate } from "../format.js";
import { t, tn } from "../i18n.js";
import { accounts, dispatch } from "../live.js";
import { failureOf, loadContact } from "../load.js";
import { langOf } from "../script.js";
import { ask, closeDialog } from "../ui/dialog.js";
import { Avatar, ChannelBadge, Icon } from "../ui/icon.js";
import { TagChip } from "../ui/tag.js";
import { say } from "../ui/toast.js";
import { channelName, failureText } from "../words.js";
import { fieldName, fieldText } from "./fields.js";
import { calledBy, Person } from "./person.js";
import * as requests from "./requests.js";

/** @typedef {import("../types.d.ts").Contact} Contact */
/** @typedef {import("../types.d.ts").MergePreview} MergePreview */
/** @typedef {import("../types.d.ts").MergedField} MergedField */

/**
 * Ask before two contacts become one.
 * @param {Pick<Contact, "id">} stays
 * @param {Pick<Contact, "id">} goes
 */
export const askMerge = (stays, goes) =>
  ask({ title: t("Merge two contacts"), wide: true, body: html`<${Merge} key=${stays.id} stays=${stays.id} goes=${goes.id} />` });

/** @param {{ stays: string, goes: string }} props */
function Merge({ stays, goes }) {
  const pair = useSignal([stays, goes]);
  const choices = useSignal(/** @type {Record<string, string>} */ ({}));
  const preview = useSignal(/** @type {MergePreview | null} */ (null));
  const failure = useSignal("");
  const busy = useSignal(false);
  const [one, other] = pair.value;
  useEffect(() => {
    let current = true;
    requests.previewMerge(one, { contact_id: other, choices: choices.value }).then(
      (found) => { if (current) preview.value = found; },
      (error) => { failure.value = failureText(failureOf(error)); },
    );
    return () => { current = false; };
  }, [one, other, choices.value]);
  const shown = preview.value;
  if (!shown) return html`<p class=${failure.value ? "bad" : "quiet"} role="status">${failure.value || t("Loading…")}</p>`;
  const swap = () => { pair.value = [other, one]; };
  const go = async () => {
    busy.value = true;
    failure.value = await mergeNow(shown, choices.value);
    busy.value = false;
  };
  return html`<div class="merge">
    <div class="merge-pair"><div><div class="tiny quiet">${t("Stays")}</div><${Person} contact=${shown.stays} /></div>
      <button type="button" class="btn icon-only" onClick=${swap} aria-label=${t("Swap the two")} title=${t("Swap the two")}><${Icon} name="arrow-up-down" /></button>
      <div><div class="tiny quiet">${t("Becomes part of it")}</div><${Person} contact=${shown.goes} /></div></div>
    <${Fields} preview=${shown} choices=${choices.value} choose=${(/** @type {string} */ field, /** @type {string} */ id) => { choices.value = { ...choices.value, [field]: id }; }} />
    ${shown.tags.length > 0 && html`<div class="row wrap"><span class="small quiet">${t("Tags")}</span>${shown.tags.map((tag) => html`<${TagChip} tag=${tag} />`)}</div>`}
    <${Moves} preview=${shown} />
    ${failure.value && html`<div class="notice bad" role="alert"><${Icon} name="circle-alert" /><span>${failure.value}</span></div>`}
    <div class="dialog-foot"><span class="grow small quiet merge-note">${t("This can be undone.")}</span><button type="button" class="btn" onClick=${closeDialog}>${t("Cancel")}</button>
      <button type="button" class="btn primary" disabled=${busy.value} onClick=${go} autofocus><${Icon} name="git-merge" />${t("Merge")}</button></div>
  </div>`;
}

/** @param {{ preview: MergePreview, choices: Record<string, string>, choose: (field: string, id: string) => void }} props */
function Fields({ preview, choices, choose }) {
  const { fields } = preview;
  if (!fields.length) return null;
  return html`<table class="table merge-fields"><thead><tr><th scope="col">${t("Field")}</th><th scope="col">${t("Stays")}</th><th scope="col">${t("Becomes part of it")}</th></tr></thead>
    <tbody>${fields.map((one) => html`<tr key=${one.field}><th scope="row">${fieldName(one.field)}</th>
      ${/** @type {const} */ (["stays", "goes"]).map((side) => html`<td><${Value} one=${one} side=${side} contact=${preview[side]} chosen=${choices[one.field]} choose=${choose} /></td>`)}</tr>`)}</tbody></table>`;
}

/**
 * A value of one of the two; where both have one, a choice.
 * @param {{ one: MergedField, side: "stays" | "goes", contact: Contact, chosen: string | undefined, choose: (field: string, id: string) => void }} props
 */
function Value({ one, side, contact, chosen, choose }) {
  const taken = chosen ? chosen === contact.id : one.taken_from === side;
  const text = one.field === "avatar_media_id" ? one[side] && html`<span class="merge-face"><${Avatar} id=${contact.id} name=${calledBy(contact)} url=${one[side]} /></span>` : fieldText(one.field, one[side]);
  if (!one.conflict) return html`<span class=${cls("clip own-line", taken && text && "medium", !taken && "quiet")} lang=${langOf(String(text ?? ""), contact.language)}>${text || "–"}</span>`;
  return html`<label class=${cls("choice", taken && "medium")}><input type="radio" name=${`merge-${one.field}`} checked=${taken} onChange=${() => choose(one.field, contact.id)} />
    <span class="clip" lang=${langOf(String(text ?? ""), contact.language)}>${text || "–"}</span></label>`;
}

/** @param {{ preview: MergePreview }} props */
function Moves({ preview }) {
  const { moves, hidden } = preview;
  if (!moves.length && !hidden) return html`<p class="small quiet">${t("No conversation moves.")}</p>`;
  return html`<div class="col small"><div class="quiet">${tn("{n} conversation moves", "{n} conversations move", moves.length + hidden)}</div>
    ${moves.map((one) => html`<div class="row"><${ChannelBadge} channel=${one.channel} /><span class="grow clip">${accounts.value[one.channel_account_id]?.name ?? channelName(one.channel)}</span><span class="quiet tiny">${longDate(one.last_message_at.slice(0, 10))}</span></div>`)}
    ${hidden > 0 && html`<div class="row quiet"><${Icon} name="lock" size="xs" /><span>${tn("{n} more that you may not see", "{n} more that you may not see", hidden)}</span></div>`}</div>`;
}

/**
 * @param {MergePreview} preview
 * @param {Record<string, string>} choices
 * @returns {Promise<string>} why it did not work, or nothing
 */
async function mergeNow({ stays, goes }, choices) {
  try {
    const contact = await requests.merge(stays.id, { contact_id: goes.id, choices }, crypto.randomUUID());
    dispatch({ type: "contact_loaded", contact });
    closeDialog();
    say(t("{name} and {other} are one contact now", { name: calledBy(stays), other: calledBy(goes) }), { undo: () => undoMerge(stays.id, contact.merge_id) });
    return "";
  } catch (error) {
    return failureText(failureOf(error));
  }
}

/**
 * Make two of one again.
 * @param {string} contact_id
 * @param {string} merge_id
 */
export async function undoMerge(contact_id, merge_id) {
  try {
    await requests.undoMerge(contact_id, merge_id);
    await loadContact(contact_id);
    say(t("They are two contacts again"));
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
  }
}
