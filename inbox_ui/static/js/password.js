/** Sets the password that an invitation's or reset's link is for, and goes on to the log-in. */

import { ApiError } from "./api.js";
import { setPassword } from "./sign_in_api.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("password-form"));
const trouble = document.getElementById("password-trouble");

/** @param {string | undefined} text */
function tell(text = "") {
  if (!trouble) return;
  /** @type {HTMLElement} */ (trouble.querySelector("span")).textContent = text;
  trouble.hidden = !text;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { password, again } = Object.fromEntries(new FormData(form));
  const words = trouble?.dataset ?? {};
  if (password !== again) return tell(words.differ);
  try {
    await setPassword(String(form.dataset.token), String(password));
    location.assign("/login?done=password");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell(error.status === 410 ? words.ended : error.status === 422 ? words.weak : words.down);
  }
});
