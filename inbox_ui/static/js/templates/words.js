/** A template's status, category, quality and language in words. */

import { t } from "../i18n.js";
import { languageName } from "../words.js";

/** @param {string} status */
export const templateStatus = (status) =>
  ({
    draft: t("Draft"), pending: t("In review"), in_appeal: t("In review"), approved: t("Approved"), reinstated: t("Approved"), rejected: t("Refused"),
    paused: t("Paused"), disabled: t("Switched off"), flagged: t("At risk"), archived: t("Archived"), limit_exceeded: t("Over the limit"),
    locked: t("Locked"), deleted: t("Deleted"), pending_deletion: t("Deleted"),
  })[status] ?? status.replaceAll("_", " ");

/** Colour of a status: good, warn, bad or none. @param {string} status */
export const statusTone = (status) =>
  ({ approved: "good", reinstated: "good", pending: "warn", in_appeal: "warn", paused: "warn", flagged: "warn", rejected: "bad", disabled: "bad", limit_exceeded: "bad" })[status] ?? "";

/** @param {string} category */
export const categoryName = (category) =>
  ({
    utility: t("Service"), marketing: t("Promotion"), authentication: t("Code"), template: t("Template message"), subscription: t("Subscription"),
    subscription_one_time: t("Subscription, once"), subscription_long_term: t("Subscription, lasting"),
  })[category] ?? category;

/** @param {string} quality */
export const qualityName = (quality) => ({ green: t("High quality"), yellow: t("Medium quality"), red: t("Low quality") })[quality] ?? "";

/** @type {Record<string, string>} */
const QUALITY_TONES = { green: "good", yellow: "warn", red: "bad" };

/** @param {string} quality */
export const qualityTone = (quality) => QUALITY_TONES[quality] ?? "";

/** Why the platform refused a template. @param {string} reason */
export const rejectionText = (reason) =>
  ({
    abusive_content: t("It sounds threatening or abusive."), category_not_available: t("This category is not open to this account."),
    incorrect_category: t("The category does not fit what it says."), invalid_format: t("The variables or their format are wrong."),
    promotional: t("It promotes something, which its category does not allow."), scam: t("It looks like a fraud."),
    tag_content_mismatch: t("Language and category do not fit the text."),
  })[reason] ?? reason.replaceAll("_", " ");

/** Platforms write zh_HK. @param {string} code */
export const templateLanguage = (code) => languageName(code.replaceAll("_", "-"));
