/** What the channel pages know beside the accounts of the store: the guides, the figures of a day, and what was just made up to be pasted. */

import { channelAccounts } from "../../api.js";
import { signal } from "../../dom.js";
import { accounts, dispatch } from "../../live.js";
import { failureOf } from "../../load.js";
import { accountFigures, channelAccount, channelGuides, removeAccount } from "./requests.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").Guide} Guide */
/** @typedef {import("../../types.d.ts").Figures} Figures */

export const guides = signal(/** @type {Guide[] | null} */ (null));
export const figures = signal(/** @type {Record<string, Figures>} */ ({}));
export const failed = signal(/** @type {import("../../types.d.ts").Failure | null} */ (null));

/** Texts that were made up here for an account: {account id: {field: text}}. Gone when the page is loaded anew. */
export const madeUp = signal(/** @type {Record<string, Record<string, string>>} */ ({}));

/** @param {string} name */
export const guideNamed = (name) => guides.value?.find((guide) => guide.name === name);

/** Load what every page of the channels needs. */
export async function loadChannels() {
  try {
    const [known, listed, counted] = await Promise.all([channelGuides(), channelAccounts(), accountFigures()]);
    guides.value = known.items;
    for (const account of listed.items) dispatch({ type: "account_loaded", account });
    figures.value = Object.fromEntries(counted.items.map((/** @type {Figures} */ one) => [one.channel_account_id, one]));
    failed.value = null;
  } catch (error) {
    failed.value = failureOf(error);
  }
}

/**
 * Do something about an account and keep what the server answers.
 * @param {Promise<ChannelAccount>} asked
 */
export async function keep(asked) {
  const account = await asked;
  dispatch({ type: "account_loaded", account });
  return account;
}

/** @param {string} id */
export const refresh = (id) => keep(channelAccount(id));

/** @param {string} id */
export async function remove(id) {
  await removeAccount(id);
  const account = accounts.peek()[id];
  if (account) dispatch({ type: "account_loaded", account: { ...account, state: "removed" } });
}

/**
 * Take note of texts that were made up for an account, so that they can be copied until the page is left.
 * @param {string} id
 * @param {Record<string, string>} texts
 */
export const noteMadeUp = (id, texts) => {
  madeUp.value = { ...madeUp.value, [id]: { ...madeUp.value[id], ...texts } };
};

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Random letters and digits.
 * @param {number} length
 */
export function makeUp(length) {
  const text = [];
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < LETTERS.length * 4 && text.length < length) text.push(LETTERS[byte % LETTERS.length]);
    }
  }
  return text.join("");
}
