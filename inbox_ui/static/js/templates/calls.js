/** What the JSON API has about templates. */

import { get, patch, post, request } from "../api.js";

/** @typedef {import("../types.d.ts").Json} Json */

export const templates = (/** @type {Record<string, string>} */ query) => get("/templates", query);
export const template = (/** @type {string} */ id) => get(`/templates/${id}`);
export const previewTemplate = (/** @type {string} */ id, /** @type {Json} */ body) => post(`/templates/${id}/preview`, body, "");
export const syncTemplates = (/** @type {string} */ channel_account_id) => post("/templates/sync", { channel_account_id }, "");
export const checkTemplate = (/** @type {Json} */ draft) => post("/templates/check", draft, "");
export const createTemplate = (/** @type {Json} */ draft, /** @type {string} */ key) => post("/templates", draft, key);
export const changeTemplate = (/** @type {string} */ id, /** @type {Json} */ changes) => patch(`/templates/${id}`, changes);
export const changeVersion = (/** @type {string} */ id, /** @type {string} */ version_id, /** @type {Json} */ changes) =>
  patch(`/templates/${id}/versions/${version_id}`, changes);
export const submitVersion = (/** @type {string} */ id, /** @type {string} */ version_id) => post(`/templates/${id}/versions/${version_id}/submit`, {}, "");
export const deleteTemplate = (/** @type {string} */ id) => request("DELETE", `/templates/${id}`);
export const deleteVersion = (/** @type {string} */ id, /** @type {string} */ version_id) => request("DELETE", `/templates/${id}/versions/${version_id}`);
