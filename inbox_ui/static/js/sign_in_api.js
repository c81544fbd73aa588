/** What the pages before the inbox ask of the JSON API: log-in, and passwords by link. */

import { post } from "./api.js";

/**
 * @param {string} email
 * @param {string} password
 * @param {string} code - of the authenticator app; "" where none is asked for
 */
export const login = (email, password, code) => post("/login", code ? { email, password, code } : { email, password }, "");
export const askForLink = (/** @type {string} */ email) => post("/password-links", { email }, "");
export const setPassword = (/** @type {string} */ token, /** @type {string} */ password) =>
  post(`/password-links/${token}`, { password }, "");
