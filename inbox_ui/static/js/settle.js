/** What is worth keeping in this browser: small things, by name, that may vanish. */

/**
 * @template T
 * @param {string} name
 * @param {T} fallback
 * @returns {T}
 */
export function recall(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`hawker.${name}`) ?? "null") ?? fallback;
  } catch (error) {
    console.warn("kept value is not readable", name, error);
    return fallback;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function keep(name, value) {
  try {
    localStorage.setItem(`hawker.${name}`, JSON.stringify(value));
  } catch (error) {
    console.warn("value is not kept", name, error);
  }
}
