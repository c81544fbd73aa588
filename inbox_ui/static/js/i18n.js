/** Words in the reader's language. English is the key; a word that has no translation stays English. */

/** @type {Record<string, string | string[]>} */
let words = {};
/** The server's sentences for failed sends, by its codes. @type {Record<string, string>} */
let failures = {};

/** The page's language tag, as the server chose it. */
export const language = () => document.documentElement.lang || "en";

/** The tag for Intl: our two Chinese scripts as they are written in Hong Kong and on the mainland. */
export const locale = () => ({ "zh-Hant": "zh-HK", "zh-Hans": "zh-CN" })[language()] ?? "en-GB";

/**
 * Load the catalog of this page's language.
 * @param {string} url
 */
export async function loadWords(url) {
  const answer = await fetch(url);
  ({ messages: words, failures = {} } = await answer.json());
}

/**
 * Fill {name} places of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number>} params
 */
const fill = (sentence, params) => sentence.replace(/\{(\w+)\}/g, (place, name) => String(params[name] ?? place));

/**
 * Say something in the reader's language.
 * @param {string} english the key, written out in the call so that it can be collected
 * @param {Record<string, string | number>} [params]
 */
export function t(english, params = {}) {
  const found = words[english];
  return fill(typeof found === "string" ? found : english, params);
}

/**
 * Say what the server's code of a failed send means; "" for one without words.
 * @param {string} code
 * @param {Record<string, string>} params
 */
export const failure = (code, params) => (failures[code] ? t(failures[code], params) : "");

/**
 * Say something that depends on a number, which the sentence names {n}.
 * @param {string} one English for 1
 * @param {string} many English for the rest
 * @param {number} n
 * @param {Record<string, string | number>} [params]
 */
export function tn(one, many, n, params = {}) {
  const forms = words[one];
  const english = n === 1 ? one : many;
  const form = Array.isArray(forms) ? forms[Math.min(forms.length - 1, n === 1 ? 0 : 1)] : english;
  return fill(form, { n: number(n), ...params });
}

/** @param {number} n */
export const number = (n) => new Intl.NumberFormat(locale()).format(n);

/** Counts are exact to 999. @param {number} n */
export const count = (n) => (n > 999 ? "999+" : String(n));
