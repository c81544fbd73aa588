/** Times, amounts and sizes as people write them. The business's time zone decides what "today" is. */

import { locale, number, t, tn } from "./i18n.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** @type {string | undefined} */
let timeZone;

/** @param {string} zone of the business */
export const useTimeZone = (zone) => {
  timeZone = zone;
};

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} name of the form, unique
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(name, options) {
  const key = `${locale()} ${timeZone} ${name}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale(), { ...options, timeZone });
  formats.set(key, made);
  return made;
}

/** @param {string} at */
export const clock = (at) =>
  format("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));

/** @param {string} at to the second: what a customer may dispute */
export const exact = (at) =>
  format("exact", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(new Date(at));

/** @param {string | number} at the day it falls on, as 2026-11-19 */
export function dayOf(at) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return parts.format(new Date(at));
}

/**
 * @param {string} at
 * @param {number} now
 */
const daysAgo = (at, now) => Math.round((Date.parse(dayOf(now)) - Date.parse(dayOf(at))) / DAY_MS);

/** @param {string} at */
const weekdayAndDate = (at) => {
  const date = new Date(at);
  const day = format("date", { day: "numeric", month: "short" }).format(date);
  const weekday = format("weekday", { weekday: "short" }).format(date);
  return locale().startsWith("zh") ? `${day} ${weekday}` : `${weekday} ${day}`;
};

/** @param {string} at e.g. 19 Nov */
export const shortDate = (at) => format("date", { day: "numeric", month: "short" }).format(new Date(at));

/** @param {string} at e.g. 19 November 2026 */
export const longDate = (at) => format("long", { dateStyle: "long" }).format(new Date(at));

/**
 * The line between two days of a thread.
 * @param {string} at
 * @param {number} now
 */
export function dayMark(at, now) {
  const days = daysAgo(at, now);
  if (days === 0) return t("Today");
  if (days === 1) return t("Yesterday");
  return weekdayAndDate(at);
}

/**
 * The time of a row: the clock today, else the day.
 * @param {string} at
 * @param {number} now
 */
export function rowTime(at, now) {
  const days = daysAgo(at, now);
  if (days <= 0) return clock(at);
  if (days === 1) return t("Yesterday");
  return days < 7 ? format("weekday", { weekday: "short" }).format(new Date(at)) : shortDate(at);
}

/**
 * A moment to come: "15:41", "tomorrow 15:41", "Thu 9:00".
 * @param {string} at
 * @param {number} now
 */
export function soon(at, now) {
  const days = -daysAgo(at, now);
  const time = clock(at);
  if (days <= 0) return time;
  if (days === 1) return t("tomorrow {time}", { time });
  return days < 7 ? `${format("weekday", { weekday: "short" }).format(new Date(at))} ${time}` : `${shortDate(at)} ${time}`;
}

/**
 * How long something has lasted, in its largest unit.
 * @param {number} milliseconds
 */
export function span(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE_MS));
  if (minutes < 60) return t("{n} m", { n: minutes });
  if (minutes < 60 * 24) return t("{n} h", { n: Math.floor(minutes / 60) });
  const days = Math.floor(minutes / 60 / 24);
  return tn("{n} day", "{n} days", days);
}

/**
 * @param {number} minor
 * @param {string} currency
 */
export function money(minor, currency) {
  const form = new Intl.NumberFormat(locale(), { style: "currency", currency, currencyDisplay: "symbol" });
  return form.format(minor / 10 ** (form.resolvedOptions().maximumFractionDigits ?? 2));
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return t("{n} bytes", { n: number(bytes) });
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}

/** @param {number} seconds as 0:21 */
export const playTime = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/**
 * A phone number in groups, for reading.
 * @param {string} digits with or without +
 */
export function phone(digits) {
  const bare = digits.replace(/^\+/, "");
  const known = [/^(852|853)(\d{4})(\d{4})$/, /^(886)(\d{3})(\d{3})(\d{3})$/, /^(86)(\d{3})(\d{4})(\d{4})$/, /^(1)(\d{3})(\d{3})(\d{4})$/];
  const found = known.map((pattern) => bare.match(pattern)).find(Boolean);
  return `+${found ? found.slice(1).join(" ") : bare}`;
}
