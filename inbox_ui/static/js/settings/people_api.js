/** What the pages about people ask of the JSON API: one's own log-in, colleagues, API tokens, the audit log. */

import { get, patch, post, put, remove } from "../api.js";

/** @typedef {import("../types.d.ts").Json} Json */

export const changePassword = (/** @type {Json} */ body) => post("/me/password", body, "");
export const enrol = (/** @type {string} */ current_password) => post("/me/second-factor", { current_password }, "");
export const confirmFactor = (/** @type {string} */ code) => put("/me/second-factor", { code });
export const dropFactor = (/** @type {string} */ current_password) => post("/me/second-factor/disconnect", { current_password }, "");
export const sessions = () => get("/me/sessions");
export const endSession = (/** @type {string} */ id) => remove(`/me/sessions/${id}`);
export const endOtherSessions = () => remove("/me/sessions");

export const agent = (/** @type {string} */ id) => get(`/agents/${id}`);
export const addAgent = (/** @type {Json} */ body) => post("/agents", body, "");
export const changeAgent = (/** @type {string} */ id, /** @type {Json} */ changes) => patch(`/agents/${id}`, changes);
export const passwordLink = (/** @type {string} */ id, mail = true) => post(`/agents/${id}/password-link`, { mail }, "");
export const logOutEverywhere = (/** @type {string} */ id) => remove(`/agents/${id}/sessions`);
export const dropFactorOf = (/** @type {string} */ id) => remove(`/agents/${id}/second-factor`);
export const addTeam = (/** @type {string} */ name) => post("/teams", { name }, "");

export const tokens = () => get("/tokens");
export const addToken = (/** @type {Json} */ body) => post("/tokens", body, "");
export const revokeToken = (/** @type {string} */ id) => remove(`/tokens/${id}`);

export const audit = (/** @type {Record<string, string>} */ query) => get("/audit", query);
