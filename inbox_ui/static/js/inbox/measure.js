/** How long a text is, in the unit its platform counts. */

/** @typedef {import("../types.d.ts").Limit} Limit */

/** @type {Record<Limit["unit"], (text: string) => number>} */
const UNITS = {
  characters: (text) => [...text].length,
  utf16_units: (text) => text.length,
  utf8_bytes: (text) => new TextEncoder().encode(text).length,
};

/**
 * @param {string} text
 * @param {Limit} limit
 */
export const lengthIn = (text, limit) => UNITS[limit.unit](text);

/**
 * @param {string} text
 * @param {Limit | null | undefined} limit
 */
export const isTooLong = (text, limit) => !!limit && lengthIn(text, limit) > limit.n;
