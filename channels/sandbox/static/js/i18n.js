// The page's language: en, zh-Hant or zh-Hans. Words that are missing show their key, so that they are noticed.
import { words } from "./words.js";

const LANGUAGES = ["en", "zh-Hant", "zh-Hans"];
const byApp = new Map();
let spoken = {};

/** Keep an app's words. */
export const setWords = (app, table) => byApp.set(app, table);

/** Let an app's words come before the page's. */
export function speak(app) {
  spoken = byApp.get(app) ?? {};
}

export function t(key, values = {}, table = spoken) {
  const text = (table[key] ?? words[key])?.[LANGUAGES.indexOf(document.documentElement.lang)] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Say something in the words of one app, whichever is open. */
export const tOf = (app, key, values = {}) => t(key, values, byApp.get(app) ?? {});

export function setLanguage(lang) {
  document.documentElement.lang = lang;
  localStorage.setItem("sandbox.lang", lang);
}

export const has = (key) => key in spoken || key in words;
