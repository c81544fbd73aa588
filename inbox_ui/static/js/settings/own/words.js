/** What is wrong with a password field, in words. */

import { t } from "../../i18n.js";

/** @param {string} name */
export const passwordWords = (name) => name === "current_password"
  ? t("This is not your password.")
  : t("Choose another: at least 10 characters, and none that is guessed early. Several words are good.");
