/** What the fields of a contact are called, and how their values read. */

import { longDate, phone } from "../format.js";
import { t } from "../i18n.js";
import { languageName } from "../words.js";

/** @returns {Record<string, string>} */
const names = () => ({
  name: t("Name"), phone: t("Phone"), email: t("Email"), language: t("Language"), birthday: t("Birthday"), gender: t("Gender"),
  time_zone: t("Time zone"), country: t("Country"), avatar_media_id: t("Picture"), tags: t("Tags"), attributes: t("Details"),
});

/** @param {string} field a column, or `attributes.` and a name */
export const fieldName = (field) => names()[field] ?? field.replace(/^attributes\./, "");

/**
 * @param {string} field
 * @param {any} value
 */
export function fieldText(field, value) {
  if (value === null || value === undefined || value === "") return "";
  if (field === "phone") return phone(value);
  if (field === "language") return languageName(value);
  if (field === "birthday") return longDate(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
