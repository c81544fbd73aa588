/** Log-in without a reload: wrong words are answered in place. Without this module the form posts as it is. */

import { ApiError, login } from "./api.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("login"));
const trouble = /** @type {HTMLElement} */ (document.getElementById("login-trouble"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));

/** @param {string} text */
function tell(text) {
  /** @type {HTMLElement} */ (trouble.querySelector("span")).textContent = text;
  trouble.hidden = false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form));
  button.disabled = true;
  try {
    await login(String(email), String(password));
    location.assign("/");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { refused = "", throttled = "", down = "" } = trouble.dataset;
    tell(error.status === 429 ? throttled : error.passing ? down : refused);
    button.disabled = false;
    /** @type {HTMLInputElement} */ (form.elements.namedItem("password")).select();
  }
});
