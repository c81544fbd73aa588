/** What the channel pages ask of the server. */

import { get, patch, post, remove } from "../../api.js";

/** @typedef {import("../../types.d.ts").Json} Json */

export const channelGuides = () => get("/channels");
export const accountFigures = () => get("/channel-accounts/figures");
export const channelAccount = (/** @type {string} */ id) => get(`/channel-accounts/${id}`);
export const connectAccount = (/** @type {Json} */ body, /** @type {string} */ key) => post("/channel-accounts", body, key);
export const changeAccount = (/** @type {string} */ id, /** @type {Json} */ changes) => patch(`/channel-accounts/${id}`, changes);
export const checkAccount = (/** @type {string} */ id) => post(`/channel-accounts/${id}/check`, {}, "");
export const removeAccount = (/** @type {string} */ id) => remove(`/channel-accounts/${id}`);
