/** Template texts with their variables filled, as the server fills them. Pure. */

/** @typedef {import("../types.d.ts").Json} Json */

const PLACEHOLDER = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/**
 * A text in pieces: plain ones, and variables with what stands in their place.
 * @param {string} words
 * @param {Record<string, any>} values
 * @param {string} [prefix]
 * @returns {{ text: string, key?: string, open?: boolean }[]}
 */
export function pieces(words, values, prefix = "") {
  const found = [];
  let from = 0;
  for (const match of words.matchAll(PLACEHOLDER)) {
    if (match.index > from) found.push({ text: words.slice(from, match.index) });
    const key = prefix + match[1];
    const value = values[key];
    found.push({ text: value ? String(value) : match[0], key, open: !value });
    from = match.index + match[0].length;
  }
  if (from < words.length) found.push({ text: words.slice(from) });
  return found;
}

/**
 * @param {string} words
 * @param {Record<string, any>} values
 * @param {string} [prefix]
 */
export const filledText = (words, values, prefix = "") => pieces(words, values, prefix).map((one) => one.text).join("");

/** The names of the variables in a text, each once. @param {string} words */
export const placeholders = (words) => [...new Set([...words.matchAll(PLACEHOLDER)].map((match) => match[1]))];

/**
 * A component by its type.
 * @param {Json[]} components
 * @param {string} type
 * @returns {Json | undefined}
 */
export const part = (components, type) => components.find((one) => one.type === type);

/**
 * What the customer will read as the text.
 * @param {Json[]} components
 * @param {Record<string, any>} values
 */
export const bodyText = (components, values) => filledText(part(components, "body")?.text ?? "", values);

/**
 * The samples of a template, as values: what it looks like before anything is filled in.
 * @param {Json[]} components
 * @param {string} [prefix]
 * @returns {Record<string, any>}
 */
export function samples(components, prefix = "") {
  /** @type {Record<string, any>} */
  const found = {};
  for (const one of components) {
    const at = one.type === "header" ? `${prefix}header` : prefix;
    if (one.type === "header" && one.format !== "text") found[at] = one.media_id ?? one.example ?? "";
    for (const [name, value] of Object.entries(one.examples ?? {})) found[one.type === "header" ? `${at}.${name}` : `${at}${name}`] = value;
    for (const [n, card] of (one.cards ?? []).entries()) Object.assign(found, samples(card.components ?? [], `${prefix}card.${n}.`));
  }
  return found;
}
