/** What the API offers for contacts, beside reading and changing one. */

import { request } from "../api.js";

/** @typedef {import("../types.d.ts").Json} Json */

/**
 * A page of contacts by name.
 * @param {Record<string, string>} query
 * @param {AbortSignal} [signal]
 */
export const contactPage = (query, signal) => request("GET", "/contacts", { query, signal });
export const addContact = (/** @type {Json} */ given, /** @type {string} */ key) => request("POST", "/contacts", { body: given, key });
export const archiveContact = (/** @type {string} */ id) => request("DELETE", `/contacts/${id}`);
export const blockContact = (/** @type {string} */ id) => request("PUT", `/contacts/${id}/block`);
export const unblockContact = (/** @type {string} */ id) => request("DELETE", `/contacts/${id}/block`);
export const eraseContact = (/** @type {string} */ id) => request("POST", `/contacts/${id}/erase`);

export const suggestionsOf = (/** @type {string} */ id) => request("GET", `/contacts/${id}/suggestions`);
export const dismissSuggestion = (/** @type {string} */ id, /** @type {string} */ suggestion_id) =>
  request("DELETE", `/contacts/${id}/suggestions/${suggestion_id}`);

/** What a merge would do. @param {string} id @param {{ contact_id: string, choices: Record<string, string> }} wish */
export const previewMerge = (id, wish) => request("POST", `/contacts/${id}/merge/preview`, { body: wish });

/**
 * @param {string} id of the contact that stays
 * @param {{ contact_id: string, choices: Record<string, string> }} wish
 * @param {string} key lets a repeated request merge once
 */
export const merge = (id, wish, key) => request("POST", `/contacts/${id}/merge`, { body: wish, key });
export const undoMerge = (/** @type {string} */ id, /** @type {string} */ merge_id) => request("POST", `/contacts/${id}/merges/${merge_id}/undo`);
export const mergesOf = (/** @type {string} */ id) => request("GET", `/contacts/${id}/merges`);
export const historyOf = (/** @type {string} */ id) => request("GET", `/contacts/${id}/history`, { query: { limit: "30" } });
