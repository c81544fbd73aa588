/** Why a message was not sent, in words. The table is the server's: it comes with the catalog. */

import { failure as words, t } from "./i18n.js";

/** @typedef {import("./types.d.ts").Failure} Failure */

/**
 * @param {Failure | null} failure
 * @param {string} channel its name
 */
export function sendFailure(failure, channel) {
  if (!failure) return t("Not sent.");
  const known = words(failure.code, { channel });
  if (known) return known;
  if (failure.code.startsWith("template_")) return t("Not sent: this template cannot be used. Choose another.");
  return failure.external_text ? t("Not sent: {reason}", { reason: failure.external_text }) : t("Not sent.");
}
