/** Small forms of the settings: what is typed, what the server says of it, and one thing that is done at a time. */

import { ApiError } from "../api.js";
import { useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { failureOf } from "../load.js";
import { say } from "../ui/toast.js";
import { failureText } from "../words.js";

/**
 * The values of a form, and how it is sent. Refused fields are told beside them, anything else in a toast.
 * @template {Record<string, any>} V
 * @param {V} first
 * @param {(name: string, advice: string) => string} [word] puts the server's advice on a field into words
 */
export function useForm(first, word = (_, advice) => t("This cannot be taken: {advice}", { advice })) {
  const values = useSignal(first);
  const wrong = useSignal(/** @type {Record<string, string>} */ ({}));
  const busy = useSignal(false);
  const write = (/** @type {keyof V & string} */ name) => (/** @type {any} */ value) => {
    values.value = { ...values.value, [name]: value };
    wrong.value = { ...wrong.value, [name]: "" };
  };
  /** @param {() => Promise<unknown>} act */
  const send = async (act) => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      await act();
      wrong.value = {};
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : {};
      wrong.value = Object.fromEntries(Object.entries(fields).map(([name, advice]) => [name, word(name, advice)]));
      if (!Object.keys(fields).length) say(failureText(failureOf(error)), { icon: "circle-alert" });
    } finally {
      busy.value = false;
    }
  };
  return { values, wrong, busy, write, send };
}

/**
 * Do one thing, and tell when it was refused.
 * @param {Promise<any>} asked
 * @param {() => void} [then]
 */
export const attempt = (asked, then) => asked.then(then, (error) => say(failureText(failureOf(error)), { icon: "circle-alert" }));
