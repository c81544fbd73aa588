// The page's language: en, zh-Hant or zh-Hans. Words that are missing show their key, so that they are noticed.
import { words } from "./words.js";

const LANGUAGES = ["en", "zh-Hant", "zh-Hans"];

export function t(key, values = {}) {
  const text = words[key]?.[LANGUAGES.indexOf(document.documentElement.lang)] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function setLanguage(lang) {
  document.documentElement.lang = lang;
  localStorage.setItem("sandbox.lang", lang);
}

export const has = (key) => key in words;
