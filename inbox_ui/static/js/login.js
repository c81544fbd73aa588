/** Log-in without a reload: wrong words are answered in place, and a code is asked for where there is one. Without this module the form posts as it is. */

import { ApiError } from "./api.js";
import { askForLink, login } from "./sign_in_api.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("login"));
const trouble = /** @type {HTMLElement} */ (document.getElementById("login-trouble"));
const codeField = /** @type {HTMLElement} */ (document.getElementById("code-field"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * @param {string | undefined} text
 * @param {"bad" | "good"} [kind]
 */
function tell(text = "", kind = "bad") {
  /** @type {HTMLElement} */ (trouble.querySelector("span")).textContent = text;
  trouble.classList.toggle("bad", kind === "bad");
  trouble.hidden = !text;
}

/** @param {ApiError} error */
function answer(error) {
  const words = trouble.dataset;
  if (error.code === "code_required" || error.code === "code_wrong") {
    codeField.hidden = false;
    tell(error.code === "code_wrong" ? words.code : "");
    input("code").select();
    input("code").focus();
    return;
  }
  tell(error.status === 429 ? words.throttled : error.passing ? words.down : words.refused);
  input("password").select();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password, code } = Object.fromEntries(new FormData(form));
  button.disabled = true;
  try {
    await login(String(email), String(password), String(code));
    location.assign("/");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer(error);
    button.disabled = false;
  }
});

/** @type {HTMLElement} */ (document.getElementById("forgot")).addEventListener("click", async () => {
  const words = trouble.dataset;
  if (!input("email").value.trim()) {
    tell(words.address);
    input("email").focus();
    return;
  }
  try {
    const { mails } = await askForLink(input("email").value);
    tell(mails ? words.asked : words.nomail, mails ? "good" : "bad");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell(error.status === 429 ? words.throttled : words.down);
  }
});
