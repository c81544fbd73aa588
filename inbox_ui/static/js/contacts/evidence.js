/** Why two contacts may be, or are, one person. */

import { phone } from "../format.js";
import { t } from "../i18n.js";

/** @type {Record<string, (value: string) => string>} */
const EVIDENCE = {
  same_phone: (value) => (value ? t("Same phone number {phone}", { phone: phone(value) }) : t("Same phone number")),
  same_email: (value) => (value ? t("Same e-mail address {email}", { email: value }) : t("Same e-mail address")),
  same_unionid: () => t("Same WeChat user"),
  same_bsuid: () => t("Same WhatsApp user"),
  same_parent_bsuid: () => t("Same WhatsApp user"),
  hand_over: () => t("Went on from one channel to the other"),
  by_hand: () => t("Merged by hand"),
};

/**
 * @param {string} code
 * @param {string} [value]
 */
export const evidenceText = (code, value = "") => EVIDENCE[code]?.(value) ?? code.replaceAll("_", " ");

/** @param {Record<string, string>} evidence */
export const evidenceLines = (evidence) => Object.entries(evidence).map(([code, value]) => evidenceText(code, value));
